/* SPDX-License-Identifier: MIT */
/* Body of covariance_pack_TYPE_f32 over a vec_*.h, which the variant includes before. */
#ifndef COPHASE_COVARIANCE_PACK_F32_BODY_H
#define COPHASE_COVARIANCE_PACK_F32_BODY_H

#include "kernels/covariance/covariance_stage.h"
#include "kernels/simd/vec_sample.h"

/* Parts from i on of a time: (re, im, ...) and (im, re, ...). */
struct parts {
    vf own, swapped;
};

V_INLINE struct parts load_parts(cph_type type, const char *row, size_t i, vf weight)
{
    const vf own = vf_mul(vf_load_sample(type, row, i, 0), weight);
    if (V_LANES > 1)
        return (struct parts){own, vf_swap_pairs(own)};
    return (struct parts){own, vf_mul(vf_load_sample(type, row, i ^ 1, 0), weight)};
}

/* Two times at once: their parts, then of every element those of re - im and of re + im. */
V_INLINE void pack_two(cph_type type, const char *row, const char *next, vf weight, vf weight_next,
                       float *first, float *columns, float *rows)
{
    static const uint32_t odd[CPH_PANEL_PARTS] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
    for (size_t i = 0; i < CPH_PANEL_PARTS; i += V_LANES) {
        const vm other = vi_test(vi_load(odd + i), 1);
        const struct parts x = load_parts(type, row, i, weight);
        const struct parts y = load_parts(type, next, i, weight_next);
        vf_store_f32(first + i, x.own);
        vf_store_f32(first + CPH_PANEL_PARTS + i, y.own);
        vf_store_f32(columns + i,
                     vf_select(other, vf_sub(y.swapped, y.own), vf_sub(x.own, x.swapped)));
        vf_store_f32(rows + i,
                     vf_select(other, vf_add(y.swapped, y.own), vf_add(x.own, x.swapped)));
    }
}

V_INLINE void pack_f32_rows(cph_type type, const struct rows *rows, char *panel)
{
    static const cph_c32 nothing[CPH_PANEL_ELEMENTS];
    const struct product own = covariance_product_f32(0, rows->all);
    const struct product mixed = covariance_product_f32(1, rows->all);
    const float *const weight = rows->weight;
    const char *row = rows->samples;
    float *first = (float *)(void *)(panel + own.rows + rows->start * LINE);
    float *columns = (float *)(void *)(panel + mixed.columns + rows->start / 2 * LINE);
    float *sums = (float *)(void *)(panel + mixed.rows + rows->start / 2 * LINE);
    for (size_t t = 0; t < rows->times; t += 2, row += 2 * rows->row_bytes) {
        const bool last = t + 1 == rows->times;
        v_prefetch(row + AHEAD * rows->row_bytes);
        v_prefetch(row + (AHEAD + 1) * rows->row_bytes);
        pack_two(type, row, last ? (const char *)nothing : row + rows->row_bytes,
                 vf_set1(weight == NULL ? 1.0f : weight[t]),
                 vf_set1(weight == NULL || last ? 1.0f : weight[t + 1]), first, columns, sums);
        first += (size_t)2 * CPH_PANEL_PARTS;
        columns += CPH_PANEL_PARTS;
        sums += CPH_PANEL_PARTS;
    }
}

V_INLINE void pack_c8_f32(const struct rows *rows, char *panel)
{
    pack_f32_rows(CPH_C8, rows, panel);
}
V_INLINE void pack_c16_f32(const struct rows *rows, char *panel)
{
    pack_f32_rows(CPH_C16, rows, panel);
}
V_INLINE void pack_c32_f32(const struct rows *rows, char *panel)
{
    pack_f32_rows(CPH_C32, rows, panel);
}

#endif
