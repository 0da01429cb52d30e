/* SPDX-License-Identifier: MIT */
/** @file vec_scalar.h
 *  One lane, plain C: see vec.h. No fused operations. */
#ifndef COPHASE_SIMD_VEC_SCALAR_H
#define COPHASE_SIMD_VEC_SCALAR_H

#include "cophase/types.h"
#include "kernels/core/bits.h"
#include "kernels/core/mem.h"
#include "kernels/simd/vec.h"

enum { V_LANES = 1, V_REGISTERS = 16 };
typedef float vf;
typedef int32_t vi;
typedef int32_t vm; /* all ones or zeros */
typedef double vd;

V_INLINE vf vf_zero(void)
{
    return 0.0f;
}
V_INLINE vf vf_set1(float a)
{
    return a;
}
V_INLINE vf vf_add(vf a, vf b)
{
    return a + b;
}
V_INLINE vf vf_sub(vf a, vf b)
{
    return a - b;
}
V_INLINE vf vf_mul(vf a, vf b)
{
    return a * b;
}
V_INLINE vf vf_fma(vf a, vf b, vf c)
{
    return a * b + c;
}
V_INLINE vf vf_fnma(vf a, vf b, vf c)
{
    return c - a * b;
}
V_INLINE vf vf_from_vi(vi a)
{
    return (float)a;
}
V_INLINE vf vf_select(vm mask, vf a, vf b)
{
    return mask ? a : b;
}
V_INLINE vf vf_flip(vi bits, vf a)
{
    return bits < 0 ? -a : a;
}
V_INLINE vf vf_min(vf a, vf b)
{
    return a < b ? a : b;
}
V_INLINE vf vf_max(vf a, vf b)
{
    return a > b ? a : b;
}
V_INLINE vf vf_div(vf a, vf b)
{
    return a / b;
}
V_INLINE vf vf_sqrt(vf a)
{
    return __builtin_sqrtf(a);
}
V_INLINE vm vf_above(vf a, vf b)
{
    return a > b ? -1 : 0;
}
V_INLINE void vf_transpose(vf a[V_LANES])
{
    (void)a;
}
V_INLINE void vf_transpose_pairs(vf *a)
{
    (void)a;
}
V_INLINE vm vf_equal(vf a, vf b)
{
    return a == b ? -1 : 0;
}
V_INLINE vf vf_keep(vm mask, vf a)
{
    return mask ? a : 0.0f;
}
V_INLINE vf vf_and(vi bits, vf a)
{
    return bits ? a : 0.0f;
}
V_INLINE float vf_sum(vf a)
{
    return a;
}
V_INLINE vf vf_sum_each(const vf a[V_LANES])
{
    return a[0];
}
V_INLINE float vf_sum_alternating(vf a)
{
    return a;
}
V_INLINE vf vf_swap_pairs(vf a)
{
    return a;
}
V_INLINE vf vf_in_register(vf a)
{
    return a;
}
V_INLINE vf vf_load_f32(const float *p)
{
    return *p;
}
V_INLINE vf vf_load_pair(const float *p, size_t lane)
{
    return p[lane % 2];
}
V_INLINE vf vf_load_swapped(const float *p, size_t lane)
{
    return lane % 2 == 0 ? p[1] : p[-1];
}
V_INLINE vf vf_load_i16(const int16_t *p)
{
    return (float)*p;
}
V_INLINE vf vf_load_i8(const int8_t *p)
{
    return (float)*p;
}
V_INLINE vf vf_load_part_f32(const float *p, size_t n)
{
    return n > 0 ? vf_load_f32(p) : 0.0f;
}
V_INLINE vf vf_load_part_i16(const int16_t *p, size_t n)
{
    return n > 0 ? vf_load_i16(p) : 0.0f;
}
V_INLINE vf vf_load_part_i8(const int8_t *p, size_t n)
{
    return n > 0 ? vf_load_i8(p) : 0.0f;
}
V_INLINE void vf_store_f32(float *p, vf a)
{
    *p = a;
}
V_INLINE void vf_store_part_f32(float *p, vf a, size_t n)
{
    if (n > 0)
        *p = a;
}
V_INLINE void vf_store_pairs(float *p, vf re, vf im)
{
    p[0] = re;
    p[1] = im;
}
V_INLINE void vf_store_pairs_part(float *p, vf re, vf im, size_t n)
{
    if (n > 0)
        vf_store_pairs(p, re, im);
}

