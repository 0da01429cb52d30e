/* SPDX-License-Identifier: MIT */
/* Body of covariance_f32 over a vec_*.h, which the variant includes before. */
#ifndef COPHASE_COVARIANCE_F32_BODY_H
#define COPHASE_COVARIANCE_F32_BODY_H

#include "kernels/core/mem.h"
#include "kernels/covariance/covariance_dot_f32.h"
#include "kernels/covariance/covariance_strip.h"

/* From `lane` of a row on, where `first` are pairs S, T and `second` pairs U, V: re += S + T,
 * im += T - S, im += U + V, each sum in float. */
V_INLINE void drain_lanes(const float *first, const float *second, size_t lane, double *drained)
{
    static const uint32_t sign[CPH_PANEL_PARTS] = {
        [1] = 1u << 31, [3] = 1u << 31,  [5] = 1u << 31,  [7] = 1u << 31,
        [9] = 1u << 31, [11] = 1u << 31, [13] = 1u << 31, [15] = 1u << 31};
    const vi odd = vi_load(sign + lane);
    const vf own = vf_load_f32(first), other = vf_load_swapped(first, lane);
    const vf both = vf_add(vf_load_f32(second), vf_load_swapped(second, lane));
    const vf imaginary = vf_select(vi_test(odd, INT32_MIN), both, vf_zero());
    const vd sum = vd_add(vd_load(drained), vd_from_vf(vf_add(own, vf_flip(odd, other))));
    vd_store(drained, vd_add(sum, vd_from_vf(imaginary)));
}

V_INLINE void add_tile_f32(const cph_covariance_tile *tile)
{
    if (tile->times > 0)
        add_tile(tile);
    if (tile->drained == NULL)
        return;
    const size_t lanes = CPH_TILE_LANES, open_lanes = PRODUCTS * lanes;
    float *open = tile->sums;
    double *drained = tile->drained;
    for (size_t panel = 0; panel < tile->panels; panel++) {
        for (size_t i = 0; i < lanes; i += V_LANES)
            drain_lanes(open + i, open + lanes + i, i % CPH_PANEL_PARTS, drained + i);
        memset(open, 0, open_lanes * sizeof *open);
        open += open_lanes;
        drained += lanes;
    }
}

#endif
