/* SPDX-License-Identifier: MIT */
/* What covariance_strip.h asks of forms c8_i16 and c16_i16, over a vec_*.h that is included before.
 */
#ifndef COPHASE_COVARIANCE_DOT_I16_H
#define COPHASE_COVARIANCE_DOT_I16_H

#include "kernels/core/kernels.h"
#include "kernels/core/mem.h"

enum { HEAD_BYTES = 0, DOT_PASSES = 1, LINE_TIMES = 1 };
typedef vi vl;

V_INLINE vl dot_columns(const char *p, size_t pass, size_t lane)
{
    (void)lane;
    (void)pass;
    return vi_load((const uint32_t *)(const void *)p);
}
V_INLINE vl dot_row(const char *p, size_t pass)
{
    int32_t lane;
    (void)pass;
    memcpy(&lane, p, sizeof lane);
    return vi_set1(lane);
}
V_INLINE vl dot(vl sum, vl columns, vl row)
{
    return vi_dot16(sum, columns, row);
}
V_INLINE vl dot_begin(const char *open, const void *rows, size_t row, size_t lane)
{
    (void)rows;
    (void)row;
    (void)lane;
    return vi_load((const uint32_t *)(const void *)open);
}
V_INLINE void dot_end(char *open, vl sum, double *drained)
{
    (void)drained;
    vi_store((uint32_t *)(void *)open, sum);
}

#endif