V_INLINE vi vi_load(const void *p)
{
    int32_t a;
    memcpy(&a, p, sizeof a);
    return a;
}
V_INLINE vi vi_set1(int32_t a)
{
    return a;
}
V_INLINE vi vi_add(vi a, vi b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}
V_INLINE vi vi_sub(vi a, vi b)
{
    return (int32_t)((uint32_t)a - (uint32_t)b);
}
V_INLINE vi vi_shift_left(vi a, int bits)
{
    return (int32_t)((uint32_t)a << bits);
}
V_INLINE vm vi_test(vi a, int32_t bit)
{
    return (a & bit) != 0 ? -1 : 0;
}
V_INLINE vi vi_and(vi a, vi b)
{
    return a & b;
}

V_INLINE unsigned vm_bits(vm mask)
{
    return mask & 1;
}
V_INLINE vi vi_from_vf(vf a)
{
    return (int32_t)a;
}
V_INLINE void vi_store_i8(int8_t *p, vi a, size_t n)
{
    if (n > 0)
        *p = (int8_t)a;
}
V_INLINE void vi_store_i16(int16_t *p, vi a, size_t n)
{
    if (n > 0)
        *p = (int16_t)a;
}

V_INLINE void vi_store(void *p, vi a)
{
    memcpy(p, &a, sizeof a);
}
V_INLINE vi vi_shift_right(vi a, int bits)
{
    return a >> bits;
}
V_INLINE vi vi_load_bytes(const void *p, size_t n)
{
    int32_t a = 0;
    memcpy(&a, p, n);
    return a;
}
V_INLINE vi vi_load_part_pairs_i8(const cph_c8 *p, size_t n)
{
    const int16_t pair[2] = {n > 0 ? p->re : 0, n > 0 ? p->im : 0};
    int32_t a;
    memcpy(&a, pair, sizeof a);
    return a;
}
V_INLINE vi vi_load_pairs_i8(const cph_c8 *p)
{
    return vi_load_part_pairs_i8(p, 1);
}
V_INLINE vi vi_dot16(vi sum, vi x, vi w)
{
    int16_t a[2], b[2];
    memcpy(a, &x, sizeof a);
    memcpy(b, &w, sizeof b);
    return vi_add(sum, vi_add(a[0] * b[0], a[1] * b[1]));
}
V_INLINE vi vi_dot8_sample(vi x)
{
    return x;
}
V_INLINE vi vi_dot8_start(const int32_t *start)
{
    (void)start;
    return 0;
}
V_INLINE int32_t vi_dot8_bias(int64_t sum, int32_t start)
{
    (void)start;
    return (int32_t)sum;
}
V_INLINE vi vi_dot8(vi sum, vi x, vi w)
{
    int8_t a[4], b[4];
    memcpy(a, &x, sizeof a);
    memcpy(b, &w, sizeof b);
    return vi_add(sum, a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]);
}

V_INLINE vf vf_from_bits(vi a)
{
    vf value;
    memcpy(&value, &a, sizeof value);
    return value;
}
V_INLINE vi vi_bf16_pairs(vi a)
{
    int16_t part[2];
    memcpy(part, &a, sizeof part);
    return (vi)(cph_bits_f32(part[0]) >> 16 | (cph_bits_f32(part[1]) & 0xffff0000u));
}
V_INLINE vi vi_dot_bf16(vi sum, vi x, vi w)
{
    const int32_t top = -65536; /* all ones in the upper half */
    const vf even = vf_from_bits(vi_shift_left(x, 16)) * vf_from_bits(vi_shift_left(w, 16));
    const vf odd = vf_from_bits(x & top) * vf_from_bits(w & top);
    return (vi)cph_bits_f32(vf_from_bits(sum) + odd + even);
}
#include "kernels/simd/vec_requantise.h"
V_INLINE void vi_sum4(const vi *a, int32_t *to)
{
    memcpy(to, a, 4 * sizeof *a);
}
V_INLINE vd vd_set1(double a)
{
    return a;
}
V_INLINE vd vd_load(const double *p)
{
    return *p;
}
V_INLINE vd vd_from_vf(vf a)
{
    return (double)a;
}
V_INLINE void vd_store(double *p, vd a)
{
    *p = a;
}
V_INLINE vd vd_add(vd a, vd b)
{
    return a + b;
}
V_INLINE vd vd_fma(vd a, vd b, vd c)
{
    return a * b + c;
}
V_INLINE vi vd_low(vd a)
{
    return (int32_t)(uint32_t)cph_bits_f64(a);
}
/* Adding 1.5 * 2^52 rounds to an integer: exact below 2^51 turns. */
V_INLINE vi vd_turns(vd a)
{
    const double whole = a + 0x1.8p52 - 0x1.8p52;
    return vd_low((a - whole) + V_TURN);
}

#endif
