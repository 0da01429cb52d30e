/* SPDX-License-Identifier: MIT */
#include "kernels/simd/byte_neon.h"

#include "kernels/convert/unshuffle_body.h"

void cph_unshuffle_neon(const void *in, size_t size, size_t count, void *out)
{
    unshuffle_body(in, size, count, out);
}
