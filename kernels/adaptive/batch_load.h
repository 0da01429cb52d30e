/* SPDX-License-Identifier: MIT */
/* What both batch bodies share over a vec_*.h, which the variant includes before: complex numbers
 * of V_LANES lanes, and rows of samples turned into them. */
#ifndef COPHASE_ADAPTIVE_BATCH_LOAD_H
#define COPHASE_ADAPTIVE_BATCH_LOAD_H

#include "kernels/core/kernels.h"

/* A vector of complex numbers in memory: V_LANES re, V_LANES im. */
enum { ENTRY = 2 * V_LANES };

typedef struct vc {
    vf re, im;
} vc;

V_INLINE vc vc_load(const float *p)
{
    return (vc){vf_load_f32(p), vf_load_f32(p + V_LANES)};
}
V_INLINE void vc_store(float *p, vc a)
{
    vf_store_f32(p, a.re);
    vf_store_f32(p + V_LANES, a.im);
}
V_INLINE vc vc_scale(vc a, vf by)
{
    return (vc){vf_mul(a.re, by), vf_mul(a.im, by)};
}
/* c - a b, c - a conj(b) */
V_INLINE vc vc_fnma(vc a, vc b, vc c)
{
    return (vc){vf_fma(a.im, b.im, vf_fnma(a.re, b.re, c.re)),
                vf_fnma(a.im, b.re, vf_fnma(a.re, b.im, c.im))};
}
V_INLINE vc vc_fnma_conj(vc a, vc b, vc c)
{
    return (vc){vf_fnma(a.im, b.im, vf_fnma(a.re, b.re, c.re)),
                vf_fnma(a.im, b.re, vf_fma(a.re, b.im, c.im))};
}

/* The least pivot that tells column k of n from rounding, in units of R_kk. */
V_INLINE float least_pivot(size_t k)
{
    return (float)(2 * k + 8) * 0x1p-24f;
}

/* Where the columns of turned rows go: entry k at to + k * step, its im V_LANES behind re. */
typedef struct turned {
    float *to;
    size_t step;
} turned;

/* V_LANES rows of `columns` samples, row i at from[i], to an entry a column. No sample behind a
 * row is read. */
V_INLINE void turn_rows(const cph_c32 *const from[V_LANES], size_t columns, turned out)
{
    const size_t parts = 2 * columns;
    for (size_t part = 0; part < parts; part += V_LANES) {
        vf v[V_LANES];
        const size_t left = parts - part;
        if (left >= V_LANES) {
            V_UNROLL
            for (size_t i = 0; i < V_LANES; i++)
                v[i] = vf_load_f32((const float *)from[i] + part);
        } else {
            V_UNROLL
            for (size_t i = 0; i < V_LANES; i++)
                v[i] = vf_load_part_f32((const float *)from[i] + part, left);
        }
        vf_transpose(v);
        V_UNROLL
        for (size_t i = 0; i < V_LANES; i++)
            if (i < left)
                vf_store_f32(out.to + (part + i) / 2 * out.step + (part + i) % 2 * V_LANES, v[i]);
    }
}

#endif
