/* SPDX-License-Identifier: MIT */
/* Body of beamform_rows_TYPE_f32 over a vec_*.h, which the variant includes before.
 *
 * Lanes run along the parts of a row of samples. A beam takes one row of weights:
 *     samples x     xr xi xr xi ...     x w = (xr wr, xi wi, ...)   re y: the sum of all lanes
 *     swapped s     xi xr xi xr ...     s w = (xi wr, xr wi, ...)   im y: even lanes less odd ones
 * One row of samples at a time, in the order of memory: what is read from memory comes at the rate
 * of a plain read, if it is asked for AHEAD bytes early and if the weights of the beams at hand
 * stay in the first cache. Hence blocks of parts; the beams themselves hold the sums in between. */
#ifndef COPHASE_BEAMFORM_ROWS_F32_BODY_H
#define COPHASE_BEAMFORM_ROWS_F32_BODY_H

#include "kernels/core/kernels.h"
#include "kernels/simd/vec_sample.h"

/* A step is of whole samples: two vectors where there is one lane. Segments are of about equal
 * length, a multiple of ALIGN parts, and of at most WEIGHTS floats of weights (20 KiB) or little
 * more. */
enum {
    TILE_BEAMS = 4,
    STEP = V_LANES < 2 ? 2 : 1,
    MOST_STEP = 4,
    WEIGHTS = 5120,
    ALIGN = 64,
    AHEAD = 8192
};

/* Vectors taken at once: products wait for those before, and 8 sums hide that. A vector of samples
 * needs two more registers, the weights one. */
V_INLINE size_t vectors_of(size_t beams)
{
    if (V_REGISTERS >= 32)
        return beams <= 2 ? 4 : 2;
    return beams == 1 ? 4 : beams <= 3 ? 2 : STEP;
}

struct sums {
    vf straight[MOST_STEP][TILE_BEAMS], swapped[MOST_STEP][TILE_BEAMS];
};

/* Parts [begin, end) of rows and the weights of some beams. */
struct segment {
    const float *weights;
    const uint32_t *live; /* NULL: all elements have weight */
    size_t stride;        /* floats of a row of weights */
    size_t begin, end;
    size_t ahead; /* bytes to what is asked for early: the same parts of a later row */
};

/* Adds the products of `vectors` vectors from part i on, of `part` parts where that is not 0.
 * Float samples of an element without weight are masked to 0, because NaN times 0 is not 0. */
V_INLINE void add_products(struct sums *sums, const struct segment *s, cph_type type,
                           const char *row, size_t i, size_t part, size_t vectors, size_t beams)
{
    const size_t part_bytes = cph_type_size(type) / 2;
    vf x[MOST_STEP];
    V_UNROLL for (size_t at = 0; at < vectors * V_LANES * part_bytes; at += 64)
        __builtin_prefetch(row + i * part_bytes + at + s->ahead);
    V_UNROLL for (size_t v = 0; v < vectors; v++)
    {
        x[v] = vf_load_sample(type, row, i + v * V_LANES, part);
        if (type == CPH_C32 && s->live != NULL)
            x[v] = vf_and(vi_load(s->live + i + v * V_LANES), x[v]);
        x[v] = vf_in_register(x[v]);
    }
    V_UNROLL for (size_t v = 0; v < vectors; v++)
    {
        const vf swapped = V_LANES < 2 ? x[v ^ 1] : vf_swap_pairs(x[v]);
        V_UNROLL for (size_t b = 0; b < beams; b++)
        {
            const float *const at = s->weights + b * s->stride + i + v * V_LANES;
            const vf w = vf_in_register(vf_load_f32(at));
            sums->straight[v][b] = vf_fma(x[v], w, sums->straight[v][b]);
            sums->swapped[v][b] = vf_fma(swapped, w, sums->swapped[v][b]);
        }
    }
}

