/* SPDX-License-Identifier: MIT */
/* Body of batch_lanes_c32 over a vec_*.h, which the variant includes before: a matrix a lane.
 *
 * L lies by rows, an entry (k-th of row i) of V_LANES matrices at row_of(i) + k * ENTRY, the
 * reciprocal of its diagonal in place of it; row n is a^H, then z^H, then conj(w). Rows are read in
 * and factored EDGE at a time, in tiles of EDGE x EDGE sums in registers: a tile streams two times
 * EDGE rows. */
#ifndef COPHASE_ADAPTIVE_BATCH_LANES_BODY_H
#define COPHASE_ADAPTIVE_BATCH_LANES_BODY_H

#include "kernels/adaptive/batch_load.h"

enum { EDGE = V_REGISTERS >= 32 ? 3 : 2 };

typedef struct lanes {
    size_t n;
    float *l;
    vf good; /* 1 where all pivots so far are positive, else 0 */
} lanes;

V_INLINE float *row_of(const lanes *s, size_t i)
{
    return s->l + i * (i + 1) / 2 * ENTRY;
}

/* sum -= L(i + p, k) conj(L(j + q, k)) over k < j, for p < rows, q < columns; of a diagonal tile,
 * i = j, the lower triangle. */
V_INLINE void tile_products(const lanes *s, size_t i, size_t rows, size_t j, size_t columns,
                            vc sum[EDGE][EDGE])
{
    const float *upper[EDGE] = {0}, *lower[EDGE] = {0};
    V_UNROLL
    for (size_t p = 0; p < rows; p++)
        lower[p] = row_of(s, i + p);
    V_UNROLL
    for (size_t q = 0; q < columns; q++)
        upper[q] = row_of(s, j + q);
    for (size_t k = 0; k < j * ENTRY; k += ENTRY) {
        vc a[EDGE];
        V_UNROLL
        for (size_t p = 0; p < rows; p++)
            a[p] = vc_load(lower[p] + k);
        V_UNROLL
        for (size_t q = 0; q < columns; q++) {
            const vc b = i == j ? a[q] : vc_load(upper[q] + k);
            V_UNROLL
            for (size_t p = i == j ? q : 0; p < rows; p++)
                sum[p][q] = vc_fnma_conj(a[p], b, sum[p][q]);
        }
    }
}

/* L of `rows` rows from i on, `columns` columns from j on, j + columns <= i. */
V_INLINE void tile(const lanes *s, size_t i, size_t rows, size_t j, size_t columns)
{
    vc sum[EDGE][EDGE];
    V_UNROLL
    for (size_t p = 0; p < rows; p++)
        V_UNROLL for (size_t q = 0; q < columns; q++) sum[p][q] =
            vc_load(row_of(s, i + p) + (j + q) * ENTRY);
    tile_products(s, i, rows, j, columns, sum);
    V_UNROLL
    for (size_t q = 0; q < columns; q++) {
        const vf inverse = vf_load_f32(row_of(s, j + q) + (j + q) * ENTRY);
        V_UNROLL
        for (size_t p = 0; p < rows; p++) {
            sum[p][q] = vc_scale(sum[p][q], inverse);
            vc_store(row_of(s, i + p) + (j + q) * ENTRY, sum[p][q]);
        }
        V_UNROLL
        for (size_t r = q + 1; r < columns; r++) {
            const vc b = vc_load(row_of(s, j + r) + (j + q) * ENTRY);
            V_UNROLL
            for (size_t p = 0; p < rows; p++)
                sum[p][r] = vc_fnma_conj(sum[p][q], b, sum[p][r]);
        }
    }
}

/* The diagonal tile of `rows` rows from i on. */
V_INLINE void diagonal_tile(lanes *s, size_t i, size_t rows)
{
    const vf one = vf_set1(1.0f);
    vc sum[EDGE][EDGE];
    vf least[EDGE];
    V_UNROLL
    for (size_t p = 0; p < rows; p++) {
        V_UNROLL
        for (size_t q = 0; q <= p; q++)
            sum[p][q] = vc_load(row_of(s, i + p) + (i + q) * ENTRY);
        least[p] = vf_mul(sum[p][p].re, vf_set1(least_pivot(i + p)));
    }
    tile_products(s, i, rows, i, rows, sum);
    V_UNROLL
    for (size_t q = 0; q < rows; q++) {
        const vf pivot = sum[q][q].re, reciprocal = vf_div(one, pivot);
        s->good = vf_keep(vf_above(pivot, least[q]), s->good);
        /* The next pivot waits for a quotient, not for a root as well. */
        V_UNROLL
        for (size_t r = q + 1; r < rows; r++) {
            const vc scaled = vc_scale(sum[r][q], reciprocal);
            V_UNROLL
            for (size_t p = r; p < rows; p++)
                sum[p][r] = vc_fnma_conj(sum[p][q], scaled, sum[p][r]);
        }
        const vf inverse = vf_sqrt(reciprocal);
        vf_store_f32(row_of(s, i + q) + (i + q) * ENTRY, inverse);
        V_UNROLL
        for (size_t p = q + 1; p < rows; p++)
            vc_store(row_of(s, i + p) + (i + q) * ENTRY, vc_scale(sum[p][q], inverse));
    }
}

