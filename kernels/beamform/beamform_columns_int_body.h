/* SPDX-License-Identifier: MIT */
/* Body of beamform_columns_TYPE_i8, _i16 and _bf16 over a vec_*.h, which the variant includes
 * before. Lanes are columns, re and im of 8 beams side by side. A step's sample (two int8 samples)
 * is broadcast and multiplied with a tile of columns, for a tile of times:
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
    /* Of one vector, so that sums do not wait for each other. */
    TALL_TIMES = V_LANES >= 8 ? 12 : TILE_TIMES,
    STEP_BYTES = 4, /* of a row of samples */
    ASK_STEPS = 16  /* after so many steps more is asked for: a line of a row */
};

/* What a tile asks for beside its sums. */
struct ahead {
    const char *samples; /* where row 0 of the block is, when its turn comes */
    size_t row_bytes;
    bool asks;         /* for samples: the first pass over them does */
    bool by_tile;      /* the rows of the next tile follow, not those of the next block */
    bool next_weights; /* the first tile asks for those of the next channel */
};

struct columns {
    const cph_beamform_plan *plan;
    struct finish finish;
    const unsigned char *weights; /* of the channel */
    size_t group_bytes;
    const char *samples; /* rows of STEP_BYTES a step */
    size_t row_bytes, times;
    struct ahead ahead;
    unsigned planes; /* a constant */
};

/* Where a tile stands: three rows are reached from a pointer and one stride. */
enum { CURSOR_ROWS = 3, CURSORS = TALL_TIMES <= 2 * CURSOR_ROWS ? 2 : TALL_TIMES / CURSOR_ROWS };

struct cursor {
    const char *row[CURSORS];
    const unsigned char *weights;
    const char *ahead; /* of the first row; NULL: nothing is asked for */
    bool next_weights;
};

/* Vector v of a tile, from its first one on: with two planes the high and the low of the same
 * columns follow each other. A tile begins at a group, or ends with its group. */
V_INLINE vi load_weights(const struct columns *c, const unsigned char *weights, size_t v)
{
    const size_t at = v / c->planes;
    return vi_load(weights + at / GROUP_VECTORS * c->group_bytes +
                   at % GROUP_VECTORS * V_LANES * sizeof(int32_t) +
                   v % c->planes * CPH_BEAMFORM_VECTOR);
}

/* Adds a step, `bytes` of it, and moves on. */
V_INLINE void add_step(const struct columns *c, struct cursor *at, vi *sum, size_t bytes,
                       size_t times, size_t vectors)
{
    vi w[TILE_VECTORS];
    V_UNROLL for (size_t v = 0; v < vectors; v++) w[v] = load_weights(c, at->weights, v);
    V_UNROLL for (size_t t = 0; t < times; t++)
    {
        int32_t sample = 0;
        memcpy(&sample, at->row[t / CURSOR_ROWS] + t % CURSOR_ROWS * c->row_bytes, bytes);
        const vi x = product_sample(vi_set1(sample));
        V_UNROLL for (size_t v = 0; v < vectors; v++) sum[t * vectors + v] =
            product_sum(sum[t * vectors + v], x, w[v]);
    }
    V_UNROLL for (size_t i = 0; i < CURSORS; i++) at->row[i] += STEP_BYTES;
    at->weights += (size_t)c->planes * CPH_BEAMFORM_VECTOR;
}

V_INLINE struct wide widen(const struct columns *c, const vi *sum, size_t i)
{
    return c->planes == 2
               ? wide_planes(product_integer(sum[2 * i]), product_integer(sum[2 * i + 1]))
               : wide_from(product_integer(sum[i]));
}

/* Asks for what follows the samples and weights of ASK_STEPS steps. */
V_INLINE void ask_ahead(const struct columns *c, struct cursor *at, size_t times, size_t vectors)
{
    const size_t groups = (vectors / c->planes + GROUP_VECTORS - 1) / GROUP_VECTORS;
    const unsigned char *const next = at->weights + c->plan->channel_bytes;
    if (at->ahead != NULL) {
        for (size_t t = 0; t < times; t++)
            __builtin_prefetch(at->ahead + t * c->ahead.row_bytes);
        at->ahead += cph_type_size(c->plan->type) * ASK_STEPS * LANE_ELEMENTS;
    }
    for (size_t g = 0; g < groups && at->next_weights; g++)
        for (size_t i = 0; i < (size_t)ASK_STEPS * c->planes; i++)
            __builtin_prefetch(next + g * c->group_bytes + i * CPH_BEAMFORM_VECTOR);
}

