/* SPDX-License-Identifier: MIT */
/* Body of beamform_c8, _c16 and _c32 over a vec_*.h, which the variant includes before. Lanes run
 * along the parts of a row; a tile of times by beams keeps its sums in registers, so that a row
 * of weights serves three times and a row of samples two beams. */
#ifndef COPHASE_BEAMFORM_BODY_H
#define COPHASE_BEAMFORM_BODY_H

#include "kernels/core/kernels.h"
#include "kernels/simd/vec_sample.h"

/* 3 x 2 x {re, im} sums, three samples and a weight fill 16 registers. */
enum { TILE_TIMES = 3, TILE_BEAMS = 2 };

struct tile {
    vf re[TILE_TIMES][TILE_BEAMS], im[TILE_TIMES][TILE_BEAMS];
};

/* Lanes of the parts from `i` on; `part` of them when that is not 0. Float samples of an element
 * that has no weight are masked to 0, because NaN times 0 is not 0. */
V_INLINE vf load_parts(const cph_beamform_plan *plan, cph_type type, const void *row, size_t i,
                       size_t part)
{
    const vf x = vf_load_sample(type, row, i, part);
    return type == CPH_C32 ? vf_and(vi_load(plan->live_mask + i), x) : x;
}

V_INLINE void accumulate(struct tile *tile, const cph_beamform_plan *plan, cph_type type,
                         const void *const row[TILE_TIMES], const float *weights, size_t i,
                         size_t part, size_t times, size_t beams)
{
    vf x[TILE_TIMES];
    V_UNROLL for (size_t t = 0; t < times; t++) x[t] = load_parts(plan, type, row[t], i, part);
    V_UNROLL for (size_t b = 0; b < beams; b++)
    {
        const float *const w = weights + 2 * b * plan->stride + i;
        const vf wre = vf_load_f32(w), wim = vf_load_f32(w + plan->stride);
        V_UNROLL for (size_t t = 0; t < times; t++)
        {
            tile->re[t][b] = vf_fma(x[t], wre, tile->re[t][b]);
            tile->im[t][b] = vf_fma(x[t], wim, tile->im[t][b]);
        }
    }
}

V_INLINE void run_tile(const cph_beamform_plan *plan, cph_type type,
                       const void *const row[TILE_TIMES], size_t beam, size_t times, size_t beams,
                       cph_c32 *out, size_t ld_beams)
{
    const float *const weights = plan->weights + 2 * beam * plan->stride;
    const size_t parts = 2 * plan->elements, whole = parts - parts % V_LANES;
    struct tile tile;
    V_UNROLL for (size_t t = 0; t < times; t++) V_UNROLL for (size_t b = 0; b < beams; b++)
        tile.re[t][b] = tile.im[t][b] = vf_zero();
    for (size_t i = 0; i < whole; i += V_LANES)
        accumulate(&tile, plan, type, row, weights, i, 0, times, beams);
    if (whole < parts)
        accumulate(&tile, plan, type, row, weights, whole, parts - whole, times, beams);
    V_UNROLL for (size_t t = 0; t < times; t++) V_UNROLL for (size_t b = 0; b < beams; b++)
        out[t * ld_beams + beam + b] = (cph_c32){vf_sum(tile.re[t][b]), vf_sum(tile.im[t][b])};
}

/* All times of `beams` (a constant) beams: their weights stay in the nearest cache. */
V_INLINE void run_beams(const cph_beamform_plan *plan, cph_type type, const void *samples,
                        size_t ld, size_t times, size_t beam, size_t beams, cph_c32 *out,
                        size_t ld_beams)
{
    const size_t row_bytes = ld * cph_type_size(type);
    const char *const first = samples;
    for (size_t t = 0; t < times; t += TILE_TIMES, out += TILE_TIMES * ld_beams) {
        const size_t rows = times - t < TILE_TIMES ? times - t : TILE_TIMES;
        const void *row[TILE_TIMES];
        for (size_t i = 0; i < TILE_TIMES; i++)
            row[i] = first + (t + (i < rows ? i : 0)) * row_bytes;
        if (rows == TILE_TIMES)
            run_tile(plan, type, row, beam, TILE_TIMES, beams, out, ld_beams);
        else if (rows == 2)
            run_tile(plan, type, row, beam, 2, beams, out, ld_beams);
        else
            run_tile(plan, type, row, beam, 1, beams, out, ld_beams);
    }
}

V_INLINE void beamform_body(const cph_beamform_plan *plan, cph_type type, const void *samples,
                            size_t ld, size_t times, cph_c32 *beams, size_t ld_beams)
{
    size_t beam = 0;
    for (; beam + TILE_BEAMS <= plan->beams; beam += TILE_BEAMS)
        run_beams(plan, type, samples, ld, times, beam, TILE_BEAMS, beams, ld_beams);
    if (beam < plan->beams)
        run_beams(plan, type, samples, ld, times, beam, 1, beams, ld_beams);
}

#endif
