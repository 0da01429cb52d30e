/* SPDX-License-Identifier: MIT */
#include "kernels/simd/byte_avx512.h"

#include "kernels/convert/unshuffle_body.h"

void cph_unshuffle_avx512(const void *in, size_t size, size_t count, void *out)
{
    unshuffle_body(in, size, count, out);
}
