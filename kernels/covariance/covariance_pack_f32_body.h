/* SPDX-License-Identifier: MIT */
/* Body of covariance_pack_TYPE_f32 over a vec_*.h, which the variant includes before. */
#ifndef COPHASE_COVARIANCE_PACK_F32_BODY_H
#define COPHASE_COVARIANCE_PACK_F32_BODY_H

#include "kernels/covariance/covariance_stage.h"
#include "kernels/simd/vec_sample.h"

V_INLINE void pack_f32_rows(cph_type type, const struct rows *rows, char *panel)
{
    float *line = (float *)(void *)panel + rows->start * CPH_PANEL_PARTS;
    const char *row = rows->samples;
    for (size_t t = 0; t < rows->times; t++, row += rows->row_bytes, line += CPH_PANEL_PARTS) {
        v_prefetch(row + AHEAD * rows->row_bytes);
        for (size_t i = 0; i < CPH_PANEL_PARTS; i += V_LANES) {
            vf x = vf_load_sample(type, row, i, 0);
            if (rows->weight != NULL)
                x = vf_mul(x, vf_set1(rows->weight[t]));
            vf_store_f32(line + i, x);
        }
    }
}

V_INLINE void pack_c8_f32(const struct rows *rows, size_t all, char *panel)
{
    (void)all;
    pack_f32_rows(CPH_C8, rows, panel);
}
V_INLINE void pack_c16_f32(const struct rows *rows, size_t all, char *panel)
{
    (void)all;
    pack_f32_rows(CPH_C16, rows, panel);
}
V_INLINE void pack_c32_f32(const struct rows *rows, size_t all, char *panel)
{
    (void)all;
    pack_f32_rows(CPH_C32, rows, panel);
}

#endif
