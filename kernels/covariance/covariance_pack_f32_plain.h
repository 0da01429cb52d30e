/* SPDX-License-Identifier: MIT */
/* Body of the scalar variants of covariance_pack_TYPE_f32. */
#ifndef COPHASE_COVARIANCE_PACK_F32_PLAIN_H
#define COPHASE_COVARIANCE_PACK_F32_PLAIN_H

#include "kernels/core/kernels.h"
#include "kernels/simd/vec.h"

V_INLINE cph_c32 plain_sample(cph_type type, const void *samples, size_t i)
{
    switch (type) {
    case CPH_C8: {
        const cph_c8 x = ((const cph_c8 *)samples)[i];
        return (cph_c32){x.re, x.im};
    }
    case CPH_C16: {
        const cph_c16 x = ((const cph_c16 *)samples)[i];
        return (cph_c32){x.re, x.im};
    }
    default:
        return ((const cph_c32 *)samples)[i];
    }
}

V_INLINE void pack_f32_plain(cph_type type, const void *samples, size_t ld, size_t times,
                             size_t elements, const float *weight, void *panel)
{
    float *p = panel;
    for (size_t t = 0; t < times; t++, p += 2 * CPH_PANEL_PARTS)
        for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i++) {
            cph_c32 x = {0.0f, 0.0f};
            if (i < elements)
                x = plain_sample(type, samples, t * ld + i);
            if (weight != NULL)
                x = (cph_c32){weight[t] * x.re, weight[t] * x.im};
            float *const q = p + CPH_PANEL_PARTS;
            p[2 * i] = q[2 * i + 1] = x.re;
            p[2 * i + 1] = -x.im;
            q[2 * i] = x.im;
        }
}

#endif
