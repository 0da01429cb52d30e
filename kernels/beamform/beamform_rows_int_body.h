/* SPDX-License-Identifier: MIT */
/* Body of beamform_rows_TYPE_i8 and _i16 over a vec_*.h and beamform_i8.h or
 * beamform_i16.h, which the variant includes before. Lanes
 * are elements (two in a lane of int8): a row of samples is multiplied, as it lies, with the rows
 * (wr, wi, ...) and (-wi, wr, ...) of a beam. A tile of times by beams keeps its sums in
 * registers, so that a vector of weights serves all its times. */
#ifndef COPHASE_BEAMFORM_ROWS_INT_BODY_H
#define COPHASE_BEAMFORM_ROWS_INT_BODY_H

#include "kernels/core/kernels.h"
#include "kernels/core/mem.h"
#include "kernels/core/size.h"

/* Sums of TILE_TIMES x TILE_STREAMS (a stream is re or im of a beam, and of a plane), the samples
 * and a weight fill the registers. */
enum { TILE_TIMES = V_LANES == 8 ? 2 : 4, TILE_STREAMS = 4, TILE_SUMS = TILE_TIMES * TILE_STREAMS };

/* How far ahead samples are asked for. */
enum { AHEAD_BYTES = 12288 };

/* What to ask for beside a vector of a tile's rows: rows that follow each other closely as one
 * stream, which the memory likes best; others row by row. */
struct ahead {
    size_t first, vector, time;
};

struct rows {
    const cph_beamform_plan *plan;
    const cph_beamform_block *block;
    const unsigned char *weights; /* of the channel */
    size_t column;                /* the channel's first one of scale, start, ... */
    size_t row_bytes;
    struct ahead ahead;
    /* constants */
    cph_type type;
    unsigned planes;
};

/* Vector i of a row of samples; `left` samples of it where that is not 0, and zeros. */
V_INLINE vi load_samples(const struct rows *r, const char *row, size_t i, size_t left)
{
    if (PRODUCTS_I8) {
        const char *const p = row + i * V_LANES * sizeof(int32_t);
        return product_sample(left ? vi_load_bytes(p, left * sizeof(cph_c8)) : vi_load(p));
    }
    const char *const p = row + i * V_LANES * cph_type_size(r->type);
    if (r->type == CPH_C8)
        return left ? vi_load_part_pairs_i8((const cph_c8 *)(const void *)p, left)
                    : vi_load_pairs_i8((const cph_c8 *)(const void *)p);
    return left ? vi_load_bytes(p, left * sizeof(cph_c16)) : vi_load(p);
}

V_INLINE void add_vector(const struct rows *r, const char *const *row, const unsigned char *weights,
                         size_t i, size_t left, size_t times, size_t streams, vi *sum)
{
    vi x[TILE_TIMES];
    V_UNROLL for (size_t t = 0; t < times; t++) x[t] = load_samples(r, row[t], i, left);
    V_UNROLL for (size_t s = 0; s < streams; s++)
    {
        const vi w = vi_load(weights + s * r->plan->row_bytes + i * V_LANES * sizeof(int32_t));
        V_UNROLL for (size_t t = 0; t < times; t++) sum[t * streams + s] =
            product_sum(sum[t * streams + s], x[t], w);
    }
}

/* The tile's sums over all lanes. */
V_INLINE void sum_lanes(const vi *sum, size_t count, int32_t *total)
{
    if (count == 2) {
        const vi four[4] = {sum[0], sum[1], vi_set1(0), vi_set1(0)};
        int32_t to[4];
        vi_sum4(four, to);
        total[0] = to[0];
        total[1] = to[1];
        return;
    }
    V_UNROLL for (size_t i = 0; i < count; i += 4) vi_sum4(sum + i, total + i);
}

/* Adds the sums, whose total does not fit 32 bits, by halves. */
V_INLINE void drain(const vi *sum, size_t count, int64_t *total)
{
    vi half[TILE_SUMS];
    int32_t hi[TILE_SUMS], lo[TILE_SUMS];
    V_UNROLL for (size_t i = 0; i < count; i++) half[i] = vi_shift_right(sum[i], 16);
    sum_lanes(half, count, hi);
    V_UNROLL for (size_t i = 0; i < count; i++) half[i] = vi_and(sum[i], vi_set1(0xffff));
    sum_lanes(half, count, lo);
    V_UNROLL for (size_t i = 0; i < count; i++) total[i] += (int64_t)hi[i] * 65536 + lo[i];
}

