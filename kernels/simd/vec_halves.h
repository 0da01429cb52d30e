/* SPDX-License-Identifier: MIT */
/** @file vec_halves.h
 *  vd of vec.h as two vectors vh of doubles, for a vec_*.h that has vh, vh_set1, vh_fma and
 *  vh_round (to the nearest integer, ties to even). */
#ifndef COPHASE_SIMD_VEC_HALVES_H
#define COPHASE_SIMD_VEC_HALVES_H

enum { VH_LANES = V_LANES / 2 };
typedef struct vd {
    vh lo, hi;
} vd;

V_INLINE vd vd_set2(double a, double b)
{
    return (vd){vh_set1(a), vh_set1(b)};
}
V_INLINE vd vd_set1(double a)
{
    return vd_set2(a, a);
}
V_INLINE vd vd_load(const double *p)
{
    vd a;
    memcpy(&a.lo, p, sizeof a.lo);
    memcpy(&a.hi, p + VH_LANES, sizeof a.hi);
    return a;
}
V_INLINE void vd_store(double *p, vd a)
{
    memcpy(p, &a.lo, sizeof a.lo);
    memcpy(p + VH_LANES, &a.hi, sizeof a.hi);
}
V_INLINE vd vd_add(vd a, vd b)
{
    return (vd){a.lo + b.lo, a.hi + b.hi};
}
V_INLINE vd vd_fma(vd a, vd b, vd c)
{
    return (vd){vh_fma(a.lo, b.lo, c.lo), vh_fma(a.hi, b.hi, c.hi)};
}
/* For vd_turns. */
V_INLINE vd vd_fractions(vd a)
{
    const vh one = vh_set1(V_TURN);
    return (vd){a.lo - vh_round(a.lo) + one, a.hi - vh_round(a.hi) + one};
}

#endif
