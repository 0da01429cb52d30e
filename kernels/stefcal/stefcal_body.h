/* SPDX-License-Identifier: MIT */
/* Body of stefcal_c32 over a vec_*.h, which the variant includes before.
 *
 * Lanes are columns q. An entry adds conj(G) g_p to its column, which has accumulators in registers
 * for the rows of a tile; above the diagonal also G g_q to its row, whose sums are vectors in
 * `work` until the row of tiles ends. */
#ifndef COPHASE_STEFCAL_BODY_H
#define COPHASE_STEFCAL_BODY_H

#include <string.h>

#include "kernels/stefcal/stefcal_kernel.h"

enum {
    PARTS = CPH_STEFCAL_PARTS,
    LINE = CPH_STEFCAL_LINE,
    PART = CPH_STEFCAL_LANES,
    TILE = CPH_STEFCAL_TILE,
    ABOVE = CPH_STEFCAL_ABOVE,
    WIDE = 2,                                 /* vectors of columns at once, on the diagonal, */
    WIDE_ABOVE = V_REGISTERS >= 32 ? 4 : WIDE /* and above */
};

/* A complex number and a power, of V_LANES elements. */
typedef struct triple {
    vf re, im, power;
} triple;

/* The same of all elements, by parts: gains, and sums. `open`: sums of the rows of a row of tiles
 * [3][TILE][V_LANES]. */
typedef struct fields {
    const float *gain[PARTS];
    float *sum[PARTS], *open;
} fields;

typedef struct tile {
    const float *entry;
    size_t row, rows, column, lines;
} tile;

V_INLINE triple add(triple a, triple b)
{
    return (triple){vf_add(a.re, b.re), vf_add(a.im, b.im), vf_add(a.power, b.power)};
}
/* c + conj(a) b, c + a b; and the product of the powers */
V_INLINE triple add_conj(triple c, triple a, triple b)
{
    return (triple){vf_fma(a.im, b.im, vf_fma(a.re, b.re, c.re)),
                    vf_fnma(a.im, b.re, vf_fma(a.re, b.im, c.im)),
                    vf_fma(a.power, b.power, c.power)};
}
V_INLINE triple add_product(triple c, triple a, triple b)
{
    return (triple){vf_fnma(a.im, b.im, vf_fma(a.re, b.re, c.re)),
                    vf_fma(a.im, b.re, vf_fma(a.re, b.im, c.im)),
                    vf_fma(a.power, b.power, c.power)};
}

V_INLINE triple load_gains(const fields *f, size_t p)
{
    return (triple){vf_load_f32(f->gain[0] + p), vf_load_f32(f->gain[1] + p),
                    vf_load_f32(f->gain[2] + p)};
}
V_INLINE triple one_gain(const fields *f, size_t p)
{
    return (triple){vf_set1(f->gain[0][p]), vf_set1(f->gain[1][p]), vf_set1(f->gain[2][p])};
}
V_INLINE triple load_sums(const fields *f, size_t p)
{
    return (triple){vf_load_f32(f->sum[0] + p), vf_load_f32(f->sum[1] + p),
                    vf_load_f32(f->sum[2] + p)};
}
V_INLINE void store_sums(const fields *f, size_t p, triple a)
{
    vf_store_f32(f->sum[0] + p, a.re);
    vf_store_f32(f->sum[1] + p, a.im);
    vf_store_f32(f->sum[2] + p, a.power);
}
V_INLINE float *open_at(const fields *f, size_t part, size_t row)
{
    return f->open + (part * TILE + row) * V_LANES;
}

/* Vector v of a row of lines. */
V_INLINE triple load_entry(const float *row, size_t v)
{
    const float *const at = row + v * V_LANES / PART * LINE + v * V_LANES % PART;
    return (triple){vf_in_register(vf_load_f32(at)),
                    vf_in_register(vf_load_f32(at + CPH_STEFCAL_IM)),
                    vf_load_f32(at + CPH_STEFCAL_POWER)};
}

/* Sums of a column, one a product: nothing else keeps the units busy while a sum waits for the one
 * before. */
typedef struct products {
    vf rr, ii, ri, ir, power;
} products;

