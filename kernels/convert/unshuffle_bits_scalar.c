/* SPDX-License-Identifier: MIT */
#include "kernels/convert/unshuffle_bits.h"

void cph_unshuffle_bits_scalar(const void *in, size_t size, size_t count, void *out)
{
    unshuffle_columns(in, size, count / 8, 0, out);
}
