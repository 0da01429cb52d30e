/* SPDX-License-Identifier: MIT */
#include "kernels/convert/unshuffle_kernel.h"

void cph_unshuffle_ref(const void *in, size_t size, size_t count, void *out)
{
    const unsigned char *const plane = in;
    unsigned char *const to = out;
    for (size_t i = 0; i < count; i++)
        for (size_t b = 0; b < size; b++)
            to[i * size + b] = plane[b * count + i];
}

void cph_unshuffle_bits_ref(const void *in, size_t size, size_t count, void *out)
{
    const unsigned char *const plane = in;
    unsigned char *const to = out;
    for (size_t i = 0; i < count; i++)
        for (size_t b = 0; b < size; b++) {
            unsigned byte = 0;
            for (size_t j = 0; j < 8; j++)
                byte |= ((unsigned)plane[(8 * b + j) * (count / 8) + i / 8] >> i % 8 & 1u) << j;
            to[i * size + b] = (unsigned char)byte;
        }
}
