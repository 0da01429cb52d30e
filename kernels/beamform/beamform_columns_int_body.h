/* SPDX-License-Identifier: MIT */
/* Body of beamform_columns_TYPE_i8 and _i16 over a vec_*.h, which the variant includes before.
 * Lanes are columns, re and im of 8 beams side by side. A step's sample (two int8 samples) is
 * broadcast and multiplied with a tile of columns, for a tile of times:
 *
 *     column      0 re        1 im        2 re        ...
 *     weight   (wr, wi)    (-wi, wr)   (wr', wi')     ...   a lane of 32 bits
 *     sample   (xr, xi)    (xr, xi)    (xr, xi)       ...   each lane sums its products
 *
 * so that the sums come out as beams lie in memory: re, im, re, im. */
#ifndef COPHASE_BEAMFORM_COLUMNS_INT_BODY_H
#define COPHASE_BEAMFORM_COLUMNS_INT_BODY_H

#include "kernels/beamform/beamform_finish.h"

/* Sums of TILE_TIMES x TILE_VECTORS, a tile's weights and a sample fill the registers (16 of
 * AVX2, 32 of AVX-512 and NEON). */
enum {
    TILE_TIMES = V_LANES >= 8   ? 6
                 : V_LANES >= 4 ? 4
                                : 2,
    TILE_VECTORS = V_LANES == 16 || V_LANES == 4 ? 4 : 2,
    GROUP_VECTORS = CPH_BEAMFORM_COLUMN_COUNT / V_LANES,
};

struct columns {
    const cph_beamform_plan *plan;
    struct finish finish;
    const unsigned char *weights; /* of the channel */
    size_t group_bytes;
    const char *samples; /* rows of 4 bytes a step */
    size_t row_bytes, times;
    unsigned planes; /* a constant */
};

/* A tile: vectors [first, first + vectors) of columns, times from `samples` on. */
struct tile {
    const unsigned char *weights[TILE_VECTORS];
    const char *samples;
};

V_INLINE void add_step(const struct columns *c, const struct tile *tile, vi *sum, size_t step,
                       size_t bytes, size_t times, size_t vectors)
{
    vi w[TILE_VECTORS];
    V_UNROLL for (size_t v = 0; v < vectors; v++) w[v] =
        vi_load(tile->weights[v] + step * c->planes * CPH_BEAMFORM_VECTOR);
    V_UNROLL for (size_t t = 0; t < times; t++)
    {
        int32_t sample = 0;
        memcpy(&sample, tile->samples + t * c->row_bytes + 4 * step, bytes);
        const vi x = product_sample(vi_set1(sample));
        V_UNROLL for (size_t v = 0; v < vectors; v++) sum[t * vectors + v] =
            product_sum(sum[t * vectors + v], x, w[v]);
    }
}

/* With two planes, vectors of the high and of the low one follow each other. */
V_INLINE struct wide widen(const struct columns *c, const vi *sum, size_t i)
{
    return c->planes == 2 ? wide_planes(sum[2 * i], sum[2 * i + 1]) : wide_from(sum[i]);
}

V_INLINE void sum_all(const struct columns *c, const struct tile *tile, size_t column, vi *sum,
                      size_t times, size_t vectors)
{
    const size_t whole = c->plan->elements / 2;
    V_UNROLL for (size_t t = 0; t < times; t++) V_UNROLL for (size_t v = 0; v < vectors; v++)
        sum[t * vectors + v] = product_start(c->finish.start + column + v * V_LANES);
    for (size_t step = 0; step < whole; step++)
        add_step(c, tile, sum, step, 4, times, vectors);
    if (whole < c->plan->steps)
        add_step(c, tile, sum, whole, 2, times, vectors);
}

/* Sums of [begin, end), few enough for 32 bits. */
V_INLINE void sum_some(const struct columns *c, const struct tile *tile, size_t begin, size_t end,
                       vi *sum, size_t times, size_t vectors)
{
    V_UNROLL for (size_t i = 0; i < times * vectors; i++) sum[i] = vi_set1(0);
    for (size_t step = begin; step < end; step++)
        add_step(c, tile, sum, step, 4, times, vectors);
}