V_INLINE void add_vectors(const struct rows *r, const char *const *row,
                          const unsigned char *weights, size_t begin, size_t end, size_t times,
                          size_t streams, vi *sum)
{
    const struct ahead ahead = r->ahead;
    const char *next = row[0] + ahead.first + begin * ahead.vector;
    for (size_t i = begin; i < end; i++, next += ahead.vector) {
        V_UNROLL for (size_t t = 0; t < times; t++) __builtin_prefetch(next + t * ahead.time);
        add_vector(r, row, weights, i, 0, times, streams, sum);
    }
}

/* total[times][streams] = sums over all elements. A lane's sum of int16 products is drained
 * before it overflows; those of int8, and their total, do not. */
V_INLINE void sum_tile(const struct rows *r, const char *const *row, const unsigned char *weights,
                       size_t times, size_t streams, int64_t *total)
{
    const size_t n = r->plan->elements, count = times * streams;
    const size_t whole = n / ((size_t)LANE_ELEMENTS * V_LANES),
                 left = n % ((size_t)LANE_ELEMENTS * V_LANES);
    vi sum[TILE_SUMS];
    V_UNROLL for (size_t k = 0; k < count; k++) sum[k] = vi_set1(0);
    if (PRODUCTS_I8 || n <= CPH_BEAMFORM_DRAIN) {
        int32_t narrow[TILE_SUMS];
        add_vectors(r, row, weights, 0, whole, times, streams, sum);
        if (left > 0)
            add_vector(r, row, weights, whole, left, times, streams, sum);
        sum_lanes(sum, count, narrow);
        V_UNROLL for (size_t k = 0; k < count; k++) total[k] = narrow[k];
        return;
    }
    V_UNROLL for (size_t k = 0; k < count; k++) total[k] = 0;
    for (size_t i = 0; whole - i >= CPH_BEAMFORM_DRAIN; i += CPH_BEAMFORM_DRAIN) {
        add_vectors(r, row, weights, i, i + CPH_BEAMFORM_DRAIN, times, streams, sum);
        drain(sum, count, total);
        V_UNROLL for (size_t k = 0; k < count; k++) sum[k] = vi_set1(0);
    }
    add_vectors(r, row, weights, whole - whole % CPH_BEAMFORM_DRAIN, whole, times, streams, sum);
    if (left > 0)
        add_vector(r, row, weights, whole, left, times, streams, sum);
    drain(sum, count, total);
}

V_INLINE void finish_part(const struct rows *r, size_t t, size_t part, int64_t sum)
{
    const cph_beamform_plan *const plan = r->plan;
    const size_t column = r->column + part;
    char *const out =
        (char *)r->block->beams + t * r->block->ld_beams * cph_type_size(plan->output);
    if (plan->output == CPH_C32) {
        const float all =
            PRODUCTS_I8 ? (float)(int32_t)sum
                        : (float)(int32_t)(sum >> 16) * 65536.0f + (float)(int32_t)(sum & 0xffff);
        ((float *)(void *)out)[part] = all * plan->scale[column];
        return;
    }
    const int32_t y = v_requantise(sum, plan->multiplier[column], plan->shift[column],
                                   plan->output == CPH_C8 ? INT8_MIN : INT16_MIN);
    if (plan->output == CPH_C8)
        ((int8_t *)(void *)out)[part] = (int8_t)y;
    else
        ((int16_t *)(void *)out)[part] = (int16_t)y;
}

/* `parts` (re, im of beams, from `part` on) times planes is at most TILE_STREAMS. */
V_INLINE void run_tile(const struct rows *r, size_t t, size_t part, size_t times, size_t parts)
{
    const size_t streams = parts * r->planes;
    const char *row[TILE_TIMES];
    int64_t total[TILE_SUMS];
    for (size_t i = 0; i < times; i++)
        row[i] = (const char *)r->block->samples + (t + i) * r->row_bytes;
    sum_tile(r, row, r->weights + part * r->planes * r->plan->row_bytes, times, streams, total);
    V_UNROLL for (size_t i = 0; i < times; i++) V_UNROLL for (size_t p = 0; p < parts; p++)
    {
        const int64_t *const sum = total + i * streams + p * r->planes;
        finish_part(r, t + i, part + p,
                    product_total(r->planes == 2 ? 256 * sum[0] + sum[1] : sum[0],
                                  r->plan->start + r->column + part + p));
    }
}

