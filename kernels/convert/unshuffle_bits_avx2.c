/* SPDX-License-Identifier: MIT */
#include "kernels/simd/byte_avx2.h"

#include "kernels/convert/unshuffle_bits_body.h"

void cph_unshuffle_bits_avx2(const void *in, size_t size, size_t count, void *out)
{
    unshuffle_bits_body(in, size, count, out);
}
