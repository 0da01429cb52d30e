/* SPDX-License-Identifier: MIT */
/* Body of covariance_c16_i16 over covariance_strip.h: a vector of columns is two, its high and its
 * low part, whose sums are put together in 64 bits. */
#ifndef COPHASE_COVARIANCE_C16_BODY_H
#define COPHASE_COVARIANCE_C16_BODY_H

#include "kernels/covariance/covariance_strip.h"

V_INLINE void add_rows_c16(const cph_covariance_tile *tile, size_t panel, size_t row, size_t v)
{
    const char *const columns =
        (const char *)tile->columns + panel * tile->panel_bytes + v * sizeof(vi);
    struct strip s = {.rows = (const char *)tile->rows + tile->times * 2 * LINE + 4 * row,
                      .w = {columns, columns + LINE},
                      .row_bytes = 4,
                      .row_step = LINE / 2,
                      .w_step = (size_t)2 * LINE,
                      .lines = tile->times};
    int64_t *const to =
        (int64_t *)tile->sums + panel * CPH_TILE_LANES + row * CPH_PANEL_PARTS + v * V_LANES;
    struct sums sums;
    ask_ahead(&s, tile, panel == 0 && row == 0 && v == 0);
    _Alignas(64) int32_t high[SUB_ROWS][V_LANES], low[SUB_ROWS][V_LANES];
    V_UNROLL for (size_t i = 0; i < SUB_ROWS; i++) sums.sum[i][0] = sums.sum[i][1] =
        vi_set1((int32_t)(tile->times / (CPH_BLOCK_C16 + 1))); /* 0, but not for the compiler */
    add_strip(&s, SUB_ROWS, 2, &sums);
    V_UNROLL for (size_t i = 0; i < SUB_ROWS; i++)
    {
        vi_store((uint32_t *)high[i], sums.sum[i][0]);
        vi_store((uint32_t *)low[i], sums.sum[i][1]);
    }
    for (size_t i = 0; i < SUB_ROWS; i++)
        for (size_t j = 0; j < V_LANES; j++)
            to[i * CPH_PANEL_PARTS + j] += (int64_t)256 * high[i][j] + low[i][j];
}

V_INLINE void add_tile_c16(const cph_covariance_tile *tile)
{
    for (size_t panel = 0; panel < tile->panels; panel++)
        for (size_t row = 0; row < tile->live; row += SUB_ROWS)
            for (size_t v = 0; v < LINE_VECTORS; v++)
                add_rows_c16(tile, panel, row, v);
}

#endif
