/* SPDX-License-Identifier: MIT */
/* Products of int16 for the bodies of integers, over a vec_*.h that is included before: a lane
 * holds an element. */
#ifndef COPHASE_BEAMFORM_I16_H
#define COPHASE_BEAMFORM_I16_H

#include "kernels/beamform/beamform_kernel.h"

enum { PRODUCTS_I8 = 0, LANE_ELEMENTS = 1, PRODUCT_DRAIN = CPH_BEAMFORM_DRAIN };

V_INLINE vi product_sum(vi sum, vi x, vi w)
{
    return vi_dot16(sum, x, w);
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
V_INLINE int64_t product_total(int64_t sum, const int32_t *start)
{
    (void)start;
    return sum;
}
/* What is loaded of widened samples, and what a sum counts. */
V_INLINE vi product_widened(vi x)
{
    return x;
}
V_INLINE vi product_integer(vi sum)
{
    return sum;
}

#endif
