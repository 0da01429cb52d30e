/* SPDX-License-Identifier: MIT */
/* Body of batch_columns_c32 over a vec_*.h, which the variant includes before: one matrix after
 * another.
 *
 * L lies by columns in blocks of V_LANES rows, an entry each; the reciprocal of its diagonal in
 * place of it, zeros above. n is filled up to whole panels of WIDE columns by ones on the diagonal.
 * Left-looking: a panel's sums over all columns before it are taken for TALL blocks at a time in
 * registers, and solved against the panel's own triangle before they are stored. The last column
 * of the memory is the look vector's: a, then z, then x. */
#ifndef COPHASE_ADAPTIVE_BATCH_COLUMNS_BODY_H
#define COPHASE_ADAPTIVE_BATCH_COLUMNS_BODY_H

#include <string.h>

#include "kernels/adaptive/batch_load.h"

enum { WIDE = V_LANES < 4 ? V_LANES : 4, TALL = V_REGISTERS >= 32 ? 2 : 1 };

typedef struct columns {
    size_t n, padded, blocks; /* padded: n in whole panels; blocks: of a column */
    float *l, *y;
} columns;

/* The triangle of a panel, rows of L, its diagonal inverted. */
typedef struct triangle {
    cph_c32 l[WIDE][WIDE];
    float inverse[WIDE];
} triangle;

V_INLINE float *block_of(const columns *s, size_t column, size_t block)
{
    return s->l + (column * s->blocks + block) * ENTRY;
}
/* re of (row, column); im lies V_LANES behind. */
V_INLINE float *place_of(const columns *s, size_t row, size_t column)
{
    return block_of(s, column, row / V_LANES) + row % V_LANES;
}
V_INLINE cph_c32 get(const float *place)
{
    return (cph_c32){place[0], place[V_LANES]};
}
V_INLINE void put(float *place, cph_c32 a)
{
    place[0] = a.re;
    place[V_LANES] = a.im;
}
V_INLINE vc vc_set1(cph_c32 a)
{
    return (vc){vf_set1(a.re), vf_set1(a.im)};
}
/* c - a b, c - a conj(b) */
V_INLINE cph_c32 minus(cph_c32 c, cph_c32 a, cph_c32 b)
{
    return (cph_c32){c.re - a.re * b.re + a.im * b.im, c.im - a.re * b.im - a.im * b.re};
}
V_INLINE cph_c32 minus_conj(cph_c32 c, cph_c32 a, cph_c32 b)
{
    return (cph_c32){c.re - a.re * b.re - a.im * b.im, c.im - a.im * b.re + a.re * b.im};
}
V_INLINE cph_c32 times(cph_c32 a, float by)
{
    return (cph_c32){a.re * by, a.im * by};
}

/* Lanes whose row of a block is at least `row`. */
V_INLINE vm rows_from(size_t block, size_t row)
{
    float number[V_LANES];
    V_UNROLL
    for (size_t i = 0; i < V_LANES; i++)
        number[i] = (float)(block * V_LANES + i);
    return vf_above(vf_load_f32(number), vf_set1((float)row - 0.5f));
}

/* The last block's rows from n on become zeros, and the filling columns those of the identity. */
V_INLINE void fill_up(const columns *s)
{
    const size_t last = s->blocks - 1;
    const vm beyond = rows_from(last, s->n);
    for (size_t k = 0; k < s->n && s->n < s->blocks * V_LANES; k++) {
        float *const p = block_of(s, k, last);
        const vc a = vc_load(p);
        vc_store(p, (vc){vf_select(beyond, vf_zero(), a.re), vf_select(beyond, vf_zero(), a.im)});
    }
    for (size_t k = s->n; k < s->padded; k++) {
        memset(block_of(s, k, 0), 0, s->blocks * ENTRY * sizeof(float));
        *place_of(s, k, k) = 1.0f;
    }
}

/* R with loading, and a. Above the diagonal stands what is not used. */
V_INLINE void read_matrix(const columns *s, const cph_c32 *r, const cph_c32 *a, float loading)
{
    const size_t n = s->n;
    for (size_t block = 0; block < s->blocks; block++) {
        const cph_c32 *from[V_LANES];
        V_UNROLL
        for (size_t i = 0; i < V_LANES; i++)
            from[i] = r + cph_size_min(block * V_LANES + i, n - 1) * n;
        turn_rows(from, cph_size_min((block + 1) * V_LANES, n),
                  (turned){block_of(s, 0, block), s->blocks * ENTRY});
    }
    fill_up(s);
    memset(s->y, 0, s->blocks * ENTRY * sizeof(float));
    for (size_t k = 0; k < n; k++) {
        *place_of(s, k, k) += loading;
        put(place_of(s, k, s->padded), a[k]);
    }
}

