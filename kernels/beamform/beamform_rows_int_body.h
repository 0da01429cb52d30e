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
enum { TILE_TIMES = V_LANES >= 8 ? (V_LANES == 16 ? 4 : 2) : 4, TILE_STREAMS = 4 };

struct rows {
    const cph_beamform_plan *plan;
    const cph_beamform_block *block;
    const unsigned char *weights; /* of the channel */
    size_t column;                /* the channel's first one of scale, start, ... */
    size_t sample_bytes, row_bytes;
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
    const char *const p = row + i * V_LANES * r->sample_bytes;
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

/* Adds the lanes of the tile's sums. int8: they and their total fit 32 bits once the bias of the
 * samples is off. */
V_INLINE void drain(const vi *sum, size_t count, int64_t *total)
{
    V_UNROLL for (size_t i = 0; i < count; i++)
    {
        if (PRODUCTS_I8) {
            total[i] += vi_sum(sum[i]);
            continue;
        }
        const int32_t high = vi_sum(vi_shift_right(sum[i], 16));
        total[i] += (int64_t)high * 65536 + vi_sum(vi_and(sum[i], vi_set1(0xffff)));
    }
}

/* total[times][streams] = sums over all elements. */
V_INLINE void sum_tile(const struct rows *r, const char *const *row, const unsigned char *weights,
                       size_t ahead, size_t times, size_t streams, int64_t *total)
{
    const size_t n = r->plan->elements;
    const size_t lane = PRODUCTS_I8 ? 2 : 1; /* elements */
    const size_t whole = n / (lane * V_LANES), left = n % (lane * V_LANES);
    const size_t chunk = PRODUCTS_I8 ? whole : CPH_BEAMFORM_DRAIN;
    vi sum[TILE_TIMES * TILE_STREAMS];
    for (size_t i = 0; i < times * streams; i++)
        total[i] = 0;
    V_UNROLL for (size_t k = 0; k < times * streams; k++) sum[k] = vi_set1(0);
    for (size_t i = 0, end; i < whole; i = end) {
        end = whole - i < chunk ? whole : i + chunk;
        for (size_t k = i; k < end; k++) {
            V_UNROLL for (size_t t = 0; t < times; t++)
                __builtin_prefetch(row[t] + ahead + k * V_LANES * lane * r->sample_bytes);
            add_vector(r, row, weights, k, 0, times, streams, sum);
        }
        if (end < whole || end - i == chunk) {
            drain(sum, times * streams, total);
            V_UNROLL for (size_t k = 0; k < times * streams; k++) sum[k] = vi_set1(0);
        }
    }
    if (left > 0)
        add_vector(r, row, weights, whole, left, times, streams, sum);
    drain(sum, times * streams, total);
}

V_INLINE void finish_part(const struct rows *r, size_t t, size_t part, int64_t sum)
{
    const cph_beamform_plan *const plan = r->plan;
    const size_t column = r->column + part;
    char *const out =
        (char *)r->block->beams + t * r->block->ld_beams * cph_type_size(plan->output);
    if (plan->output == CPH_C32) {
        const float hi = (float)(int32_t)(sum >> 16), lo = (float)(int32_t)(sum & 0xffff);
        ((float *)(void *)out)[part] = (hi * 65536.0f + lo) * plan->scale[column];
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
    const size_t ahead = t + times < r->block->times ? times * r->row_bytes : 0;
    const char *row[TILE_TIMES];
    int64_t total[TILE_TIMES * TILE_STREAMS];
    for (size_t i = 0; i < times; i++)
        row[i] = (const char *)r->block->samples + (t + i) * r->row_bytes;
    sum_tile(r, row, r->weights + part * r->planes * r->plan->row_bytes, ahead, times, streams,
             total);
    for (size_t i = 0; i < times; i++)
        for (size_t p = 0; p < parts; p++) {
            const int64_t *const sum = total + i * streams + p * r->planes;
            finish_part(r, t + i, part + p,
                        product_total(r->planes == 2 ? 256 * sum[0] + sum[1] : sum[0],
                                      r->plan->start + r->column + part + p));
        }
}

/* All beams of some times, whose samples stay in the nearest cache. */
V_INLINE void run_times(const struct rows *r, size_t t, size_t times)
{
    const size_t parts = 2 * r->plan->beams, most = TILE_STREAMS / r->planes;
    size_t part = 0;
    for (; part + most <= parts; part += most)
        run_tile(r, t, part, times, TILE_STREAMS / r->planes);
    if (part < parts)
        run_tile(r, t, part, times, 2);
}

V_INLINE void rows_int_body(const cph_beamform_plan *plan, cph_type type, unsigned planes,
                            const cph_beamform_block *block)
{
    const struct rows r = {.plan = plan,
                           .block = block,
                           .weights = plan->weights + block->channel * plan->channel_bytes,
                           .column = block->channel * plan->columns,
                           .sample_bytes = cph_type_size(type),
                           .row_bytes = block->ld * cph_type_size(type),
                           .type = type,
                           .planes = planes};
    size_t t = 0;
    for (; t + TILE_TIMES <= block->times; t += TILE_TIMES)
        run_times(&r, t, TILE_TIMES);
    for (; t < block->times; t++)
        run_times(&r, t, 1);
}

#endif
