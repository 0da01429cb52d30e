/* SPDX-License-Identifier: MIT */
/* Products of int8 for the bodies of integers, over a vec_*.h that is included before: a lane holds
 * two elements. */
#ifndef COPHASE_BEAMFORM_I8_H
#define COPHASE_BEAMFORM_I8_H

#include "kernels/beamform/beamform_kernel.h"

enum { PRODUCTS_I8 = 1, LANE_ELEMENTS = 2, PRODUCT_DRAIN = INT32_MAX };

V_INLINE vi product_sum(vi sum, vi x, vi w)
{
    return vi_dot8(sum, x, w);
}
V_INLINE vi product_sample(vi x)
{
    return vi_dot8_sample(x);
}
V_INLINE vi product_start(const int32_t *start)
{
    return vi_dot8_start(start);
}
V_INLINE int64_t product_total(int64_t sum, const int32_t *start)
{
    return vi_dot8_bias(sum, *start);
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
