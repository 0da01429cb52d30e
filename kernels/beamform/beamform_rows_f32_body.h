/* SPDX-License-Identifier: MIT */
/* Body of beamform_rows_TYPE_f32 over a vec_*.h, which the variant includes before. Lanes run
 * along the parts of a row; a tile of times by beams keeps its sums in registers, so that a row
 * of weights serves three times and a row of samples two beams. */
#ifndef COPHASE_BEAMFORM_ROWS_F32_BODY_H
#define COPHASE_BEAMFORM_ROWS_F32_BODY_H

#include "kernels/core/kernels.h"
#include "kernels/simd/vec_sample.h"

/* 3 x 2 x {re, im} sums, three samples and a weight fill 16 registers. */
enum { TILE_TIMES = 3, TILE_BEAMS = 2 };

struct tile {
    vf re[TILE_TIMES][TILE_BEAMS], im[TILE_TIMES][TILE_BEAMS];
};

/* Lanes of the parts from `i` on; `part` of them when that is not 0. Float samples of an element
 * that has no weight are masked to 0, because NaN times 0 is not 0. */
V_INLINE vf load_parts(const uint32_t *live, cph_type type, const void *row, size_t i, size_t part)
{
    const vf x = vf_load_sample(type, row, i, part);
    return type == CPH_C32 ? vf_and(vi_load(live + i), x) : x;
}

/* What a tile reads beside its samples. */
struct rows {
    const float *weights; /* of the channel */
    const uint32_t *live; /* of the channel */
    size_t stride;        /* floats of a row of weights */
};

V_INLINE void accumulate(struct tile *tile, const struct rows *rows, cph_type type,
                         const void *const row[TILE_TIMES], size_t beam, size_t i, size_t part,
                         size_t times, size_t beams)
{
    vf x[TILE_TIMES];
    V_UNROLL for (size_t t = 0; t < times; t++) x[t] =
        load_parts(rows->live, type, row[t], i, part);
    V_UNROLL for (size_t b = 0; b < beams; b++)
    {
        const float *const w = rows->weights + 2 * (beam + b) * rows->stride + i;
        const vf wre = vf_load_f32(w), wim = vf_load_f32(w + rows->stride);
        V_UNROLL for (size_t t = 0; t < times; t++)
        {
            tile->re[t][b] = vf_fma(x[t], wre, tile->re[t][b]);
            tile->im[t][b] = vf_fma(x[t], wim, tile->im[t][b]);
        }
    }
}

V_INLINE void run_tile(const cph_beamform_plan *plan, const struct rows *rows, cph_type type,
                       const void *const row[TILE_TIMES], size_t beam, size_t times, size_t beams,
                       cph_c32 *out, size_t ld_beams)
{
    const size_t parts = 2 * plan->elements, whole = parts - parts % V_LANES;
    struct tile tile;
    V_UNROLL for (size_t t = 0; t < times; t++) V_UNROLL for (size_t b = 0; b < beams; b++)
        tile.re[t][b] = tile.im[t][b] = vf_zero();
    for (size_t i = 0; i < whole; i += V_LANES)
        accumulate(&tile, rows, type, row, beam, i, 0, times, beams);
    if (whole < parts)
        accumulate(&tile, rows, type, row, beam, whole, parts - whole, times, beams);
    V_UNROLL for (size_t t = 0; t < times; t++) V_UNROLL for (size_t b = 0; b < beams; b++)
        out[t * ld_beams + beam + b] = (cph_c32){vf_sum(tile.re[t][b]), vf_sum(tile.im[t][b])};
}

/* All times of `beams` (a constant) beams: their weights stay in the nearest cache. */
V_INLINE void run_beams(const cph_beamform_plan *plan, const struct rows *rows, cph_type type,
                        const cph_beamform_block *block, size_t beam, size_t beams)
{
    const size_t row_bytes = block->ld * cph_type_size(type), times = block->times;
    const char *const first = block->samples;
    cph_c32 *out = block->beams;
    for (size_t t = 0; t < times; t += TILE_TIMES, out += TILE_TIMES * block->ld_beams) {
        const size_t count = times - t < TILE_TIMES ? times - t : TILE_TIMES;
        const void *row[TILE_TIMES];
        for (size_t i = 0; i < TILE_TIMES; i++)
            row[i] = first + (t + (i < count ? i : 0)) * row_bytes;
        if (count == TILE_TIMES)
            run_tile(plan, rows, type, row, beam, TILE_TIMES, beams, out, block->ld_beams);
        else if (count == 2)
            run_tile(plan, rows, type, row, beam, 2, beams, out, block->ld_beams);
        else
            run_tile(plan, rows, type, row, beam, 1, beams, out, block->ld_beams);
    }
}

V_INLINE void rows_f32_body(const cph_beamform_plan *plan, cph_type type,
                            const cph_beamform_block *block)
{
    const struct rows rows = {
        .weights =
            (const float *)(const void *)(plan->weights + block->channel * plan->channel_bytes),
        .live = type == CPH_C32 ? plan->live_mask + block->channel * plan->mask_stride : NULL,
        .stride = plan->row_bytes / sizeof(float)};
    size_t beam = 0;
    for (; beam + TILE_BEAMS <= plan->beams; beam += TILE_BEAMS)
        run_beams(plan, &rows, type, block, beam, TILE_BEAMS);
    if (beam < plan->beams)
        run_beams(plan, &rows, type, block, beam, 1);
}

#endif