/* Sums over `steps` steps, of which int16 and BF16 allow PRODUCT_DRAIN. */
V_INLINE void sum_steps(const struct columns *c, struct cursor *at, size_t steps, vi *sum,
                        size_t times, size_t vectors)
{
    for (size_t left = steps, some; left > 0; left -= some) {
        some = cph_size_min(left, ASK_STEPS);
        const unsigned char *const end =
            at->weights + some * c->planes * (size_t)CPH_BEAMFORM_VECTOR;
        ask_ahead(c, at, times, vectors);
        while (at->weights != end)
            add_step(c, at, sum, STEP_BYTES, times, vectors);
    }
}

V_INLINE void begin_sums(const struct columns *c, size_t column, vi *sum, size_t times,
                         size_t vectors)
{
    V_UNROLL for (size_t t = 0; t < times; t++) V_UNROLL for (size_t v = 0; v < vectors; v++)
        sum[t * vectors + v] = product_start(c->finish.start + column + v * V_LANES);
}

/* Sums that fit 32 bits. */
V_INLINE void run_narrow(const struct columns *c, struct cursor *at, size_t column, size_t t,
                         size_t times, size_t vectors)
{
    vi sum[TILE_TIMES * TILE_VECTORS];
    begin_sums(c, column, sum, times, vectors);
    sum_steps(c, at, c->plan->elements / LANE_ELEMENTS, sum, times, vectors);
    if (c->plan->elements % LANE_ELEMENTS != 0)
        add_step(c, at, sum, STEP_BYTES / 2, times, vectors);
    V_UNROLL for (size_t i = 0; i < times * vectors; i++) sum[i] = product_integer(sum[i]);
    finish_narrow(&c->finish, t, column, times, vectors, sum);
}

V_INLINE void run_wide(const struct columns *c, struct cursor *at, size_t column, size_t t,
                       size_t times, size_t vectors)
{
    const size_t results = vectors / c->planes;
    size_t left = c->plan->steps, some = cph_size_min(left, PRODUCT_DRAIN);
    struct wide total[TILE_TIMES * TILE_VECTORS];
    vi sum[TILE_TIMES * TILE_VECTORS];
    begin_sums(c, column, sum, times, vectors);
    sum_steps(c, at, some, sum, times, vectors);
    V_UNROLL for (size_t i = 0; i < times * results; i++) total[i] = widen(c, sum, i);
    while ((left -= some) > 0) {
        some = cph_size_min(left, PRODUCT_DRAIN);
        begin_sums(c, column, sum, times, vectors);
        sum_steps(c, at, some, sum, times, vectors);
        V_UNROLL for (size_t i = 0; i < times * results; i++) total[i] =
            wide_add(total[i], widen(c, sum, i));
    }
    finish_wide(&c->finish, t, column, times, results, total);
}

V_INLINE void run_tile(const struct columns *c, const unsigned char *weights, size_t column,
                       size_t t, size_t times, size_t vectors)
{
    const struct ahead *const ahead = &c->ahead;
    const size_t distance = t + (ahead->by_tile ? times : 0);
    struct cursor at = {.weights = weights,
                        .next_weights = ahead->next_weights && t == 0,
                        .ahead = ahead->asks ? ahead->samples + distance * ahead->row_bytes : NULL};
    V_UNROLL for (size_t i = 0; i < CURSORS; i++) at.row[i] =
        c->samples + (t + i * CURSOR_ROWS) * c->row_bytes;
    if (PRODUCTS_I8 || (c->planes == 1 && c->plan->steps <= PRODUCT_DRAIN))
        run_narrow(c, &at, column, t, times, vectors);
    else
        run_wide(c, &at, column, t, times, vectors);
}

/* All times of `vectors` vectors (those of all planes counted) from `column` on. */
V_INLINE void run_times(const struct columns *c, size_t column, size_t vectors)
{
    const size_t first = column / V_LANES;
    const unsigned char *const weights = c->weights + first / GROUP_VECTORS * c->group_bytes +
                                         first % GROUP_VECTORS * V_LANES * sizeof(int32_t);
    size_t t = 0;
    if (TALL_TIMES > TILE_TIMES && vectors == 1)
        for (; t + TALL_TIMES <= c->times; t += TALL_TIMES)
            run_tile(c, weights, column, t, vectors == 1 ? TALL_TIMES : 1, vectors);
    for (; t + TILE_TIMES <= c->times; t += TILE_TIMES)
        run_tile(c, weights, column, t, TILE_TIMES, vectors);
    if (TILE_TIMES > 4 && t + 4 <= c->times) {
        run_tile(c, weights, column, t, TILE_TIMES > 4 ? 4 : 1, vectors);
        t += 4;
    }
    if (TILE_TIMES > 2 && t + 2 <= c->times) {
        run_tile(c, weights, column, t, TILE_TIMES > 2 ? 2 : 1, vectors);
        t += 2;
    }
    if (t < c->times)
        run_tile(c, weights, column, t, 1, vectors);
}

