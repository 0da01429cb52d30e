/* SPDX-License-Identifier: MIT */
/* Body of apply_c32 over a vec_*.h, which the variant includes before. */
#ifndef COPHASE_BEAMFORM_APPLY_BODY_H
#define COPHASE_BEAMFORM_APPLY_BODY_H

#include "kernels/core/kernels.h"

V_INLINE vf apply(vf x, vf straight, vf crossed)
{
    return vf_fma(vf_swap_pairs(x), crossed, vf_mul(x, straight));
}

V_INLINE void apply_body(size_t n, const cph_coefficients *c, const cph_c32 *x, cph_c32 *out)
{
    const float *const from = (const float *)x;
    float *const to = (float *)out;
    const size_t parts = 2 * n;
    size_t i = 0;
    for (; parts - i >= V_LANES; i += V_LANES)
        vf_store_f32(to + i, apply(vf_load_f32(from + i), vf_load_f32(c->straight + i),
                                   vf_load_f32(c->crossed + i)));
    if (i < parts)
        vf_store_part_f32(to + i,
                          apply(vf_load_part_f32(from + i, parts - i), vf_load_f32(c->straight + i),
                                vf_load_f32(c->crossed + i)),
                          parts - i);
}

#endif