/* `rows` rows from i on, a multiple of EDGE. */
V_INLINE void factor(lanes *s, size_t i, size_t rows)
{
    for (size_t j = 0; j < i; j += EDGE)
        tile(s, i, rows, j, EDGE);
    diagonal_tile(s, i, rows);
}

/* Row n, whose last tile is as wide as the last rows are high. */
V_INLINE void factor_look(const lanes *s)
{
    const size_t n = s->n;
    size_t j = 0;
    for (; n - j >= EDGE; j += EDGE)
        tile(s, n, 1, j, EDGE);
    if (EDGE > 2 && n - j == 2)
        tile(s, n, 1, j, 2);
    if (n - j == 1)
        tile(s, n, 1, j, 1);
}

/* y -= L(i + p, k) x_p over p < rows, for all k < i of y = row n. */
V_INLINE void take_rows(const lanes *s, size_t i, size_t rows)
{
    float *const y = row_of(s, s->n);
    const float *l[EDGE] = {0};
    vc x[EDGE];
    V_UNROLL
    for (size_t p = rows; p-- > 0;) {
        l[p] = row_of(s, i + p);
        x[p] = vc_load(y + (i + p) * ENTRY);
        V_UNROLL
        for (size_t q = p + 1; q < rows; q++)
            x[p] = vc_fnma(vc_load(l[q] + (i + p) * ENTRY), x[q], x[p]);
        x[p] = vc_scale(x[p], vf_load_f32(l[p] + (i + p) * ENTRY));
        vc_store(y + (i + p) * ENTRY, x[p]);
    }
    for (size_t k = 0; k < i * ENTRY; k += ENTRY) {
        vc sum = vc_load(y + k);
        V_UNROLL
        for (size_t p = 0; p < rows; p++)
            sum = vc_fnma(vc_load(l[p] + k), x[p], sum);
        vc_store(y + k, sum);
    }
}

/* Row n from z^H to conj(L^-H z). */
V_INLINE void solve_back(const lanes *s)
{
    size_t i = s->n;
    for (; i >= EDGE; i -= EDGE)
        take_rows(s, i - EDGE, EDGE);
    if (EDGE > 2 && i == 2)
        take_rows(s, 0, 2);
    if (i == 1)
        take_rows(s, 0, 1);
}

/* Row n to w; the lanes that have weights: all of them finite, and their power. */
V_INLINE vm finish(const lanes *s, vf norm, vf *power)
{
    float *const y = row_of(s, s->n);
    const vf p = vf_div(vf_set1(1.0f), norm), zero = vf_zero();
    vf probe = vf_mul(p, zero);
    for (size_t k = 0; k < s->n; k++) {
        const vc x = vc_load(y + k * ENTRY);
        const vc w = {vf_mul(x.re, p), vf_sub(zero, vf_mul(x.im, p))};
        probe = vf_fma(w.re, zero, vf_fma(w.im, zero, probe));
        vc_store(y + k * ENTRY, w);
    }
    vf good = vf_keep(vf_equal(probe, zero), s->good);
    good = vf_keep(vf_above(p, zero), good);
    const vm mask = vf_equal(good, vf_set1(1.0f));
    *power = vf_keep(mask, p);
    return mask;
}

/* Row n to `count` <= V_LANES vectors of n samples. */
V_INLINE void store_weights(const lanes *s, vm mask, size_t count, cph_c32 *w)
{
    const float *const y = row_of(s, s->n);
    const size_t parts = 2 * s->n;
    for (size_t part = 0; part < parts; part += V_LANES) {
        const size_t left = parts - part;
        vf v[V_LANES];
        V_UNROLL
        for (size_t i = 0; i < V_LANES; i++)
            v[i] = i < left ? vf_keep(mask, vf_load_f32(y + (part + i) * V_LANES)) : vf_zero();
        vf_transpose(v);
        V_UNROLL
        for (size_t i = 0; i < V_LANES; i++) {
            float *const to = (float *)(w + i * s->n) + part;
            if (i < count && left >= V_LANES)
                vf_store_f32(to, v[i]);
            else if (i < count)
                vf_store_part_f32(to, v[i], left);
        }
    }
}

