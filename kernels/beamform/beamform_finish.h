/* SPDX-License-Identifier: MIT */
/* From exact integer sums to beams, over a vec_*.h that is included before. */
#ifndef COPHASE_BEAMFORM_FINISH_H
#define COPHASE_BEAMFORM_FINISH_H

#include "kernels/core/kernels.h"
#include "kernels/core/mem.h"
#include "kernels/core/size.h"

/* hi * 65536 + lo, a sum a lane. */
struct wide {
    vi hi, lo;
};

enum { MOST_SUMS = 24 }; /* of a tile */

/* Where the beams of a block's channel go, and by which scales. */
struct finish {
    char *beams;
    size_t row_bytes, columns; /* columns: 2 B */
    cph_type type;
    const float *scale;
    const int32_t *multiplier, *shift, *start;
};

V_INLINE struct finish finish_of(const cph_beamform_plan *plan, const cph_beamform_block *block)
{
    const size_t first = block->channel * plan->columns;
    return (struct finish){.beams = block->beams,
                           .row_bytes = block->ld_beams * cph_type_size(plan->output),
                           .columns = 2 * plan->beams,
                           .type = plan->output,
                           .scale = plan->scale + first,
                           .multiplier = plan->multiplier + first,
                           .shift = plan->shift + first,
                           .start = plan->start + first};
}

V_INLINE struct wide wide_from(vi sum)
{
    return (struct wide){vi_shift_right(sum, 16), vi_and(sum, vi_set1(0xffff))};
}

/* 256 high + low. */
V_INLINE struct wide wide_planes(vi high, vi low)
{
    const vi rest = vi_shift_left(vi_and(high, vi_set1(0xff)), 8);
    return (struct wide){vi_add(vi_shift_right(high, 8), vi_shift_right(low, 16)),
                         vi_add(rest, vi_and(low, vi_set1(0xffff)))};
}

V_INLINE struct wide wide_add(struct wide a, struct wide b)
{
    return (struct wide){vi_add(a.hi, b.hi), vi_add(a.lo, b.lo)};
}

/* lo within 0..65535, so that the same sum is always the same pair. */
V_INLINE struct wide wide_carried(struct wide a)
{
    return (struct wide){vi_add(a.hi, vi_shift_right(a.lo, 16)), vi_and(a.lo, vi_set1(0xffff))};
}

V_INLINE void finish_floats(const struct finish *f, size_t t, size_t column, vf sum)
{
    float *const to = (float *)(void *)(f->beams + t * f->row_bytes) + column;
    const vf y = vf_mul(sum, vf_load_f32(f->scale + column));
    if (column + V_LANES <= f->columns)
        vf_store_f32(to, y);
    else
        vf_store_part_f32(to, y, f->columns - column);
}

/* Out of the tile's code: it is there for every tile. */
V_OUTLINE void finish_integers(const struct finish *f, size_t t, size_t column, size_t times,
                               size_t vectors, const struct wide *sum)
{
    const int32_t low = f->type == CPH_C8 ? INT8_MIN : INT16_MIN;
    for (size_t i = 0; i < times; i++)
        for (size_t v = 0; v < vectors; v++) {
            const size_t at = column + v * V_LANES;
            const size_t count = cph_size_min(V_LANES, f->columns - at);
            char *const row = f->beams + (t + i) * f->row_bytes;
            const struct wide s = sum[i * vectors + v];
            const vi y = vi_requantise(s.hi, s.lo, f->multiplier + at, f->shift + at, low);
            if (f->type == CPH_C8)
                vi_store_i8((int8_t *)(void *)row + at, y, count);
            else
                vi_store_i16((int16_t *)(void *)row + at, y, count);
        }
}

/* Sums [times][vectors] that fit 32 bits: one rounding to float, as of hi and lo below. */
V_INLINE void finish_narrow(const struct finish *f, size_t t, size_t column, size_t times,
                            size_t vectors, const vi *sum)
{
    if (f->type == CPH_C32) {
        V_UNROLL for (size_t i = 0; i < times; i++) V_UNROLL for (size_t v = 0; v < vectors; v++)
            finish_floats(f, t + i, column + v * V_LANES, vf_from_vi(sum[i * vectors + v]));
        return;
    }
    struct wide sums[MOST_SUMS];
    V_UNROLL for (size_t i = 0; i < times * vectors; i++) sums[i] = wide_from(sum[i]);
    finish_integers(f, t, column, times, vectors, sums);
}

/* A float of 24 bits holds hi and lo each (hi where the sum has no more than 40 bits), so that the
 * sum is rounded once. */
V_INLINE void finish_wide(const struct finish *f, size_t t, size_t column, size_t times,
                          size_t vectors, struct wide *sum)
{
    V_UNROLL for (size_t i = 0; i < times * vectors; i++) sum[i] = wide_carried(sum[i]);
    if (f->type != CPH_C32) {
        finish_integers(f, t, column, times, vectors, sum);
        return;
    }
    V_UNROLL for (size_t i = 0; i < times; i++) V_UNROLL for (size_t v = 0; v < vectors; v++)
    {
        const struct wide s = sum[i * vectors + v];
        const vf hi = vf_mul(vf_from_vi(s.hi), vf_set1(65536.0f));
        finish_floats(f, t + i, column + v * V_LANES, vf_add(hi, vf_from_vi(s.lo)));
    }
}

#endif
