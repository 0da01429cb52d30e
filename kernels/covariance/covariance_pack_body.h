/* SPDX-License-Identifier: MIT */
/* Bodies of covariance_pack_FORM for integers over a panel_*.h, which the variant includes before.
 * A line of columns is CPH_PANEL_ELEMENTS / V_LANES stores. */
#ifndef COPHASE_COVARIANCE_PACK_BODY_H
#define COPHASE_COVARIANCE_PACK_BODY_H

#include "kernels/covariance/covariance_stage.h"

enum { PARTS = CPH_PANEL_ELEMENTS / V_LANES };

/* A step of two times; the sums of its four parts, and of those that are re. */
V_INLINE void pack_i8(const struct rows *rows, char *panel)
{
    static const cph_c8 nothing[CPH_PANEL_ELEMENTS];
    char *line = panel + LINE + rows->start / 2 * LINE;
    const char *row = rows->samples;
    vi sum[PARTS], sum_re[PARTS];
    V_UNROLL for (size_t k = 0; k < PARTS; k++) sum[k] = sum_re[k] = vi_set1(0);
    for (size_t t = 0; t < rows->times; t += 2, row += 2 * rows->row_bytes, line += LINE) {
        const char *const next =
            t + 1 < rows->times ? row + rows->row_bytes : (const char *)nothing;
        v_prefetch(row + AHEAD * rows->row_bytes);
        v_prefetch(row + (AHEAD + 1) * rows->row_bytes);
        V_UNROLL for (size_t k = 0; k < PARTS; k++)
        {
            const size_t i = k * V_LANES;
            const vi x = panel_step((const cph_c8 *)row + i, (const cph_c8 *)next + i);
            panel_store(line + 8 * i, x, panel_turn8(x));
            sum[k] = vi_add(sum[k], panel_sum8(x));
            sum_re[k] = vi_add(sum_re[k], panel_sum8(vi_and(x, vi_set1(0x00ff00ff))));
        }
    }
    V_UNROLL for (size_t k = 0; k < PARTS; k++)
    {
        _Alignas(64) int32_t lanes[2 * V_LANES];
        int32_t *const head = (int32_t *)(void *)panel + 2 * k * V_LANES;
        panel_store(lanes, sum[k], sum_re[k]);
        for (size_t i = 0; i < (size_t)2 * V_LANES; i++)
            head[i] += lanes[i];
    }
}

V_INLINE void pack_i16(const struct rows *rows, char *panel)
{
    char *line = panel + rows->start * LINE;
    const char *row = rows->samples;
    for (size_t t = 0; t < rows->times; t++, row += rows->row_bytes, line += LINE) {
        v_prefetch(row + AHEAD * rows->row_bytes);
        for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i += V_LANES) {
            const vi x = panel_pairs((const cph_c8 *)row + i);
            panel_store(line + 8 * i, x, panel_turn16(x));
        }
    }
}

V_INLINE void pack_c16(const struct rows *rows, char *panel)
{
    char *line = panel + rows->start * 2 * LINE;
    char *whole = panel + rows->all * 2 * LINE + rows->start * (LINE / 2);
    const char *row = rows->samples;
    for (size_t t = 0; t < rows->times; t++, row += rows->row_bytes) {
        v_prefetch(row + AHEAD * rows->row_bytes);
        for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i += V_LANES) {
            const vi x = vi_load(row + 4 * i);
            const vi high = panel_high16(x), low = panel_low16(x);
            panel_store(line + 8 * i, high, panel_turn16(high));
            panel_store(line + LINE + 8 * i, low, panel_turn16(low));
            vi_store(whole + 4 * i, x);
        }
        line += (size_t)2 * LINE;
        whole += LINE / 2;
    }
}

#endif
