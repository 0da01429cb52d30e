/* SPDX-License-Identifier: MIT */
/* Bodies of covariance_pack_TYPE and covariance_TYPE over a vec_*.h, which the variant includes
 * before.
 *
 * Rows of p are broadcast against the interleaved parts (re, im, re, im, ...) of q:
 *     direct += re p * q = (re p re q, re p im q)      re R = direct[even] + cross[odd]
 *     cross  += im p * q = (im p re q, im p im q)      im R = cross[even] - direct[odd]
 * so nothing is shuffled until a block's sums are drained. */
#ifndef COPHASE_COVARIANCE_BODY_H
#define COPHASE_COVARIANCE_BODY_H

#include "kernels/core/kernels.h"
#include "kernels/simd/vec_sample.h"

/* Registers: ROWS x 2 vectors x {direct, cross} float sums, or ROWS x 1 of double. */
enum { ROWS = 2, COLUMN_VECTORS = (int)V_LANES < (int)CPH_PANEL_PARTS ? 2 : 1 };

struct sums_f32 {
    float direct[CPH_PANEL_ELEMENTS][CPH_PANEL_PARTS], cross[CPH_PANEL_ELEMENTS][CPH_PANEL_PARTS];
};
struct sums_f64 {
    double direct[CPH_PANEL_ELEMENTS][CPH_PANEL_PARTS], cross[CPH_PANEL_ELEMENTS][CPH_PANEL_PARTS];
};

/* Part of a panel: ROWS rows from `row`, COLUMN_VECTORS vectors of parts from `column`. */
V_INLINE void sum_f32(const float *p, const float *q, size_t times, size_t row, size_t column,
                      struct sums_f32 *sums)
{
    vf direct[ROWS][COLUMN_VECTORS], cross[ROWS][COLUMN_VECTORS];
    V_UNROLL for (size_t i = 0; i < ROWS; i++) V_UNROLL for (size_t j = 0; j < COLUMN_VECTORS; j++)
        direct[i][j] = cross[i][j] = vf_zero();
    p += 2 * row;
    q += column;
    for (size_t t = 0; t < times; t++, p += CPH_PANEL_PARTS, q += CPH_PANEL_PARTS) {
        vf x[COLUMN_VECTORS];
        V_UNROLL for (size_t j = 0; j < COLUMN_VECTORS; j++) x[j] = vf_load_f32(q + j * V_LANES);
        V_UNROLL for (size_t i = 0; i < ROWS; i++)
        {
            const vf re = vf_set1(p[2 * i]), im = vf_set1(p[2 * i + 1]);
            V_UNROLL for (size_t j = 0; j < COLUMN_VECTORS; j++)
            {
                direct[i][j] = vf_fma(re, x[j], direct[i][j]);
                cross[i][j] = vf_fma(im, x[j], cross[i][j]);
            }
        }
    }
    V_UNROLL for (size_t i = 0; i < ROWS; i++) V_UNROLL for (size_t j = 0; j < COLUMN_VECTORS; j++)
    {
        vf_store_f32(&sums->direct[row + i][column + j * V_LANES], direct[i][j]);
        vf_store_f32(&sums->cross[row + i][column + j * V_LANES], cross[i][j]);
    }
}

V_INLINE void sum_f64(const double *p, const double *q, size_t times, size_t row, size_t column,
                      struct sums_f64 *sums)
{
    vd direct[ROWS], cross[ROWS];
    V_UNROLL for (size_t i = 0; i < ROWS; i++) direct[i] = cross[i] = vd_set1(0.0);
    p += 2 * row;
    q += column;
    for (size_t t = 0; t < times; t++, p += CPH_PANEL_PARTS, q += CPH_PANEL_PARTS) {
        const vd x = vd_load(q);
        V_UNROLL for (size_t i = 0; i < ROWS; i++)
        {
            direct[i] = vd_fma(vd_set1(p[2 * i]), x, direct[i]);
            cross[i] = vd_fma(vd_set1(p[2 * i + 1]), x, cross[i]);
        }
    }
    V_UNROLL for (size_t i = 0; i < ROWS; i++)
    {
        vd_store(&sums->direct[row + i][column], direct[i]);
        vd_store(&sums->cross[row + i][column], cross[i]);
    }
}

