/* SPDX-License-Identifier: MIT */
/** @file vec_requantise.h
 *  vi_requantise of vec.h lane by lane, for the vec_*.h of sets without products of 64 bits. */
#ifndef COPHASE_SIMD_VEC_REQUANTISE_H
#define COPHASE_SIMD_VEC_REQUANTISE_H

V_INLINE vi vi_requantise(vi hi, vi lo, const int32_t *m, const int32_t *k, int32_t low)
{
    int32_t h[V_LANES], l[V_LANES];
    vi_store(h, hi);
    vi_store(l, lo);
    for (size_t i = 0; i < V_LANES; i++)
        h[i] = v_requantise((int64_t)h[i] * 65536 + l[i], m[i], k[i], low);
    return vi_load(h);
}

#endif
