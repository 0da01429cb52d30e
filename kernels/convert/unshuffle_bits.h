/* SPDX-License-Identifier: MIT */
/* Eight bit planes become eight bytes, in plain C: all of the scalar variant of unshuffle_bits, and
 * the columns that do not fill a vector in the others. */
#ifndef COPHASE_UNSHUFFLE_BITS_H
#define COPHASE_UNSHUFFLE_BITS_H

#include <stdint.h>

#include "kernels/convert/unshuffle_kernel.h"
#include "kernels/simd/vec.h"

/* Bit 8 j + i becomes bit 8 i + j: blocks of 1, 2 and 4 bits change places across the diagonal
 * (Warren, Hacker's Delight, section 7-3). */
V_INLINE uint64_t transpose_bits(uint64_t x)
{
    uint64_t t = (x ^ x >> 7) & UINT64_C(0x00aa00aa00aa00aa);
    x ^= t ^ t << 7;
    t = (x ^ x >> 14) & UINT64_C(0x0000cccc0000cccc);
    x ^= t ^ t << 14;
    t = (x ^ x >> 28) & UINT64_C(0x00000000f0f0f0f0);
    return x ^ t ^ t << 28;
}

/* Columns [begin, row) of rows of `row` bytes: numbers from 8 * begin on. */
V_INLINE void unshuffle_columns(const unsigned char *in, size_t size, size_t row, size_t begin,
                                unsigned char *out)
{
    for (size_t b = 0; b < size; b++)
        for (size_t k = begin; k < row; k++) {
            uint64_t x = 0;
            V_UNROLL for (size_t j = 0; j < 8; j++) x |= (uint64_t)in[(8 * b + j) * row + k]
                                                         << 8 * j;
            x = transpose_bits(x);
            V_UNROLL for (size_t i = 0; i < 8; i++) out[(8 * k + i) * size + b] =
                (unsigned char)(x >> 8 * i);
        }
}

#endif