/* A function for each width: compilers keep the sums of one tile in registers, not of all. */
V_OUTLINE void run_vectors_4(struct columns c, size_t column)
{
    c.planes = 1;
    run_times(&c, column, TILE_VECTORS < 4 ? 1 : 4);
}
V_OUTLINE void run_vectors_3(struct columns c, size_t column)
{
    c.planes = 1;
    run_times(&c, column, TILE_VECTORS < 3 ? 1 : 3);
}
V_OUTLINE void run_vectors_2(struct columns c, size_t column)
{
    c.planes = 1;
    run_times(&c, column, 2);
}
V_OUTLINE void run_vectors_1(struct columns c, size_t column)
{
    c.planes = 1;
    run_times(&c, column, 1);
}
V_OUTLINE void run_planes_4(struct columns c, size_t column)
{
    c.planes = 2;
    run_times(&c, column, TILE_VECTORS < 4 ? 2 : 4);
}
V_OUTLINE void run_planes_2(struct columns c, size_t column)
{
    c.planes = 2;
    run_times(&c, column, 2);
}

/* c8 samples as int16 or BF16 in the workspace, in rows of the plan's row_bytes. */
V_INLINE void widen_samples(struct columns *c, const cph_beamform_block *block)
{
    const size_t n = c->plan->elements, whole = n - n % V_LANES;
    const cph_c8 *from = block->samples;
    char *to = block->workspace;
    c->samples = to;
    c->row_bytes = c->plan->row_bytes;
    for (size_t t = 0; t < block->times; t++, from += block->ld, to += c->row_bytes) {
        for (size_t i = 0; i < whole; i += V_LANES)
            vi_store(to + STEP_BYTES * i, product_widened(vi_load_pairs_i8(from + i)));
        if (whole < n)
            vi_store(to + STEP_BYTES * whole,
                     product_widened(vi_load_part_pairs_i8(from + whole, n - whole)));
    }
}

/* Of several channels the next one follows, else the next times: read in place, those of the next
 * tile. */
V_INLINE struct ahead ahead_of(const cph_beamform_plan *plan, cph_type type,
                               const cph_beamform_block *block)
{
    const bool in_place = type != CPH_C8 || PRODUCTS_I8;
    struct ahead ahead = {.asks = true,
                          .samples = block->samples,
                          .row_bytes = block->ld * cph_type_size(type),
                          .next_weights = block->channel + 1 < plan->channels};
    if (plan->channels > 1)
        ahead.samples += ahead.row_bytes / plan->channels;
    else if (in_place)
        ahead.by_tile = true;
    else
        ahead.samples += block->times * ahead.row_bytes;
    return ahead;
}

V_INLINE void columns_int_body(const cph_beamform_plan *plan, cph_type type, unsigned planes,
                               const cph_beamform_block *block)
{
    typedef void run_vectors(struct columns c, size_t column);
    static run_vectors *const one[] = {NULL, run_vectors_1, run_vectors_2, run_vectors_3,
                                       run_vectors_4};
    static run_vectors *const two[] = {NULL, run_planes_2, run_planes_4};
    const size_t results = (2 * plan->beams + V_LANES - 1) / V_LANES, most = TILE_VECTORS / planes;
    struct columns c = {.plan = plan,
                        .finish = finish_of(plan, block),
                        .weights = plan->weights + block->channel * plan->channel_bytes,
                        .group_bytes = plan->steps * planes * CPH_BEAMFORM_VECTOR,
                        .samples = block->samples,
                        .row_bytes = block->ld * cph_type_size(type),
                        .times = block->times,
                        .ahead = ahead_of(plan, type, block)};
    if (type == CPH_C8 && !PRODUCTS_I8)
        widen_samples(&c, block);
    for (size_t first = 0; first < results; first += most) {
        const size_t count = cph_size_min(most, results - first);
        (planes == 2 ? two : one)[count](c, first * V_LANES);
        c.ahead.asks = false;
    }
}

#endif
