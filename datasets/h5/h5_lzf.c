/* SPDX-License-Identifier: MIT */
/* The filter 32000 of h5py, LZF, reading side: HDF5 has none of its own, and most UVH5 files keep
 * their flags in it.
 *
 * The stream is a row of instructions that begin with one byte c. c < 32: c + 1 bytes follow, to be
 * taken as they are. Else c >> 5 is a length (7: the next byte is added to it), (c & 31) << 8 and
 * the next byte a distance: length + 2 bytes are repeated from distance + 1 bytes back, and may run
 * into what they make. */
#include <string.h>

#include "datasets/h5/h5.h"

enum {
    LZF_FILTER = 32000,
    LITERALS = 32,     /* instructions below are runs of bytes */
    LENGTH_SHIFT = 5,  /* of a repeat's length in its first byte */
    LENGTH_MORE = 7,   /* the next byte is added */
    LENGTH_LEAST = 2,  /* of a repeat, less its coded length */
    BYTE_BITS = 8,     /* of the low part of a distance */
    EXPANSION_MAX = 89 /* a repeat of 264 bytes takes three */
};

/* Writes out[size] exactly; false where the stream says anything else. */
static bool decode(const unsigned char *in, size_t length, unsigned char *out, size_t size)
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

/* As HDF5 calls it: the bytes that *buffer then holds, 0 for a failure. The chunk's size is the
 * third parameter that h5py stores. */
static size_t filter(unsigned flags, size_t parameters, const unsigned parameter[], size_t bytes,
                     size_t *buffer_size, void **buffer)
{
    if ((flags & H5Z_FLAG_REVERSE) == 0 || parameters < 3)
        return 0;
    const size_t size = parameter[2];
    if (size == 0 || size / EXPANSION_MAX > bytes)
        return 0;
    void *out = H5allocate_memory(size, false);
    if (out == NULL)
        return 0;
    if (!decode(*buffer, bytes, out, size)) {
        H5free_memory(out);
        return 0;
    }
    H5free_memory(*buffer);
    *buffer = out;
    *buffer_size = size;
    return size;
}

void cph_h5_use_lzf(void)
{
    static const H5Z_class2_t lzf = {.version = H5Z_CLASS_T_VERS,
                                     .id = LZF_FILTER,
                                     .encoder_present = 0,
                                     .decoder_present = 1,
                                     .name = "lzf",
                                     .filter = filter};
    if (H5Zfilter_avail(LZF_FILTER) <= 0)
        (void)H5Zregister(&lzf); /* a failure is that of the read that needs it */
}
