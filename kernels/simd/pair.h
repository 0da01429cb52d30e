/* SPDX-License-Identifier: MIT */
/** @file pair.h
 *  Exact sums of integer samples: what every pair_*.h adds to its vec_*.h, which it includes. A vp
 *  holds V_LANES samples {re, im} as int16 pairs.
 *
 *      vp_load_i8(p), _i16(p)          V_LANES samples; vp_load_part_i8(p, n), _i16: n < V_LANES
 *                                      samples are read, the others are 0
 *      vp_re(a), vp_im(a)              the parts as int32
 *      vp_power(a)                     re^2 + im^2 as uint32 (two int16 minima are 2^31)
 *      vp_add(a, b)                    part by part; the sums must fit int16
 *      vp_inside(a, upper)             a mask: both parts lie between upper and -1 - upper, the
 *                                      limits of their type
 *      vi_count(count, mask)           count + 1 where the mask is on
 *      vq_zero, vq_add(sum, a)         uint64 sums of uint32 lanes; vq_store(p, sum) */
#ifndef COPHASE_SIMD_PAIR_H
#define COPHASE_SIMD_PAIR_H

#include <stdbool.h>

#include "kernels/simd/vec.h"

V_INLINE void v_prefetch(const void *p)
{
    __builtin_prefetch(p);
}

/* Into the second cache, for what is needed much later. */
V_INLINE void v_prefetch_far(const void *p)
{
    __builtin_prefetch(p, 0, 2);
}

#endif
