/* SPDX-License-Identifier: MIT */
/* Bodies of track_respond, track_bend and track_scan over a vec_*.h, which the variant includes
 * before. */
#ifndef COPHASE_TRACK_BODY_H
#define COPHASE_TRACK_BODY_H

#include <math.h>

#include "kernels/core/kernels.h"

V_INLINE void respond_chunk(size_t begin, size_t end, size_t ld, const float *c, const float *v,
                            double *sum)
{
    vf re = vf_zero(), im = vf_zero();
    for (size_t n = begin; n < end; n += V_LANES) {
        const vf cr = vf_load_f32(c + n), ci = vf_load_f32(c + ld + n);
        const vf vr = vf_load_f32(v + n), vi_ = vf_load_f32(v + ld + n);
        re = vf_fnma(ci, vi_, vf_fma(cr, vr, re));
        im = vf_fma(ci, vr, vf_fma(cr, vi_, im));
    }
    sum[0] += (double)vf_sum(re);
    sum[1] += (double)vf_sum(im);
}

V_INLINE void track_respond_body(size_t n, size_t nulls, size_t ld, const float *c, const float *v,
                                 double *sum)
{
    for (size_t j = 0; j < nulls; j++) {
        sum[2 * j] = sum[2 * j + 1] = 0.0;
        for (size_t begin = 0; begin < n; begin += CPH_TRACK_CHUNK) {
            const size_t left = n - begin;
            const size_t end = begin + (left < CPH_TRACK_CHUNK ? left : CPH_TRACK_CHUNK);
            respond_chunk(begin, end, ld, c, v + 2 * j * ld, sum + 2 * j);
        }
    }
}

/* A complex number a lane. */
typedef struct lanes {
    vf re, im;
} lanes;

/* |c| brought within [low, high]; 0 stays 0. */
V_INLINE lanes within(lanes c, vf low, vf high)
{
    const vf power = vf_fma(c.re, c.re, vf_mul(c.im, c.im));
    const vf size = vf_max(vf_sqrt(power), vf_set1(1e-30f));
    const vf factor = vf_div(vf_min(vf_max(size, low), high), size);
    return (lanes){vf_mul(c.re, factor), vf_mul(c.im, factor)};
}

/* Twice what of x is at right angles to c. */
V_INLINE lanes across(lanes x, lanes c)
{
    const vf two = vf_set1(2.0f);
    const vf power = vf_max(vf_fma(c.re, c.re, vf_mul(c.im, c.im)), vf_set1(1e-30f));
    const vf along = vf_div(vf_fma(x.re, c.re, vf_mul(x.im, c.im)), power);
    return (lanes){vf_mul(two, vf_fnma(along, c.re, x.re)),
                   vf_mul(two, vf_fnma(along, c.im, x.im))};
}

V_INLINE void bend_as(cph_track_bend bend, size_t n, size_t nulls, size_t ld, const float *y,
                      const float *v, const float *share, const float *low, const float *high,
                      float *c)
{
    for (size_t i = 0; i < n; i += V_LANES) {
        lanes x = {vf_zero(), vf_zero()}, own = {vf_load_f32(c + i), vf_load_f32(c + ld + i)};
        for (size_t j = 0; j < nulls; j++) {
            const vf yr = vf_set1(y[2 * j]), yi = vf_set1(y[2 * j + 1]);
            const vf vr = vf_load_f32(v + 2 * j * ld + i);
            const vf vi_ = vf_load_f32(v + (2 * j + 1) * ld + i);
            x.re = vf_fma(yi, vi_, vf_fma(yr, vr, x.re));
            x.im = vf_fnma(yr, vi_, vf_fma(yi, vr, x.im));
        }
        const vf part = vf_load_f32(share + i);
        x = (lanes){vf_mul(x.re, part), vf_mul(x.im, part)};
        if (bend == CPH_TRACK_TURN)
            x = across(x, own);
        own = (lanes){vf_sub(own.re, x.re), vf_sub(own.im, x.im)};
        if (bend != CPH_TRACK_FREE)
            own = within(own, vf_load_f32(low + i), vf_load_f32(high + i));
        vf_store_f32(c + i, own.re);
        vf_store_f32(c + ld + i, own.im);
    }
}

V_INLINE void track_bend_body(size_t n, size_t nulls, size_t ld, cph_track_bend bend,
                              const float *y, const float *v, const float *share, const float *low,
                              const float *high, float *c)
{
    if (bend == CPH_TRACK_FREE)
        bend_as(CPH_TRACK_FREE, n, nulls, ld, y, v, share, low, high, c);
    else if (bend == CPH_TRACK_MOVE)
        bend_as(CPH_TRACK_MOVE, n, nulls, ld, y, v, share, low, high, c);
    else
        bend_as(CPH_TRACK_TURN, n, nulls, ld, y, v, share, low, high, c);
}

/* The least of the lanes; the first element of those that have it. */
V_INLINE cph_track_best least_lane(vf change, vf element, vf move)
{
    float value[V_LANES], at[V_LANES], which[V_LANES];
    vf_store_f32(value, change);
    vf_store_f32(at, element);
    vf_store_f32(which, move);
    size_t best = 0;
    for (size_t i = 1; i < V_LANES; i++)
        if (value[i] < value[best] || (value[i] == value[best] && at[i] < at[best]))
            best = i;
    return (cph_track_best){value[best], (size_t)at[best], (size_t)which[best]};
}

V_INLINE void track_scan_body(size_t begin, size_t end, size_t nulls, size_t ld, const float *y,
                              const float *v, size_t moves, const float *cost, const float *step,
                              cph_track_best *best)
{
    static const float lane[CPH_TRACK_PADDING] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                  8, 9, 10, 11, 12, 13, 14, 15};
    vf least = vf_set1(INFINITY), element = vf_set1((float)begin), move = vf_zero();
    for (size_t n = begin; n < end; n += V_LANES) {
        lanes g = {vf_zero(), vf_zero()};
        const vf index = vf_add(vf_load_f32(lane), vf_set1((float)n));
        for (size_t j = 0; j < nulls; j++) {
            const vf yr = vf_set1(2.0f * y[2 * j]), yi = vf_set1(2.0f * y[2 * j + 1]);
            const vf vr = vf_load_f32(v + 2 * j * ld + n);
            const vf vi_ = vf_load_f32(v + (2 * j + 1) * ld + n);
            g.re = vf_fnma(yi, vi_, vf_fma(yr, vr, g.re));
            g.im = vf_fma(yi, vr, vf_fma(yr, vi_, g.im));
        }
        for (size_t m = 0; m < moves; m++) {
            const vf dr = vf_load_f32(step + 2 * m * ld + n);
            const vf di = vf_load_f32(step + (2 * m + 1) * ld + n);
            const vf change = vf_fnma(di, g.im, vf_fma(dr, g.re, vf_load_f32(cost + m * ld + n)));
            const vm better = vf_above(least, change);
            least = vf_select(better, change, least);
            element = vf_select(better, index, element);
            move = vf_select(better, vf_set1((float)m), move);
        }
    }
    *best = least_lane(least, element, move);
}

#endif