/* Rows that follow each other closely: asked for as one stream. */
V_INLINE bool is_dense(const struct rows *r)
{
    const size_t used = r->plan->elements * cph_type_size(r->type);
    return r->row_bytes < used + used / 4;
}

/* Beside a tile of times, share `part` of `parts` of the tile that is `first` bytes ahead. */
V_INLINE struct ahead ahead_of(const struct rows *r, size_t times, size_t first, size_t part,
                               size_t parts)
{
    const size_t vector = cph_type_size(r->type) * V_LANES * LANE_ELEMENTS;
    if (!is_dense(r))
        return (struct ahead){times * r->row_bytes, vector, r->row_bytes};
    return (struct ahead){first + part * (times * r->row_bytes / parts), times * vector / parts,
                          vector / parts};
}

/* Pass `pass` over a tile: TILE_STREAMS / planes parts, or 2 that are left. */
V_INLINE void run_pass(const struct rows *r, size_t t, size_t pass, size_t times)
{
    const size_t most = TILE_STREAMS / r->planes, part = pass * most;
    if (part + most <= 2 * r->plan->beams)
        run_tile(r, t, part, times, TILE_STREAMS / r->planes);
    else
        run_tile(r, t, part, times, 2);
}

/* The weights of all beams stay in the nearest cache, and so do the samples of a tile. */
V_INLINE void run_tile_by_tile(struct rows *r, size_t passes, size_t t, size_t times)
{
    for (size_t pass = 0; pass < passes; pass++) {
        r->ahead = ahead_of(r, times, AHEAD_BYTES, pass, passes);
        run_pass(r, t, pass, times);
    }
}

/* The weights of a pass stay in the nearest cache, the block's samples in the second. The first
 * pass brings them there; the others leave the memory free to bring the next block's. */
V_INLINE void run_pass_by_pass(struct rows *r, size_t passes, size_t pass, size_t t, size_t times)
{
    const size_t others = passes - 1, left = (r->block->times - t) * r->row_bytes;
    const size_t share = (r->block->times * (pass - 1) + t) * r->row_bytes;
    r->ahead = pass == 0 || !is_dense(r) ? ahead_of(r, times, AHEAD_BYTES, 0, 1)
                                         : ahead_of(r, times, left + share / others, 0, others);
    run_pass(r, t, pass, times);
}

V_INLINE void run_rows(struct rows r, cph_type type, unsigned planes)
{
    enum { WEIGHTS_BYTES = 24576 }; /* half of a nearest cache */
    const size_t times = r.block->times, whole = times - times % TILE_TIMES;
    const size_t most = TILE_STREAMS / planes, passes = (2 * r.plan->beams + most - 1) / most;
    r.type = type;
    r.planes = planes;
    if (passes == 1 || r.plan->channel_bytes <= WEIGHTS_BYTES) {
        for (size_t t = 0; t < whole; t += TILE_TIMES)
            run_tile_by_tile(&r, passes, t, TILE_TIMES);
        for (size_t t = whole; t < times; t++)
            run_tile_by_tile(&r, passes, t, 1);
        return;
    }
    for (size_t pass = 0; pass < passes; pass++) {
        for (size_t t = 0; t < whole; t += TILE_TIMES)
            run_pass_by_pass(&r, passes, pass, t, TILE_TIMES);
        for (size_t t = whole; t < times; t++)
            run_pass_by_pass(&r, passes, pass, t, 1);
    }
}

/* A function for each form: compilers keep the sums of one in registers, not of all. */
V_OUTLINE void run_c8(struct rows r)
{
    run_rows(r, CPH_C8, 1);
}
V_OUTLINE void run_c16(struct rows r)
{
    run_rows(r, CPH_C16, 1);
}
V_OUTLINE void run_c16_planes(struct rows r)
{
    run_rows(r, CPH_C16, 2);
}

V_INLINE void rows_int_body(const cph_beamform_plan *plan, cph_type type,
                            const cph_beamform_block *block)
{
    const struct rows r = {.plan = plan,
                           .block = block,
                           .weights = plan->weights + block->channel * plan->channel_bytes,
                           .column = block->channel * plan->columns,
                           .row_bytes = block->ld * cph_type_size(type)};
    if (type == CPH_C8)
        run_c8(r);
    else if (plan->planes == 1)
        run_c16(r);
    else
        run_c16_planes(r);
}

#endif