/* Sums of `tall` blocks of the panel from column j on. */
V_INLINE void panel_sums(const columns *s, size_t j, size_t block, size_t tall, vc sum[TALL][WIDE])
{
    const float *b = place_of(s, j, 0), *a = block_of(s, 0, block);
    const size_t step = s->blocks * ENTRY;
    V_UNROLL
    for (size_t p = 0; p < tall; p++)
        V_UNROLL for (size_t q = 0; q < WIDE; q++) sum[p][q] =
            vc_load(block_of(s, j + q, block + p));
    for (size_t k = 0; k < j; k++, a += step, b += step) {
        vc left[TALL];
        V_UNROLL
        for (size_t p = 0; p < tall; p++)
            left[p] = vc_load(a + p * ENTRY);
        V_UNROLL
        for (size_t q = 0; q < WIDE; q++) {
            const vc right = vc_set1(get(b + q));
            V_UNROLL
            for (size_t p = 0; p < tall; p++)
                sum[p][q] = vc_fnma_conj(left[p], right, sum[p][q]);
        }
    }
}

/* Sums to L against the panel's triangle. */
V_INLINE void panel_solve(const triangle *t, size_t tall, vc sum[TALL][WIDE])
{
    V_UNROLL
    for (size_t q = 0; q < WIDE; q++)
        V_UNROLL for (size_t p = 0; p < tall; p++)
        {
            sum[p][q] = vc_scale(sum[p][q], vf_set1(t->inverse[q]));
            V_UNROLL
            for (size_t r = q + 1; r < WIDE; r++)
                sum[p][r] = vc_fnma_conj(sum[p][q], vc_set1(t->l[r][q]), sum[p][r]);
        }
}

/* The triangle of the panel's stored sums, whose pivots exceed `least`. */
V_INLINE bool factor_triangle(const columns *s, size_t j, const float *least, triangle *t)
{
    V_UNROLL
    for (size_t p = 0; p < WIDE; p++)
        V_UNROLL for (size_t q = 0; q <= p; q++) t->l[p][q] = get(place_of(s, j + p, j + q));
    V_UNROLL
    for (size_t q = 0; q < WIDE; q++) {
        const float pivot = t->l[q][q].re;
        if (!(pivot > least[q]))
            return false;
        t->inverse[q] = 1.0f / __builtin_sqrtf(pivot);
        V_UNROLL
        for (size_t p = q + 1; p < WIDE; p++)
            t->l[p][q] = times(t->l[p][q], t->inverse[q]);
        V_UNROLL
        for (size_t r = q + 1; r < WIDE; r++)
            V_UNROLL for (size_t p = r; p < WIDE; p++) t->l[p][r] =
                minus_conj(t->l[p][r], t->l[p][q], t->l[r][q]);
    }
    return true;
}

/* The block that holds the panel's triangle; the triangle. */
V_INLINE bool panel_top(const columns *s, size_t j, triangle *t)
{
    const size_t block = j / V_LANES;
    float least[WIDE];
    vc sum[TALL][WIDE];
    V_UNROLL
    for (size_t q = 0; q < WIDE; q++)
        least[q] = *place_of(s, j + q, j + q) * least_pivot(j + q);
    panel_sums(s, j, block, 1, sum);
    V_UNROLL
    for (size_t q = 0; q < WIDE; q++)
        vc_store(block_of(s, j + q, block), sum[0][q]);
    if (!factor_triangle(s, j, least, t))
        return false;
    panel_solve(t, 1, sum);
    V_UNROLL
    for (size_t q = 0; q < WIDE; q++) {
        const vm below = rows_from(block, j + q);
        vc_store(block_of(s, j + q, block),
                 (vc){vf_keep(below, sum[0][q].re), vf_keep(below, sum[0][q].im)});
        put(place_of(s, j + q, j + q), (cph_c32){t->inverse[q], 0.0f});
    }
    return true;
}

V_INLINE void panel_below(const columns *s, size_t j, size_t block, size_t tall, const triangle *t)
{
    vc sum[TALL][WIDE];
    panel_sums(s, j, block, tall, sum);
    panel_solve(t, tall, sum);
    V_UNROLL
    for (size_t p = 0; p < tall; p++)
        V_UNROLL for (size_t q = 0; q < WIDE; q++)
            vc_store(block_of(s, j + q, block + p), sum[p][q]);
}

