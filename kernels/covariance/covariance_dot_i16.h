/* SPDX-License-Identifier: MIT */
/* What covariance_strip.h asks of forms c8_i16 and c16_i16, over a vec_*.h that is included before.
 */
#ifndef COPHASE_COVARIANCE_DOT_I16_H
#define COPHASE_COVARIANCE_DOT_I16_H

#include "kernels/core/mem.h"
#include "kernels/covariance/covariance_line.h"

enum { PRODUCTS = 1, LINE_TIMES = 1, ROW_BYTES = 8 };
typedef vi vl;

V_INLINE struct product dot_product(size_t k, size_t times)
{
    (void)k;
    return (struct product){0, 0, times};
}
V_INLINE vl dot_columns(const char *p)
{
    return vi_load((const uint32_t *)(const void *)p);
}
V_INLINE vl dot_row(const char *p, size_t lane)
{
    int32_t row;
    (void)lane;
    memcpy(&row, p, sizeof row);
    return vi_set1(row);
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
V_INLINE void dot_end(char *open, vl sum)
{
    vi_store((uint32_t *)(void *)open, sum);
}

#endif
