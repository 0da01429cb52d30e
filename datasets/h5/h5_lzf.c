/* SPDX-License-Identifier: MIT */
/* The filter 32000 of h5py, LZF, reading side: HDF5 has none of its own, and most UVH5 files keep
 * their flags in it.
 *
 * The stream is a row of instructions that begin with one byte c. c < 32: c + 1 bytes follow, to be
 * taken as they are. Else c >> 5 is a length (7: the next byte is added to it), (c & 31) << 8 and
 * the next byte a distance: length + 2 bytes are repeated from distance + 1 bytes back, and may run
 * into what they make. */
#include <string.h>

#include "datasets/h5/h5_filters.h"

enum {
    LITERALS = 32,    /* instructions below are runs of bytes */
    LENGTH_SHIFT = 5, /* of a repeat's length in its first byte */
    LENGTH_MORE = 7,  /* the next byte is added */
    LENGTH_LEAST = 2, /* of a repeat, less its coded length */
    BYTE_BITS = 8     /* of the low part of a distance */
};

bool cph_h5_lzf_decode(const unsigned char *in, size_t length, unsigned char *out, size_t size)
{
    size_t at = 0, made = 0;
    while (at < length) {
        const unsigned control = in[at++];
        if (control < LITERALS) {
            const size_t run = (size_t)control + 1;
            if (run > length - at || run > size - made)
                return false;
            memcpy(out + made, in + at, run);
            at += run;
            made += run;
            continue;
        }
        size_t run = control >> LENGTH_SHIFT;
        if (run == LENGTH_MORE && at < length)
            run += in[at++];
        if (at >= length)
            return false;
        const size_t back = (((size_t)control % LITERALS) << BYTE_BITS) + in[at++] + 1;
        run += LENGTH_LEAST;
        if (back > made || run > size - made)
            return false;
        for (; run > 0; run--, made++)
            out[made] = out[made - back];
    }
    return made == size;
}