/* `wide` vectors of columns from vector v on, all rows of a tile: on the diagonal, and above. */
V_INLINE void add_diagonal(const fields *f, const tile *t, size_t v, size_t wide)
{
    products s[WIDE];
    V_UNROLL
    for (size_t k = 0; k < wide; k++)
        s[k] = (products){vf_zero(), vf_zero(), vf_zero(), vf_zero(), vf_zero()};
    const float *entry = t->entry;
    for (size_t row = 0; row < t->rows; row++, entry += t->lines * LINE) {
        const triple own = one_gain(f, t->row + row);
        V_UNROLL
        for (size_t k = 0; k < wide; k++) {
            const triple a = load_entry(entry, v + k);
            s[k].rr = vf_fma(a.re, own.re, s[k].rr);
            s[k].ii = vf_fma(a.im, own.im, s[k].ii);
            s[k].ri = vf_fma(a.re, own.im, s[k].ri);
            s[k].ir = vf_fma(a.im, own.re, s[k].ir);
            s[k].power = vf_fma(a.power, own.power, s[k].power);
        }
    }
    V_UNROLL
    for (size_t k = 0; k < wide; k++) {
        const size_t q = t->column + (v + k) * V_LANES;
        const triple sum = {vf_add(s[k].rr, s[k].ii), vf_sub(s[k].ri, s[k].ir), s[k].power};
        store_sums(f, q, t->row == 0 ? sum : add(load_sums(f, q), sum));
    }
}
V_INLINE void add_above(const fields *f, const tile *t, size_t v, size_t wide, bool first)
{
    triple sum[WIDE_ABOVE], gain[WIDE_ABOVE];
    V_UNROLL
    for (size_t k = 0; k < wide; k++) {
        sum[k] = (triple){vf_zero(), vf_zero(), vf_zero()};
        gain[k] = load_gains(f, t->column + (v + k) * V_LANES);
    }
    const float *entry = t->entry;
    for (size_t row = 0; row < t->rows; row++, entry += t->lines * LINE) {
        const triple own = one_gain(f, t->row + row);
        float *const re = open_at(f, 0, row), *const im = open_at(f, 1, row),
                     *const power = open_at(f, 2, row);
        triple across = {vf_zero(), vf_zero(), vf_zero()};
        if (!first)
            across = (triple){vf_load_f32(re), vf_load_f32(im), vf_load_f32(power)};
        V_UNROLL
        for (size_t k = 0; k < wide; k++) {
            const triple a = load_entry(entry, v + k);
            sum[k] = add_conj(sum[k], a, own);
            across = add_product(across, a, gain[k]);
        }
        vf_store_f32(re, across.re);
        vf_store_f32(im, across.im);
        vf_store_f32(power, across.power);
    }
    V_UNROLL
    for (size_t k = 0; k < wide; k++) {
        const size_t q = t->column + (v + k) * V_LANES;
        store_sums(f, q, t->row == 0 ? sum[k] : add(load_sums(f, q), sum[k]));
    }
}

/* Both for all columns. */
V_OUTLINE void add_whole(const fields *f, const tile *t)
{
    const size_t vectors = t->lines * PART / V_LANES;
    for (size_t v = 0; v + WIDE <= vectors; v += WIDE)
        add_diagonal(f, t, v, WIDE);
    if (vectors % WIDE != 0)
        add_diagonal(f, t, vectors - 1, 1);
}
V_OUTLINE void add_rest(const fields *f, const tile *t, size_t v, size_t vectors, bool first)
{
    if (vectors >= 2) {
        first ? add_above(f, t, v, 2, true) : add_above(f, t, v, 2, false);
        v += 2;
    }
    if (vectors % 2 != 0)
        add_above(f, t, v, 1, first && vectors == 1);
}
V_OUTLINE void add_both(const fields *f, const tile *t)
{
    const size_t vectors = t->lines * PART / V_LANES;
    const bool first = t->column == t->row + TILE;
    size_t v = 0;
    if (first && vectors >= WIDE_ABOVE) {
        add_above(f, t, 0, WIDE_ABOVE, true);
        v = WIDE_ABOVE;
    }
    for (; v + WIDE_ABOVE <= vectors; v += WIDE_ABOVE)
        add_above(f, t, v, WIDE_ABOVE, false);
    if (v < vectors)
        add_rest(f, t, v, vectors - v, first && v == 0);
}

/* Adds up the rows' vectors. */
V_INLINE void close_rows(const fields *f, size_t row)
{
    for (size_t part = 0; part < PARTS; part++)
        for (size_t i = 0; i < TILE; i += V_LANES) {
            float *const sum = f->sum[part] + row + i;
            vf lanes[V_LANES];
            V_UNROLL
            for (size_t k = 0; k < V_LANES; k++)
                lanes[k] = vf_load_f32(open_at(f, part, i + k));
            vf_store_f32(sum, vf_add(vf_load_f32(sum), vf_sum_each(lanes)));
        }
}

V_INLINE void add_row(const fields *f, size_t n, const float *tiles, size_t row)
{
    const size_t padded = cph_stefcal_padded(n);
    tile t = {.entry = tiles + cph_stefcal_row_at(n, row),
              .row = row,
              .rows = cph_size_min(TILE, n - row),
              .column = row,
              .lines = cph_size_min(TILE, padded - row) / PART};
    add_whole(f, &t);
    if (row + TILE >= padded)
        return;
    for (t.column += TILE; t.column < padded; t.column += ABOVE) {
        t.entry += t.rows * t.lines * LINE;
        t.lines = cph_size_min(ABOVE, padded - t.column) / PART;
        add_both(f, &t);
    }
    close_rows(f, row);
}

V_INLINE void stefcal_body(size_t n, const float *tiles, const float *g, float keep, float *next,
                           float *power, float *work)
{
    const size_t padded = cph_stefcal_padded(n);
    for (size_t p = 0; p < padded; p += V_LANES) {
        const vf re = vf_load_f32(g + p), im = vf_load_f32(g + padded + p);
        vf_store_f32(work + p, vf_fma(re, re, vf_mul(im, im)));
    }
    const fields f = {
        .gain = {g, g + padded, work}, .sum = {next, next + padded, power}, .open = work + padded};
    for (size_t row = 0; row < n; row += TILE)
        add_row(&f, n, tiles, row);
    const vf own = vf_set1(keep), other = vf_set1(1.0f - keep);
    for (size_t p = 0; p < padded; p += V_LANES) {
        const triple sum = load_sums(&f, p), old = load_gains(&f, p);
        const vm alone = vf_equal(sum.power, vf_zero());
        const vf re = vf_select(alone, old.re, vf_div(sum.re, sum.power));
        const vf im = vf_select(alone, old.im, vf_div(sum.im, sum.power));
        vf_store_f32(next + p, vf_fma(own, old.re, vf_mul(other, re)));
        vf_store_f32(next + padded + p, vf_fma(own, old.im, vf_mul(other, im)));
    }
}

#endif
