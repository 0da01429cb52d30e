/* SPDX-License-Identifier: MIT */
/* What covariance_strip.h asks of form f32, over a vec_*.h that is included before. */
#ifndef COPHASE_COVARIANCE_DOT_F32_H
#define COPHASE_COVARIANCE_DOT_F32_H

#include "kernels/covariance/covariance_line.h"

enum { PRODUCTS = 2, LINE_TIMES = 1, ROW_BYTES = 8 };
typedef vf vl;

V_INLINE struct product dot_product(size_t k, size_t times)
{
    return covariance_product_f32(k, times);
}
V_INLINE vl dot_columns(const char *p)
{
    return vf_load_f32((const float *)(const void *)p);
}
V_INLINE vl dot_row(const char *p, size_t lane)
{
    return vf_load_pair((const float *)(const void *)p, lane);
}
V_INLINE vl dot(vl sum, vl columns, vl row)
{
    return vf_fma(row, columns, sum);
}
V_INLINE vl dot_begin(const char *open, const void *rows, size_t row, size_t lane)
{
    (void)rows;
    (void)row;
    (void)lane;
    return vf_load_f32((const float *)(const void *)open);
}
V_INLINE void dot_end(char *open, vl sum)
{
    vf_store_f32((float *)(void *)open, sum);
}

#endif