/* The products of a beam as one number; lanes of odd vectors are odd where there is one lane. */
V_INLINE cph_c32 total(const struct sums *sums, size_t vectors, size_t b)
{
    vf straight = sums->straight[0][b], swapped = sums->swapped[0][b];
    V_UNROLL for (size_t v = 1; v < vectors; v++)
    {
        straight = vf_add(straight, sums->straight[v][b]);
        swapped = V_LANES < 2 && v % 2 != 0 ? vf_sub(swapped, sums->swapped[v][b])
                                            : vf_add(swapped, sums->swapped[v][b]);
    }
    return (cph_c32){vf_sum(straight), vf_sum_alternating(swapped)};
}

/* One row and `beams` (a constant) beams. */
V_INLINE void run_row(const struct segment *s, cph_type type, const char *row, size_t beams,
                      cph_c32 *out)
{
    const size_t vectors = vectors_of(beams), most = vectors * V_LANES,
                 least = (size_t)STEP * V_LANES;
    struct sums sums;
    V_UNROLL for (size_t v = 0; v < vectors; v++) V_UNROLL for (size_t b = 0; b < beams; b++)
        sums.straight[v][b] = sums.swapped[v][b] = vf_zero();
    size_t i = s->begin;
    for (; s->end - i >= most; i += most)
        add_products(&sums, s, type, row, i, 0, vectors, beams);
    for (; s->end - i >= least; i += least)
        add_products(&sums, s, type, row, i, 0, STEP, beams);
    if (i < s->end)
        add_products(&sums, s, type, row, i, s->end - i, STEP, beams);
    V_UNROLL for (size_t b = 0; b < beams; b++)
    {
        const cph_c32 y = total(&sums, vectors, b);
        out[b] = s->begin == 0 ? y : (cph_c32){out[b].re + y.re, out[b].im + y.im};
    }
}

V_INLINE void run_rows(const struct segment *s, cph_type type, const cph_beamform_block *block,
                       size_t first, size_t beams)
{
    const size_t row_bytes = block->ld * cph_type_size(type);
    const char *row = block->samples;
    cph_c32 *out = (cph_c32 *)block->beams + first;
    for (size_t t = 0; t < block->times; t++, row += row_bytes, out += block->ld_beams)
        run_row(s, type, row, beams, out);
}

/* All times of a segment and all beams. */
V_INLINE void run_segment(const cph_beamform_plan *plan, struct segment *s, cph_type type,
                          const cph_beamform_block *block)
{
    const float *const weights =
        (const void *)(plan->weights + block->channel * plan->channel_bytes);
    const size_t bytes = (s->end - s->begin) * (cph_type_size(type) / 2);
    s->ahead = (AHEAD / bytes + 1) * block->ld * cph_type_size(type);
    for (size_t b = 0; b < plan->beams; b += TILE_BEAMS) {
        s->weights = weights + b * s->stride;
        switch (plan->beams - b) {
        case 1:
            run_rows(s, type, block, b, 1);
            break;
        case 2:
            run_rows(s, type, block, b, 2);
            break;
        case 3:
            run_rows(s, type, block, b, 3);
            break;
        default:
            run_rows(s, type, block, b, TILE_BEAMS);
        }
    }
}

V_INLINE void rows_f32_body(const cph_beamform_plan *plan, cph_type type,
                            const cph_beamform_block *block)
{
    const size_t parts = 2 * plan->elements;
    const size_t beams = plan->beams < TILE_BEAMS ? plan->beams : TILE_BEAMS;
    const size_t segments = (parts * beams - 1) / WEIGHTS + 1;
    const size_t most = ((parts - 1) / segments / ALIGN + 1) * ALIGN;
    struct segment s = {.stride = plan->row_bytes / sizeof(float)};
    if (type == CPH_C32 && plan->some_dead)
        s.live = plan->live_mask + block->channel * plan->mask_stride;
    for (; s.begin < parts; s.begin = s.end) {
        s.end = parts - s.begin < most ? parts : s.begin + most;
        run_segment(plan, &s, type, block);
    }
}

#endif
