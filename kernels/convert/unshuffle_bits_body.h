/* SPDX-License-Identifier: MIT */
/* Body of unshuffle_bits over a byte_*.h with vectors, which the variant includes before: columns
 * of eight rows are zipped so that eight bits of eight numbers stand side by side, each such square
 * is turned, and the planes of bytes that come of it are put together as those of unshuffle. */
#ifndef COPHASE_UNSHUFFLE_BITS_BODY_H
#define COPHASE_UNSHUFFLE_BITS_BODY_H

#include "kernels/convert/unshuffle_bits.h"
#include "kernels/convert/unshuffle_body.h"

enum { UNSHUFFLE_NUMBERS = 8 * sizeof(vb) }; /* of a vector's width of columns */

/* One byte of UNSHUFFLE_NUMBERS numbers from a vector's width of eight rows. */
V_INLINE void plane_of_bits(const char *in, size_t row, char *plane)
{
    vb v[UNSHUFFLE_MOST];
    V_UNROLL for (size_t j = 0; j < 8; j++) v[j] = vb_load(1, in + j * row);
    zip_planes(8, v);
    V_UNROLL for (size_t k = 0; k < 8; k++)
        vb_store(1, plane + k * sizeof(vb), vb_transpose_bits(v[k]));
}

V_INLINE void bits_sized(size_t size, const char *in, size_t row, size_t whole, char *out)
{
    char plane[UNSHUFFLE_MOST * UNSHUFFLE_NUMBERS];
    for (size_t k = 0; k < whole; k += sizeof(vb)) {
        for (size_t b = 0; b < size; b++)
            plane_of_bits(in + 8 * b * row + k, row, plane + b * UNSHUFFLE_NUMBERS);
        unshuffle_sized(size, plane, UNSHUFFLE_NUMBERS, out + 8 * k * size);
    }
}

V_INLINE void bits_any(size_t size, const char *in, size_t row, size_t whole, char *out)
{
    char plane[UNSHUFFLE_NUMBERS];
    for (size_t k = 0; k < whole; k += sizeof(vb))
        for (size_t b = 0; b < size; b++) {
            plane_of_bits(in + 8 * b * row + k, row, plane);
            for (size_t i = 0; i < UNSHUFFLE_NUMBERS; i++)
                out[(8 * k + i) * size + b] = plane[i];
        }
}

V_INLINE void bits_whole(size_t size, const char *in, size_t row, size_t whole, char *out)
{
    switch (size) {
    case 1:
        for (size_t k = 0; k < whole; k += sizeof(vb))
            plane_of_bits(in + k, row, out + 8 * k);
        break;
    case 2:
        bits_sized(2, in, row, whole, out);
        break;
    case 4:
        bits_sized(4, in, row, whole, out);
        break;
    case 8:
        bits_sized(8, in, row, whole, out);
        break;
    case 16:
        bits_sized(16, in, row, whole, out);
        break;
    default:
        bits_any(size, in, row, whole, out);
    }
}

V_INLINE void unshuffle_bits_body(const void *in, size_t size, size_t count, void *out)
{
    const size_t row = count / 8, whole = row - row % sizeof(vb);
    bits_whole(size, in, row, whole, out);
    unshuffle_columns(in, size, row, whole, out);
}

#endif
