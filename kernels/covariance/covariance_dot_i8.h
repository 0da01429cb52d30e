/* SPDX-License-Identifier: MIT */
/* What covariance_strip.h asks of form c8_i8, over a vec_*.h that is included before. */
#ifndef COPHASE_COVARIANCE_DOT_I8_H
#define COPHASE_COVARIANCE_DOT_I8_H

#include "kernels/core/mem.h"
#include "kernels/covariance/covariance_line.h"

enum { PRODUCTS = 1, LINE_TIMES = 2, ROW_BYTES = 8 };
typedef vi vl;

V_INLINE struct product dot_product(size_t k, size_t times)
{
    (void)k;
    return (struct product){LINE, LINE, (times + 1) / 2};
}
V_INLINE vl dot_columns(const char *p)
{
    return vi_dot8_sample(vi_load((const uint32_t *)(const void *)p));
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
    return vi_dot8(sum, columns, row);
}

/* Missing are the sum of re in odd columns, for ~im; and where bytes are taken as unsigned, -128
 * times the sum of re + im. */
V_INLINE vl dot_begin(const char *open, const void *rows, size_t row, size_t lane)
{
    static const uint32_t odd[CPH_PANEL_PARTS] = {
        [1] = ~0u, [3] = ~0u, [5] = ~0u, [7] = ~0u, [9] = ~0u, [11] = ~0u, [13] = ~0u, [15] = ~0u};
    const int32_t *const head = rows;
    const vi all = vi_set1(vi_dot8_bias(0, -128 * head[2 * row]));
    const vi odd_ones = vi_and(vi_load(odd + lane), vi_set1(head[2 * row + 1]));
    return vi_add(vi_load((const uint32_t *)(const void *)open), vi_add(all, odd_ones));
}
V_INLINE void dot_end(char *open, vl sum)
{
    vi_store((uint32_t *)(void *)open, sum);
}

#endif