/* `vectors` counts those of all planes; `column` is the first column of the tile. */
V_INLINE void run_tile(const struct columns *c, const struct tile *tile, size_t column, size_t t,
                       size_t times, size_t vectors)
{
    vi sum[TILE_TIMES * TILE_VECTORS];
    const size_t results = vectors / c->planes, steps = c->plan->steps;
    if (PRODUCTS_I8 || (steps <= CPH_BEAMFORM_DRAIN && c->planes == 1)) {
        if (PRODUCTS_I8)
            sum_all(c, tile, column, sum, times, vectors);
        else
            sum_some(c, tile, 0, steps, sum, times, vectors);
        V_UNROLL for (size_t i = 0; i < times; i++) V_UNROLL for (size_t v = 0; v < results; v++)
            finish_narrow(&c->finish, t + i, column + v * V_LANES, sum[i * vectors + v]);
        return;
    }
    struct wide total[TILE_TIMES * TILE_VECTORS];
    sum_some(c, tile, 0, cph_size_min(CPH_BEAMFORM_DRAIN, steps), sum, times, vectors);
    V_UNROLL for (size_t i = 0; i < times * results; i++) total[i] = widen(c, sum, i);
    for (size_t begin = CPH_BEAMFORM_DRAIN; begin < steps; begin += CPH_BEAMFORM_DRAIN) {
        const size_t end = cph_size_min(begin + CPH_BEAMFORM_DRAIN, steps);
        sum_some(c, tile, begin, end, sum, times, vectors);
        V_UNROLL for (size_t i = 0; i < times * results; i++) total[i] =
            wide_add(total[i], widen(c, sum, i));
    }
    V_UNROLL for (size_t i = 0; i < times; i++) V_UNROLL for (size_t v = 0; v < results; v++)
        finish_wide(&c->finish, t + i, column + v * V_LANES, total[i * results + v]);
}

V_INLINE void run_times(const struct columns *c, size_t column, size_t vectors)
{
    struct tile tile;
    for (size_t v = 0; v < vectors; v++) {
        const size_t at = column / V_LANES + v / c->planes;
        tile.weights[v] = c->weights + at / GROUP_VECTORS * c->group_bytes +
                          v % c->planes * CPH_BEAMFORM_VECTOR +
                          at % GROUP_VECTORS * (V_LANES * sizeof(int32_t));
    }
    tile.samples = c->samples;
    for (size_t t = 0; t < c->times;) {
        const size_t left = c->times - t;
        size_t done = TILE_TIMES;
        if (left >= TILE_TIMES)
            run_tile(c, &tile, column, t, TILE_TIMES, vectors);
        else if (TILE_TIMES > 4 && left >= 4)
            run_tile(c, &tile, column, t, done = TILE_TIMES > 4 ? 4 : 1, vectors);
        else if (TILE_TIMES > 2 && left >= 2)
            run_tile(c, &tile, column, t, done = TILE_TIMES > 2 ? 2 : 1, vectors);
        else
            run_tile(c, &tile, column, t, done = 1, vectors);
        t += done;
        tile.samples += done * c->row_bytes;
    }
}

/* c8 samples as int16 in the workspace, in rows of the plan's row_bytes. */
V_INLINE void widen_samples(struct columns *c, const cph_beamform_block *block)
{
    const size_t n = c->plan->elements, whole = n - n % V_LANES;
    const cph_c8 *from = block->samples;
    char *to = block->workspace;
    c->samples = to;
    c->row_bytes = c->plan->row_bytes;
    for (size_t t = 0; t < block->times; t++, from += block->ld, to += c->row_bytes) {
        for (size_t i = 0; i < whole; i += V_LANES)
            vi_store(to + 4 * i, vi_load_pairs_i8(from + i));
        if (whole < n)
            vi_store(to + 4 * whole, vi_load_part_pairs_i8(from + whole, n - whole));
    }
}

V_INLINE void columns_int_body(const cph_beamform_plan *plan, cph_type type, unsigned planes,
                               const cph_beamform_block *block)
{
    const size_t vectors_all = (2 * plan->beams + V_LANES - 1) / V_LANES * planes;
    struct columns c = {.plan = plan,
                        .finish = finish_of(plan, block),
                        .weights = plan->weights + block->channel * plan->channel_bytes,
                        .group_bytes = plan->steps * planes * CPH_BEAMFORM_VECTOR,
                        .samples = block->samples,
                        .row_bytes = block->ld * cph_type_size(type),
                        .times = block->times,
                        .planes = planes};
    if (type == CPH_C8 && !PRODUCTS_I8)
        widen_samples(&c, block);
    for (size_t first = 0; first < vectors_all; first += TILE_VECTORS) {
        const size_t column = first / planes * V_LANES, left = vectors_all - first;
        if (left >= 4 && TILE_VECTORS >= 4)
            run_times(&c, column, TILE_VECTORS >= 4 ? 4 : 1);
        else if (left == 3 && planes == 1 && TILE_VECTORS >= 3)
            run_times(&c, column, TILE_VECTORS >= 3 ? 3 : 1);
        else if (left >= 2)
            run_times(&c, column, 2);
        else if (planes == 1)
            run_times(&c, column, 1);
    }
}

#endif
