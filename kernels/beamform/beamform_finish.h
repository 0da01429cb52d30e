/* SPDX-License-Identifier: MIT */
/* From exact integer sums to beams, over a vec_*.h that is included before. */
#ifndef COPHASE_BEAMFORM_FINISH_H
#define COPHASE_BEAMFORM_FINISH_H

#include "kernels/beamform/requantise.h"
#include "kernels/core/kernels.h"
#include "kernels/core/mem.h"
#include "kernels/core/size.h"

/* hi * 65536 + lo, a sum a lane. */
struct wide {
    vi hi, lo;
};

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

V_INLINE void finish_integers(const struct finish *f, size_t t, size_t column, struct wide sum)
{
    const size_t count = cph_size_min(V_LANES, f->columns - column);
    int32_t hi[V_LANES], lo[V_LANES];
    vi_store(hi, sum.hi);
    vi_store(lo, sum.lo);
    char *const row = f->beams + t * f->row_bytes;
    for (size_t i = 0; i < count; i++) {
        const int32_t y = cph_requantise((int64_t)hi[i] * 65536 + lo[i], f->multiplier[column + i],
                                         f->shift[column + i], f->type);
        if (f->type == CPH_C8)
            ((int8_t *)(void *)row)[column + i] = (int8_t)y;
        else
            ((int16_t *)(void *)row)[column + i] = (int16_t)y;
    }
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

/* A float of 24 bits holds hi and lo each, so that the sum is rounded once; a sum that fits 32
 * bits gives the same without the detour. */
V_INLINE void finish_narrow(const struct finish *f, size_t t, size_t column, vi sum)
{
    if (f->type == CPH_C32)
        finish_floats(f, t, column, vf_from_vi(sum));
    else
        finish_integers(f, t, column, wide_from(sum));
}

V_INLINE void finish_wide(const struct finish *f, size_t t, size_t column, struct wide sum)
{
    const struct wide w = wide_carried(sum);
    if (f->type == CPH_C32)
        finish_floats(f, t, column,
                      vf_add(vf_mul(vf_from_vi(w.hi), vf_set1(65536.0f)), vf_from_vi(w.lo)));
    else
        finish_integers(f, t, column, w);
}

#endif
