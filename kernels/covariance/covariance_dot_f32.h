/* SPDX-License-Identifier: MIT */
/* What covariance_strip.h asks of form f32, over a vec_*.h that is included before. re of the
 * row times (re, -im), then its im times (im, re). */
#ifndef COPHASE_COVARIANCE_DOT_F32_H
#define COPHASE_COVARIANCE_DOT_F32_H

#include "kernels/core/kernels.h"

enum { HEAD_BYTES = 0, DOT_PASSES = 2, LINE_TIMES = 1 };
typedef vf vl;

V_INLINE vl dot_columns(const char *p, size_t pass, size_t lane)
{
    const float *const line = (const float *)(const void *)p;
    return pass == 0 ? vf_load_conjugate(line, lane) : vf_load_swapped(line, lane);
}
V_INLINE vl dot_row(const char *p, size_t pass)
{
    return vf_set1(((const float *)(const void *)p)[pass]);
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
V_INLINE void dot_end(char *open, vl sum, double *drained)
{
    float *const to = (float *)(void *)open;
    if (drained == NULL) {
        vf_store_f32(to, sum);
        return;
    }
    vd_store(drained, vd_fma(vd_set1(1.0), vd_load(drained), vd_from_vf(sum)));
    vf_store_f32(to, vf_zero());
}

#endif