/* Rows of the panel in y to z, whose products with the panel leave the rows below. */
V_INLINE void forward(const columns *s, size_t j, const triangle *t)
{
    float *const y = place_of(s, j, s->padded);
    cph_c32 z[WIDE];
    V_UNROLL
    for (size_t q = 0; q < WIDE; q++) {
        z[q] = get(y + q);
        V_UNROLL
        for (size_t r = 0; r < q; r++)
            z[q] = minus(z[q], t->l[q][r], z[r]);
        z[q] = times(z[q], t->inverse[q]);
    }
    for (size_t block = j / V_LANES; block < s->blocks; block++) {
        vc sum = vc_load(s->y + block * ENTRY);
        V_UNROLL
        for (size_t q = 0; q < WIDE; q++)
            sum = vc_fnma(vc_load(block_of(s, j + q, block)), vc_set1(z[q]), sum);
        vc_store(s->y + block * ENTRY, sum);
    }
    V_UNROLL
    for (size_t q = 0; q < WIDE; q++)
        put(y + q, z[q]);
}

/* Rows of the panel in y from z to x, those below being x. */
V_INLINE void backward(const columns *s, size_t j)
{
    float *const y = place_of(s, j, s->padded);
    cph_c32 x[WIDE];
    vc sum[WIDE];
    V_UNROLL
    for (size_t q = 0; q < WIDE; q++) {
        x[q] = get(y + q);
        put(y + q, (cph_c32){0.0f, 0.0f});
        sum[q] = (vc){vf_zero(), vf_zero()};
    }
    for (size_t block = j / V_LANES; block < s->blocks; block++) {
        const vc b = vc_load(s->y + block * ENTRY);
        V_UNROLL
        for (size_t q = 0; q < WIDE; q++)
            sum[q] = vc_fnma_conj(b, vc_load(block_of(s, j + q, block)), sum[q]);
    }
    V_UNROLL
    for (size_t q = WIDE; q-- > 0;) {
        x[q].re += vf_sum(sum[q].re);
        x[q].im += vf_sum(sum[q].im);
        V_UNROLL
        for (size_t r = q + 1; r < WIDE; r++)
            x[q] = minus_conj(x[q], x[r], get(place_of(s, j + r, j + q)));
        x[q] = times(x[q], *place_of(s, j + q, j + q));
    }
    V_UNROLL
    for (size_t q = 0; q < WIDE; q++)
        put(y + q, x[q]);
}

/* L and z; false where R is not positive definite. */
V_INLINE bool factor(const columns *s)
{
    for (size_t j = 0; j < s->padded; j += WIDE) {
        triangle t;
        if (!panel_top(s, j, &t))
            return false;
        size_t block = j / V_LANES + 1;
        for (; s->blocks - block >= TALL && block < s->blocks; block += TALL)
            panel_below(s, j, block, TALL, &t);
        if (block < s->blocks)
            panel_below(s, j, block, 1, &t);
        forward(s, j, &t);
    }
    return true;
}

/* y times power to w; whether all of them are finite. */
V_INLINE bool finish(const columns *s, float power, cph_c32 *w)
{
    float probe = power * 0.0f;
    for (size_t k = 0; k < s->n; k++) {
        w[k] = times(get(place_of(s, k, s->padded)), power);
        probe += w[k].re * 0.0f + w[k].im * 0.0f;
    }
    return power > 0.0f && probe == 0.0f;
}

V_INLINE bool solve_matrix(columns *s, const cph_batch_part *part)
{
    read_matrix(s, part->r, part->a, *part->loading);
    if (!factor(s))
        return false;
    vf norm = vf_zero();
    for (size_t block = 0; block < s->blocks; block++) {
        const vc z = vc_load(s->y + block * ENTRY);
        norm = vf_fma(z.re, z.re, vf_fma(z.im, z.im, norm));
    }
    for (size_t j = s->padded; j > 0; j -= WIDE)
        backward(s, j - WIDE);
    *part->power = 1.0f / vf_sum(norm);
    return finish(s, *part->power, part->w);
}

V_INLINE uint32_t batch_columns_body(size_t n, size_t count, const cph_batch_part *part, void *work)
{
    const size_t padded = (n + WIDE - 1) / WIDE * WIDE;
    columns s = {n, padded, (padded + V_LANES - 1) / V_LANES, work, NULL};
    s.y = block_of(&s, padded, 0);
    uint32_t solved = 0;
    for (size_t m = 0; m < count; m++) {
        const cph_batch_part one = {part->r + m * n * n, part->a + m * n, part->loading + m,
                                    part->w + m * n, part->power + m};
        if (solve_matrix(&s, &one)) {
            solved |= 1u << m;
            continue;
        }
        memset(one.w, 0, n * sizeof *one.w);
        *one.power = 0.0f;
    }
    return solved;
}

#endif
