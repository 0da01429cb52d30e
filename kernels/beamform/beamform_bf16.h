/* SPDX-License-Identifier: MIT */
/* Products of BF16 for the body of integers in COLUMNS, over a vec_*.h that is included before: a
 * lane holds an element. Samples and planes of weights are integers of up to 8 bits, which BF16
 * holds exactly; a sum, which the body carries as the bits of a float, is exact up to 2^24:
 *
 *     |x| <= 128, |w| <= 128: a step adds two products of at most 2^14, so that 512 steps, in any
 *     order of their products, stay within 512 * 2 * 2^14 = 2^24
 *
 * and is then taken as an integer. Beams are the same bits as by int16. That the instruction takes
 * denormals as 0 and rounds to nearest does not matter: integers are neither denormal nor rounded.
 *
 * A plan takes it for weights of 8 bits where the tier has no VNNI. On a core of Zen 5, GFLOP/s
 * beside int16 of AVX-512: weights of 8 bits 427 and 398 (64 elements, 64 beams), 500 and 431
 * (1024, 256); of 16 bits, two planes here and one as int16, 221 and 397, 253 and 431. */
#ifndef COPHASE_BEAMFORM_BF16_H
#define COPHASE_BEAMFORM_BF16_H

#include "kernels/beamform/beamform_kernel.h"

enum { PRODUCTS_I8 = 0, LANE_ELEMENTS = 1, PRODUCT_DRAIN = 512 };

V_INLINE vi product_sum(vi sum, vi x, vi w)
{
    return vi_dot_bf16(sum, x, w);
}
V_INLINE vi product_sample(vi x)
{
    return x;
}
V_INLINE vi product_start(const int32_t *start)
{
    (void)start;
    return vi_set1(0);
}
V_INLINE vi product_widened(vi x)
{
    return vi_bf16_pairs(x);
}
V_INLINE vi product_integer(vi sum)
{
    return vi_from_vf(vf_from_bits(sum));
}

#endif
