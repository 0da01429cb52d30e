/* SPDX-License-Identifier: MIT */
/* Bodies of steer_c32 and steer_rows_c32 over a vec_*.h, which the variant includes before. */
#ifndef COPHASE_STEER_BODY_H
#define COPHASE_STEER_BODY_H

#include "kernels/core/kernels.h"
#include "kernels/steer/phasor.h"

/* The wave in registers: stores to the output could change what a pointer leads to. */
typedef struct wave_lanes {
    vd x, y, z;
} wave_lanes;

/* Angles of `count` vectors of positions from i on. */
V_INLINE void angles(int count, cph_steer_points r, size_t i, wave_lanes k, bool near, vi *angle)
{
    vd sum[PHASOR_UNROLL];
    V_UNROLL for (int u = 0; u < count; u++) sum[u] =
        vd_fma(k.z, vd_load(r.z + i + (size_t)u * V_LANES), vd_set1(near ? PHASOR_NEAR : 0.0));
    V_UNROLL for (int u = 0; u < count; u++) sum[u] =
        vd_fma(k.y, vd_load(r.y + i + (size_t)u * V_LANES), sum[u]);
    V_UNROLL for (int u = 0; u < count; u++) sum[u] =
        vd_fma(k.x, vd_load(r.x + i + (size_t)u * V_LANES), sum[u]);
    V_UNROLL for (int u = 0; u < count; u++) angle[u] = phasor_angle(near, sum[u]);
}

V_INLINE void steer_points(size_t n, cph_steer_points r, wave_lanes k, bool near, cph_c32 *a)
{
    enum { STEP = PHASOR_UNROLL * V_LANES };
    vi angle[PHASOR_UNROLL];
    vf re[PHASOR_UNROLL], im[PHASOR_UNROLL];
    size_t i = 0;
    for (; n - i >= STEP; i += STEP) {
        angles(PHASOR_UNROLL, r, i, k, near, angle);
        phasors(PHASOR_UNROLL, angle, re, im);
        V_UNROLL for (int u = 0; u < PHASOR_UNROLL; u++)
            vf_store_pairs((float *)&a[i + (size_t)u * V_LANES], re[u], im[u]);
    }
    for (; i < n; i += V_LANES) {
        angles(1, r, i, k, near, angle);
        phasors(1, angle, re, im);
        if (n - i >= V_LANES)
            vf_store_pairs((float *)&a[i], re[0], im[0]);
        else
            vf_store_pairs_part((float *)&a[i], re[0], im[0], n - i);
    }
}

V_INLINE void steer_body(size_t n, const cph_steer_points *r, const cph_steer_wave *wave,
                         cph_c32 *a)
{
    const wave_lanes k = {vd_set1(wave->k[0]), vd_set1(wave->k[1]), vd_set1(wave->k[2])};
    if (wave->near)
        steer_points(n, *r, k, true, a);
    else
        steer_points(n, *r, k, false, a);
}

/* p[i] = exp(2 pi j i step), q[i] = j p[i], i < count, and up to V_LANES more of each. */
V_INLINE void step_tables(size_t count, double step, float *p, float *q)
{
    double index[V_LANES];
    for (size_t i = 0; i < V_LANES; i++)
        index[i] = (double)i;
    for (size_t i = 0; i < count; i += V_LANES) {
        const vd start = vd_set1(step * (double)i);
        const vi angle = vd_turns(vd_fma(vd_load(index), vd_set1(step), start));
        vf re, im;
        phasors(1, &angle, &re, &im);
        vf_store_pairs(p + 2 * i, re, im);
        vf_store_pairs(q + 2 * i, vf_sub(vf_zero(), im), re);
    }
}

/* A row is its anchor times the table: (ar + j ai) p = ar p + ai q, part by part. Vector by vector
 * of the table, from its end, and for each of them all rows: long loops without a branch that is
 * hard to predict. What a vector holds beyond the end of its row falls on places of the rows behind
 * it that are written later, in this round or in those of lower i; the end of all rows is
 * respected. */
V_INLINE void steer_rows_body(size_t rows, const cph_steer_row *row, const cph_c32 *anchor,
                              double step, cph_c32 *a)
{
    _Alignas(64) float p[2 * CPH_STEER_ROW + 2 * V_LANES], q[2 * CPH_STEER_ROW + 2 * V_LANES];
    float *const parts = (float *)a;
    const size_t end = 2 * (row[rows - 1].start + row[rows - 1].count);
    size_t longest = 0;
    for (size_t k = 0; k < rows; k++)
        longest = row[k].count > longest ? row[k].count : longest;
    if (longest == 0)
        return;
    step_tables(longest, step, p, q);
    for (size_t i = (2 * longest - 1) / V_LANES * V_LANES;; i -= V_LANES) {
        const vf pi = vf_load_f32(p + i), qi = vf_load_f32(q + i);
        for (size_t k = 0; k < rows; k++) {
            const size_t first = 2 * row[k].start + i;
            const vf product = vf_fma(vf_set1(anchor[k].im), qi, vf_mul(vf_set1(anchor[k].re), pi));
            if (first + V_LANES <= end)
                vf_store_f32(parts + first, product);
            else if (first < end)
                vf_store_part_f32(parts + first, product, end - first);
        }
        if (i == 0)
            return;
    }
}

#endif
