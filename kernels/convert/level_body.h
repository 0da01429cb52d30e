/* SPDX-License-Identifier: MIT */
/* Bodies of level_TYPE over a pair_*.h, which the variant includes before.
 *
 * Elements stand in the lanes, so that a column of samples is summed in registers over a block of
 * rows and its sums leave them once a block. Columns are taken VECTORS vectors at a time. */
#ifndef COPHASE_LEVEL_BODY_H
#define COPHASE_LEVEL_BODY_H

#include <float.h>

#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

/* A block is read column by column, so it must fit the second-level cache twice: while one is
 * summed, the next is fetched from end to end, in the order in which memory gives it fastest. */
enum {
    LEVEL_ROWS_MOST = 256, /* of int8 fit an int16 sum */
    LEVEL_ROWS_LEAST = 16,
    LEVEL_BLOCK = 1 << 18,
    LEVEL_LINE = 64,
    LEVEL_VECTORS = 4
};

/* Columns of a block: V_LANES samples a vector, or only `part` where that is not 0 (then it is one
 * vector). */
struct level_columns {
    const char *samples;
    size_t row_bytes, rows, part;
    const char *ahead; /* what is to be fetched of the next block; NULL for none, or with gaps */
};

V_INLINE void fetch_ahead(struct level_columns *c, size_t bytes)
{
    if (c->ahead == NULL)
        return;
    V_UNROLL for (size_t i = 0; i < bytes; i += LEVEL_LINE) v_prefetch(c->ahead + i);
    c->ahead += bytes;
}

/* ---- integers ---- */

/* Sums of V_LANES elements. */
struct level_integers {
    uint64_t power[V_LANES];
    int32_t re[V_LANES], im[V_LANES], inside[V_LANES];
};

V_INLINE void add_integers(const struct level_integers *s, size_t rows, size_t lanes,
                           cph_level *level)
{
    for (size_t i = 0; i < lanes; i++) {
        level[i].power += (double)s->power[i];
        level[i].sum.re += (double)s->re[i];
        level[i].sum.im += (double)s->im[i];
        level[i].count += rows;
        level[i].full_scale += rows - (size_t)s->inside[i];
    }
}

V_INLINE void level_columns_c8(struct level_columns *c, size_t vectors, cph_level *level)
{
    const size_t width = V_LANES * sizeof(cph_c8);
    vi power[LEVEL_VECTORS], inside[LEVEL_VECTORS];
    vp sum[LEVEL_VECTORS];
    V_UNROLL for (size_t v = 0; v < vectors; v++)
    {
        power[v] = inside[v] = vi_set1(0);
        sum[v] = vp_zero();
    }
    for (size_t t = 0; t < c->rows; t++) {
        const char *const row = c->samples + t * c->row_bytes;
        fetch_ahead(c, vectors * width);
        V_UNROLL for (size_t v = 0; v < vectors; v++)
        {
            const int8_t *const p = (const int8_t *)(row + v * width);
            const vp a = c->part ? vp_load_part_i8(p, c->part) : vp_load_i8(p);
            power[v] = vi_add(power[v], vp_power(a));
            sum[v] = vp_add(sum[v], a);
            inside[v] = vi_count(inside[v], vp_inside(a, INT8_MAX));
        }
    }
    V_UNROLL for (size_t v = 0; v < vectors; v++)
    {
        struct level_integers s = {{0}, {0}, {0}, {0}};
        vq_store(s.power, vq_add(vq_zero(), power[v]));
        vi_store(s.re, vp_re(sum[v]));
        vi_store(s.im, vp_im(sum[v]));
        vi_store(s.inside, inside[v]);
        add_integers(&s, c->rows, c->part ? c->part : V_LANES, level + v * V_LANES);
    }
}

V_INLINE void level_columns_c16(struct level_columns *c, size_t vectors, cph_level *level)
{
    const size_t width = V_LANES * sizeof(cph_c16);
    vi re[LEVEL_VECTORS], im[LEVEL_VECTORS], inside[LEVEL_VECTORS];
    vq power[LEVEL_VECTORS];
    V_UNROLL for (size_t v = 0; v < vectors; v++)
    {
        re[v] = im[v] = inside[v] = vi_set1(0);
        power[v] = vq_zero();
    }
    for (size_t t = 0; t < c->rows; t++) {
        const char *const row = c->samples + t * c->row_bytes;
        fetch_ahead(c, vectors * width);
        V_UNROLL for (size_t v = 0; v < vectors; v++)
        {
            const int16_t *const p = (const int16_t *)(const void *)(row + v * width);
            const vp a = c->part ? vp_load_part_i16(p, c->part) : vp_load_i16(p);
            power[v] = vq_add(power[v], vp_power(a));
            re[v] = vi_add(re[v], vp_re(a));
            im[v] = vi_add(im[v], vp_im(a));
            inside[v] = vi_count(inside[v], vp_inside(a, INT16_MAX));
        }
    }
    V_UNROLL for (size_t v = 0; v < vectors; v++)
    {
        struct level_integers s = {{0}, {0}, {0}, {0}};
        vq_store(s.power, power[v]);
        vi_store(s.re, re[v]);
        vi_store(s.im, im[v]);
        vi_store(s.inside, inside[v]);
        add_integers(&s, c->rows, c->part ? c->part : V_LANES, level + v * V_LANES);
    }
}