/* Row i of all matrices, from p + i n^2 on; the lanes beyond `count` repeat the last one. */
V_INLINE void read_row(const lanes *s, const cph_c32 *p, size_t step, size_t count, size_t i,
                       size_t columns)
{
    const cph_c32 *from[V_LANES];
    V_UNROLL
    for (size_t m = 0; m < V_LANES; m++)
        from[m] = p + cph_size_min(m, count - 1) * step;
    turn_rows(from, columns, (turned){row_of(s, i), ENTRY});
}

/* Rows i to i + rows of R, with loading. */
V_INLINE void read_rows(const lanes *s, const cph_batch_part *part, vf loading, size_t count,
                        size_t i, size_t rows)
{
    const size_t n = s->n;
    V_UNROLL
    for (size_t p = 0; p < rows; p++) {
        float *const diagonal = row_of(s, i + p) + (i + p) * ENTRY;
        read_row(s, part->r + (i + p) * n, n * n, count, i + p, i + p + 1);
        vf_store_f32(diagonal, vf_add(vf_load_f32(diagonal), loading));
    }
}

/* a^H to row n, then z^H; |z|^2. */
V_INLINE vf solve_forward(const lanes *s, const cph_batch_part *part, size_t count)
{
    const size_t n = s->n;
    float *const y = row_of(s, n);
    read_row(s, part->a, n, count, n, n);
    for (size_t k = 0; k < n; k++) {
        float *const im = y + k * ENTRY + V_LANES;
        vf_store_f32(im, vf_sub(vf_zero(), vf_load_f32(im)));
    }
    factor_look(s);
    vf re = vf_zero(), im = vf_zero();
    for (size_t k = 0; k < n; k++) {
        const vc z = vc_load(y + k * ENTRY);
        re = vf_fma(z.re, z.re, re);
        im = vf_fma(z.im, z.im, im);
    }
    return vf_add(re, im);
}

V_INLINE vm solve_lanes(lanes *s, const cph_batch_part *part, size_t count, vf *power)
{
    const size_t n = s->n;
    const vf loading =
        count < V_LANES ? vf_load_part_f32(part->loading, count) : vf_load_f32(part->loading);
    size_t i = 0;
    for (; n - i >= EDGE; i += EDGE) {
        read_rows(s, part, loading, count, i, EDGE);
        factor(s, i, EDGE);
    }
    if (EDGE > 2 && n - i == 2) {
        read_rows(s, part, loading, count, i, 2);
        factor(s, i, 2);
    }
    if (n - i == 1) {
        read_rows(s, part, loading, count, i, 1);
        factor(s, i, 1);
    }
    const vf norm = solve_forward(s, part, count);
    solve_back(s);
    return finish(s, norm, power);
}

V_INLINE uint32_t solve_group(size_t n, size_t count, const cph_batch_part *part, void *work)
{
    uint32_t solved = 0;
    for (size_t m = 0; m < count; m += V_LANES) {
        const cph_batch_part lane = {part->r + m * n * n, part->a + m * n, part->loading + m,
                                     part->w + m * n, part->power + m};
        const size_t some = cph_size_min(count - m, V_LANES);
        lanes s = {.n = n, .l = work, .good = vf_set1(1.0f)};
        vf power;
        const vm mask = solve_lanes(&s, &lane, some, &power);
        store_weights(&s, mask, some, lane.w);
        if (some < V_LANES)
            vf_store_part_f32(lane.power, power, some);
        else
            vf_store_f32(lane.power, power);
        solved |= (uint32_t)(vm_bits(mask) & ((1u << some) - 1)) << m;
    }
    return solved;
}

/* Where a tile is short its addresses cost as much as its sums: the smallest sizes that are common
 * are constants.
 */
V_INLINE uint32_t batch_lanes_body(size_t n, size_t count, const cph_batch_part *part, void *work)
{
    switch (n) {
    case 4:
        return solve_group(4, count, part, work);
    case 8:
        return solve_group(8, count, part, work);
    case 16:
        return solve_group(16, count, part, work);
    default:
        return solve_group(n, count, part, work);
    }
}

#endif
