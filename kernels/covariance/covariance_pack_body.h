/* SPDX-License-Identifier: MIT */
/* Body of covariance_pack_TYPE_FORM over a panel_*.h, which the variant includes before. */
#ifndef COPHASE_COVARIANCE_PACK_BODY_H
#define COPHASE_COVARIANCE_PACK_BODY_H

#include "kernels/core/kernels.h"
#include "kernels/core/mem.h"
#include "kernels/simd/vec_sample.h"

enum { LINE = 64, LINE_LANES = LINE / 4, STAGED_TIMES = 32 };

/* Whole panels of `times` times. A line of columns is CPH_PANEL_ELEMENTS / V_LANES stores. */
V_INLINE void pack_i8(const cph_c8 *row, size_t ld, size_t times, int32_t *sums, char *line)
{
    for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i += V_LANES) {
        uint32_t *const all = (uint32_t *)sums + i, *const real = all + CPH_PANEL_ELEMENTS;
        vi sum = vi_load(all), sum_re = vi_load(real);
        const cph_c8 *p = row + i;
        char *to = line + 8 * i;
        for (size_t t = 0; t < times; t += 2, p += 2 * ld, to += LINE) {
            static const cph_c8 nothing[CPH_PANEL_ELEMENTS];
            const vi x = panel_step(p, t + 1 < times ? p + ld : nothing);
            panel_store(to, x, panel_turn8(x));
            sum = panel_add8(sum, x);
            sum_re = panel_add8(sum_re, vi_and(x, vi_set1(0x00ff00ff)));
        }
        vi_store(all, sum);
        vi_store(real, sum_re);
    }
}

V_INLINE void pack_i16(const cph_c8 *row, size_t ld, size_t times, char *line)
{
    for (size_t t = 0; t < times; t++, row += ld, line += LINE)
        for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i += V_LANES) {
            const vi x = panel_pairs(row + i);
            panel_store(line + 8 * i, x, panel_turn16(x));
        }
}

V_INLINE void pack_c16(const cph_c16 *row, size_t ld, size_t times, char *line, char *rows)
{
    for (size_t t = 0; t < times; t++, row += ld, line += 2 * LINE, rows += LINE / 2)
        for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i += V_LANES) {
            const vi x = vi_load((const uint32_t *)(const void *)(row + i));
            const vi high = panel_high16(x), low = panel_low16(x);
            panel_store(line + 8 * i, high, panel_turn16(high));
            panel_store(line + LINE + 8 * i, low, panel_turn16(low));
            vi_store((uint32_t *)(void *)(rows + 4 * i), x);
        }
}

V_INLINE void pack_f32(cph_type type, const char *row, size_t ld, size_t times, const float *weight,
                       float *line)
{
    const size_t row_bytes = ld * cph_type_size(type);
    for (size_t t = 0; t < times; t++, row += row_bytes, line += 2 * LINE_LANES)
        for (size_t i = 0; i < CPH_PANEL_PARTS; i += V_LANES) {
            vf x = vf_load_sample(type, row, i, 0);
            if (weight != NULL)
                x = vf_mul(x, vf_set1(weight[t]));
            vf_store_f32(line + i, panel_conjugate(x));
            vf_store_f32(line + LINE_LANES + i, panel_swap(x));
        }
}

/* Times [start, start + times) of a block of `all` times, whole panels. */
V_INLINE void pack_whole(cph_covariance_form form, cph_type type, const void *samples, size_t ld,
                         size_t start, size_t times, size_t all, const float *weight, char *panel)
{
    switch (form) {
    case CPH_FORM_C8_I8:
        pack_i8(samples, ld, times, (int32_t *)(void *)panel, panel + LINE + start / 2 * LINE);
        break;
    case CPH_FORM_C8_I16:
        pack_i16(samples, ld, times, panel + start * LINE);
        break;
    case CPH_FORM_C16_I16:
        pack_c16(samples, ld, times, panel + start * 2 * LINE,
                 panel + all * 2 * LINE + start * (LINE / 2));
        break;
    default:
        pack_f32(type, samples, ld, times, weight == NULL ? NULL : weight + start,
                 (float *)(void *)panel + start * 2 * LINE_LANES);
        break;
    }
}

/* In pieces of constant size, which are cheaper than a call for so few bytes (even). */
V_INLINE void copy_row(char *to, const char *from, size_t bytes)
{
    size_t i = 0;
    for (; i + 8 <= bytes; i += 8)
        memcpy(to + i, from + i, 8);
    if (bytes & 4) {
        memcpy(to + i, from + i, 4);
        i += 4;
    }
    if (bytes & 2)
        memcpy(to + i, from + i, 2);
}

/* A panel that lacks elements is packed from a copy with zeros, some times at once. */
V_INLINE void pack_body(cph_covariance_form form, cph_type type, const void *samples, size_t ld,
                        size_t times, size_t elements, const float *weight, void *panel)
{
    const size_t bytes = cph_type_size(type), row_bytes = CPH_PANEL_ELEMENTS * bytes;
    if (form == CPH_FORM_C8_I8)
        memset(panel, 0, LINE);
    if (elements == CPH_PANEL_ELEMENTS) {
        pack_whole(form, type, samples, ld, 0, times, times, weight, panel);
        return;
    }
    _Alignas(64) char staged[STAGED_TIMES * CPH_PANEL_ELEMENTS * sizeof(cph_c32)];
    memset(staged, 0, STAGED_TIMES * row_bytes);
    for (size_t start = 0; start < times; start += STAGED_TIMES) {
        const size_t left = times - start, some = left < STAGED_TIMES ? left : STAGED_TIMES;
        const char *const from = (const char *)samples + start * ld * bytes;
        for (size_t t = 0; t < some; t++)
            copy_row(staged + t * row_bytes, from + t * ld * bytes, elements * bytes);
        pack_whole(form, type, staged, CPH_PANEL_ELEMENTS, start, some, times, weight, panel);
    }
}

#endif