/* ---- floats ---- */

/* One element sample by sample, the ones that are not finite left out. */
static inline void add_finite(const char *samples, size_t row_bytes, size_t rows, cph_level *level)
{
    for (size_t t = 0; t < rows; t++) {
        const cph_c32 *const x = (const cph_c32 *)(const void *)(samples + t * row_bytes);
        const double re = (double)x->re, im = (double)x->im, power = re * re + im * im;
        if (!(power <= DBL_MAX)) {
            level->not_finite++;
            continue;
        }
        level->power += power;
        level->sum.re += re;
        level->sum.im += im;
    }
}

/* Squares of floats fit a double: a sum of powers that is not finite has a sample that is not. */
V_INLINE void add_floats(const struct level_columns *c, size_t first, const double power[],
                         const double sum[], size_t lanes, cph_level *level)
{
    for (size_t i = 0; i < lanes; i++) {
        const double both = power[2 * i] + power[2 * i + 1];
        level[i].count += c->rows;
        if (both <= DBL_MAX) {
            level[i].power += both;
            level[i].sum.re += sum[2 * i];
            level[i].sum.im += sum[2 * i + 1];
        } else {
            add_finite(c->samples + (first + i) * sizeof(cph_c32), c->row_bytes, c->rows,
                       &level[i]);
        }
    }
}

/* V_LANES samples are two vectors of parts: half h, the parts that are there. */
V_INLINE vf load_half(const float *p, size_t part, size_t h)
{
    if (part == 0)
        return vf_load_f32(p + h * V_LANES);
    const size_t parts = 2 * part, before = h * V_LANES;
    const size_t here = parts > before ? cph_size_min(parts - before, V_LANES) : 0;
    return vf_load_part_f32(p + (here > 0 ? before : 0), here);
}

V_INLINE void level_columns_c32(struct level_columns *c, size_t vectors, cph_level *level)
{
    const size_t width = V_LANES * sizeof(cph_c32), halves = 2 * vectors;
    vd power[2 * LEVEL_VECTORS], sum[2 * LEVEL_VECTORS];
    V_UNROLL for (size_t h = 0; h < halves; h++) power[h] = sum[h] = vd_set1(0.0);
    for (size_t t = 0; t < c->rows; t++) {
        const char *const row = c->samples + t * c->row_bytes;
        fetch_ahead(c, vectors * width);
        V_UNROLL for (size_t h = 0; h < halves; h++)
        {
            const float *const p = (const float *)(const void *)(row + h / 2 * width);
            const vd x = vd_from_vf(load_half(p, c->part, h % 2));
            power[h] = vd_fma(x, x, power[h]);
            sum[h] = vd_add(sum[h], x);
        }
    }
    double p[2 * V_LANES], s[2 * V_LANES];
    V_UNROLL for (size_t v = 0; v < vectors; v++)
    {
        V_UNROLL for (size_t h = 0; h < 2; h++)
        {
            vd_store(p + h * V_LANES, power[2 * v + h]);
            vd_store(s + h * V_LANES, sum[2 * v + h]);
        }
        add_floats(c, v * V_LANES, p, s, c->part ? c->part : V_LANES, level + v * V_LANES);
    }
}

/* ---- blocks ---- */

V_INLINE void level_columns(cph_type type, struct level_columns *c, size_t vectors,
                            cph_level *level)
{
    switch (type) {
    case CPH_C8:
        level_columns_c8(c, vectors, level);
        break;
    case CPH_C16:
        level_columns_c16(c, vectors, level);
        break;
    default:
        level_columns_c32(c, vectors, level);
    }
}

/* `type` is a constant. */
V_INLINE void level_body(cph_type type, size_t elements, size_t times, const void *samples,
                         size_t ld, cph_level *level)
{
    /* Registers of a vector's sums: 3 for c8, 7 (5 where lanes are as wide as sums) for c16, 8. */
    const size_t vectors = type == CPH_C8 && V_REGISTERS >= 32 ? 4 : type == CPH_C32 ? 1 : 2;
    const size_t size = cph_type_size(type), step = vectors * V_LANES;
    const size_t row_bytes = ld * size, fit = LEVEL_BLOCK / (row_bytes + 1);
    const size_t rows = fit > LEVEL_ROWS_MOST    ? LEVEL_ROWS_MOST
                        : fit < LEVEL_ROWS_LEAST ? LEVEL_ROWS_LEAST
                                                 : fit;
    for (size_t t = 0; t < times; t += rows) {
        const char *const block = (const char *)samples + t * row_bytes;
        struct level_columns c = {
            .row_bytes = row_bytes,
            .rows = cph_size_min(rows, times - t),
            .ahead = ld == elements && times - t > rows ? block + rows * row_bytes : NULL};
        size_t taken;
        for (size_t n = 0; n < elements; n += taken) {
            const size_t left = elements - n;
            taken = left >= step ? step : cph_size_min(left, V_LANES);
            c.samples = block + n * size;
            c.part = taken < V_LANES ? taken : 0;
            if (left >= step)
                level_columns(type, &c, vectors, level + n);
            else
                level_columns(type, &c, 1, level + n);
        }
    }
}

#endif
