/* SPDX-License-Identifier: MIT */
/** @file pair_scalar.h
 *  One lane, plain C: see pair.h. */
#ifndef COPHASE_SIMD_PAIR_SCALAR_H
#define COPHASE_SIMD_PAIR_SCALAR_H

#include "kernels/simd/vec_scalar.h"

#include "kernels/simd/pair.h"

typedef struct vp {
    int32_t re, im;
} vp;
typedef uint64_t vq;

V_INLINE vp vp_zero(void)
{
    return (vp){0, 0};
}
V_INLINE vp vp_load_i8(const int8_t *p)
{
    return (vp){p[0], p[1]};
}
V_INLINE vp vp_load_i16(const int16_t *p)
{
    return (vp){p[0], p[1]};
}
V_INLINE vp vp_load_part_i8(const int8_t *p, size_t n)
{
    return n > 0 ? vp_load_i8(p) : vp_zero();
}
V_INLINE vp vp_load_part_i16(const int16_t *p, size_t n)
{
    return n > 0 ? vp_load_i16(p) : vp_zero();
}
V_INLINE vi vp_re(vp a)
{
    return a.re;
}
V_INLINE vi vp_im(vp a)
{
    return a.im;
}
V_INLINE vi vp_power(vp a)
{
    return (int32_t)((uint32_t)(a.re * a.re) + (uint32_t)(a.im * a.im));
}
V_INLINE vp vp_add(vp a, vp b)
{
    return (vp){a.re + b.re, a.im + b.im};
}
V_INLINE vm vp_inside(vp a, int16_t upper)
{
    const bool re = a.re < upper && a.re >= -upper, im = a.im < upper && a.im >= -upper;
    return re && im ? -1 : 0;
}
V_INLINE vi vi_count(vi count, vm mask)
{
    return count - mask;
}

V_INLINE vq vq_zero(void)
{
    return 0;
}
V_INLINE vq vq_add(vq sum, vi a)
{
    return sum + (uint32_t)a;
}
V_INLINE void vq_store(uint64_t *p, vq sum)
{
    *p = sum;
}

#endif
