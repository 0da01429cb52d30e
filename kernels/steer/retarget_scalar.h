/* SPDX-License-Identifier: MIT */
/* Weights one by one through the places that packing knows, for both forms. */
#ifndef COPHASE_STEER_RETARGET_SCALAR_H
#define COPHASE_STEER_RETARGET_SCALAR_H

#include "kernels/steer/steer_body.h"

V_INLINE int32_t nearest(float f)
{
    return (int32_t)(f + 0x1.8p23f - 0x1.8p23f);
}

V_INLINE void put_beam(cph_beamform_plan *plan, size_t channel, size_t beam,
                       const cph_steer_wave *wave, const cph_retarget_source *s)
{
    const wave_lanes k = {wave->k[0], wave->k[1], wave->k[2]};
    int32_t sum_re = 0, sum_im = 0;
    for (size_t n = 0; n < plan->elements; n++) {
        vi angle;
        vf re, im;
        angles(1, s->r, n, k, false, &angle);
        phasors(1, &angle, &re, &im);
        const float cr = s->c.straight[2 * n], ci = s->c.crossed[2 * n + 1];
        const cph_c32 value = {(cr * re - ci * im) * s->inverse, (cr * im + ci * re) * s->inverse};
        cph_beamform_weight w = {.value = value};
        if (plan->arithmetic != CPH_BEAMFORM_F32) {
            w.re = nearest(value.re);
            w.im = nearest(value.im);
        }
        cph_beamform_put(plan, channel, beam, n, &w);
        sum_re += w.re + w.im;
        sum_im += w.re - w.im;
    }
    if (plan->arithmetic == CPH_BEAMFORM_I8) {
        int32_t *const start = plan->start + channel * plan->columns + 2 * beam;
        start[0] = -128 * sum_re;
        start[1] = -128 * sum_im;
    }
}

V_INLINE void retarget_one_by_one(cph_beamform_plan *plan, size_t channel, size_t first,
                                  size_t count, const cph_steer_wave *wave,
                                  const cph_retarget_source *s)
{
    for (size_t b = 0; b < count; b++)
        put_beam(plan, channel, first + b, wave + b, s);
}

#endif