V_INLINE void sum_tile_f32(const float *p, const float *q, size_t times, struct sums_f32 *sums)
{
    for (size_t row = 0; row < CPH_PANEL_ELEMENTS; row += ROWS)
        for (size_t column = 0; column < CPH_PANEL_PARTS;
             column += COLUMN_VECTORS * (size_t)V_LANES)
            sum_f32(p, q, times, row, column, sums);
}

V_INLINE void sum_tile_f64(const double *p, const double *q, size_t times, struct sums_f64 *sums)
{
    for (size_t row = 0; row < CPH_PANEL_ELEMENTS; row += ROWS)
        for (size_t column = 0; column < CPH_PANEL_PARTS; column += V_LANES)
            sum_f64(p, q, times, row, column, sums);
}

V_INLINE void covariance_c8_body(const void *p, const void *q, size_t times, void *tile)
{
    cph_tile_i64 *const to = tile;
    struct sums_f32 sums;
    sum_tile_f32(p, q, times, &sums);
    for (size_t i = 0; i < CPH_TILE_SUMS; i++) {
        const size_t row = i / CPH_PANEL_ELEMENTS, even = 2 * (i % CPH_PANEL_ELEMENTS);
        const float *const direct = sums.direct[row] + even, *const cross = sums.cross[row] + even;
        to->sum[i].re += (int32_t)direct[0] + (int32_t)cross[1];
        to->sum[i].im += (int32_t)cross[0] - (int32_t)direct[1];
    }
}

V_INLINE void covariance_c16_body(const void *p, const void *q, size_t times, void *tile)
{
    cph_tile_i64 *const to = tile;
    struct sums_f64 sums;
    sum_tile_f64(p, q, times, &sums);
    for (size_t i = 0; i < CPH_TILE_SUMS; i++) {
        const size_t row = i / CPH_PANEL_ELEMENTS, even = 2 * (i % CPH_PANEL_ELEMENTS);
        const double *const direct = sums.direct[row] + even, *const cross = sums.cross[row] + even;
        to->sum[i].re += (int64_t)direct[0] + (int64_t)cross[1];
        to->sum[i].im += (int64_t)cross[0] - (int64_t)direct[1];
    }
}

V_INLINE void covariance_c32_body(const void *p, const void *q, size_t times, void *tile)
{
    cph_tile_f64 *const to = tile;
    struct sums_f32 sums;
    sum_tile_f32(p, q, times, &sums);
    for (size_t i = 0; i < CPH_TILE_SUMS; i++) {
        const size_t row = i / CPH_PANEL_ELEMENTS, even = 2 * (i % CPH_PANEL_ELEMENTS);
        const float *const direct = sums.direct[row] + even, *const cross = sums.cross[row] + even;
        to->sum[i].re += (double)direct[0] + (double)cross[1];
        to->sum[i].im += (double)cross[0] - (double)direct[1];
    }
}

/* Parts [i, i + V_LANES) of a row of `parts`, and zeros from there on. */
V_INLINE vf load_row(cph_type type, const void *row, size_t i, size_t parts)
{
    if (i + V_LANES <= parts)
        return vf_load_sample(type, row, i, 0);
    return i < parts ? vf_load_sample(type, row, i, parts - i) : vf_zero();
}

V_INLINE void pack_body(cph_type type, const void *samples, size_t ld, size_t times,
                        size_t elements, void *panel)
{
    const char *row = samples;
    for (size_t t = 0; t < times; t++, row += ld * cph_type_size(type))
        for (size_t i = 0; i < CPH_PANEL_PARTS; i += V_LANES) {
            const vf x = load_row(type, row, i, 2 * elements);
            if (type == CPH_C16)
                vd_store((double *)panel + t * CPH_PANEL_PARTS + i, vd_from_vf(x));
            else
                vf_store_f32((float *)panel + t * CPH_PANEL_PARTS + i, x);
        }
}

#endif
