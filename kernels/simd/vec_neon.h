/* SPDX-License-Identifier: MIT */
/** @file vec_neon.h
 *  Four lanes of AArch64's Advanced SIMD: see vec.h. */
#ifndef COPHASE_SIMD_VEC_NEON_H
#define COPHASE_SIMD_VEC_NEON_H

#include <arm_neon.h>
#include <string.h>

#include "cophase/types.h"
#include "kernels/simd/vec.h"

enum { V_LANES = 4, V_REGISTERS = 32 };
typedef float32x4_t vf;
typedef int32x4_t vi;
typedef uint32x4_t vm;  /* all ones or zeros a lane */
typedef float64x2_t vh; /* half a vd */

V_INLINE vf vf_zero(void)
{
    return vdupq_n_f32(0.0f);
}
V_INLINE vf vf_set1(float a)
{
    return vdupq_n_f32(a);
}
V_INLINE vf vf_add(vf a, vf b)
{
    return vaddq_f32(a, b);
}
V_INLINE vf vf_sub(vf a, vf b)
{
    return vsubq_f32(a, b);
}
V_INLINE vf vf_mul(vf a, vf b)
{
    return vmulq_f32(a, b);
}
V_INLINE vf vf_fma(vf a, vf b, vf c)
{
    return vfmaq_f32(c, a, b);
}
V_INLINE vf vf_fnma(vf a, vf b, vf c)
{
    return vfmsq_f32(c, a, b);
}
V_INLINE vf vf_from_vi(vi a)
{
    return vcvtq_f32_s32(a);
}
V_INLINE vf vf_select(vm mask, vf a, vf b)
{
    return vbslq_f32(mask, a, b);
}
V_INLINE vf vf_flip(vi bits, vf a)
{
    const uint32x4_t sign = vandq_u32(vreinterpretq_u32_s32(bits), vdupq_n_u32(0x80000000u));
    return vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(a), sign));
}
/* Comparison and choice, not the instructions: those give NaN where the other sets give b. */
V_INLINE vf vf_min(vf a, vf b)
{
    return vbslq_f32(vcltq_f32(a, b), a, b);
}
V_INLINE vf vf_max(vf a, vf b)
{
    return vbslq_f32(vcgtq_f32(a, b), a, b);
}
V_INLINE vf vf_div(vf a, vf b)
{
    return vdivq_f32(a, b);
}
V_INLINE vf vf_sqrt(vf a)
{
    return vsqrtq_f32(a);
}
V_INLINE vm vf_above(vf a, vf b)
{
    return vcgtq_f32(a, b);
}
/* Rows a b c d: a0 b0 a2 b2, a1 b1 a3 b3 and c0 d0 c2 d2, c1 d1 c3 d3; then their halves. */
V_INLINE void vf_transpose(vf a[V_LANES])
{
    const float32x4x2_t ab = vtrnq_f32(a[0], a[1]), cd = vtrnq_f32(a[2], a[3]);
    a[0] = vcombine_f32(vget_low_f32(ab.val[0]), vget_low_f32(cd.val[0]));
    a[1] = vcombine_f32(vget_low_f32(ab.val[1]), vget_low_f32(cd.val[1]));
    a[2] = vcombine_f32(vget_high_f32(ab.val[0]), vget_high_f32(cd.val[0]));
    a[3] = vcombine_f32(vget_high_f32(ab.val[1]), vget_high_f32(cd.val[1]));
}
V_INLINE void vf_transpose_pairs(vf a[V_LANES / 2])
{
    const float32x2_t crossing = vget_high_f32(a[0]);
    a[0] = vcombine_f32(vget_low_f32(a[0]), vget_low_f32(a[1]));
    a[1] = vcombine_f32(crossing, vget_high_f32(a[1]));
}
V_INLINE vm vf_equal(vf a, vf b)
{
    return vceqq_f32(a, b);
}
V_INLINE vf vf_keep(vm mask, vf a)
{
    return vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(a), mask));
}
V_INLINE vf vf_and(vi bits, vf a)
{
    return vreinterpretq_f32_s32(vandq_s32(vreinterpretq_s32_f32(a), bits));
}
V_INLINE float vf_sum(vf a)
{
    return vaddvq_f32(a);
}
V_INLINE vf vf_sum_each(const vf a[V_LANES])
{
    return vpaddq_f32(vpaddq_f32(a[0], a[1]), vpaddq_f32(a[2], a[3]));
}
V_INLINE float vf_sum_alternating(vf a)
{
    const float32x4_t pairs = vaddq_f32(a, vextq_f32(a, a, 2));
    return vgetq_lane_f32(pairs, 0) - vgetq_lane_f32(pairs, 1);
}
V_INLINE vf vf_swap_pairs(vf a)
{
    return vrev64q_f32(a);
}
/* Operands are always in registers here. */
V_INLINE vf vf_in_register(vf a)
{
    return a;
}
V_INLINE vf vf_load_f32(const float *p)
{
    return vld1q_f32(p);
}
V_INLINE vf vf_load_pair(const float *p, size_t lane)
{
    const float32x2_t pair = vld1_f32(p);
    (void)lane;
    return vcombine_f32(pair, pair);
}
V_INLINE vf vf_load_swapped(const float *p, size_t lane)
{
    (void)lane;
    return vrev64q_f32(vf_load_f32(p));
}
V_INLINE vf vf_load_i16(const int16_t *p)
{
    return vcvtq_f32_s32(vmovl_s16(vld1_s16(p)));
}
V_INLINE vf vf_load_i8(const int8_t *p)
{
    uint32_t four;
    memcpy(&four, p, sizeof four);
    const int16x8_t wide = vmovl_s8(vreinterpret_s8_u32(vdup_n_u32(four)));
    return vcvtq_f32_s32(vmovl_s16(vget_low_s16(wide)));
}
V_INLINE vf vf_load_part_f32(const float *p, size_t n)
{
    float lanes[V_LANES] = {0};
    memcpy(lanes, p, n * sizeof *p);
    return vf_load_f32(lanes);
}
V_INLINE vf vf_load_part_i16(const int16_t *p, size_t n)
{
    int16_t lanes[V_LANES] = {0};
    memcpy(lanes, p, n * sizeof *p);
    return vf_load_i16(lanes);
}
V_INLINE vf vf_load_part_i8(const int8_t *p, size_t n)
{
    int8_t lanes[V_LANES] = {0};
    memcpy(lanes, p, n * sizeof *p);
    return vf_load_i8(lanes);
}
V_INLINE void vf_store_f32(float *p, vf a)
{
    vst1q_f32(p, a);
}
V_INLINE void vf_store_part_f32(float *p, vf a, size_t n)
{
    float lanes[V_LANES];
    vf_store_f32(lanes, a);
    memcpy(p, lanes, n * sizeof *p);
}
V_INLINE void vf_store_pairs(float *p, vf re, vf im)
{
    vst2q_f32(p, (float32x4x2_t){{re, im}});
}
V_INLINE void vf_store_pairs_part(float *p, vf re, vf im, size_t n)
{
    float pairs[2 * V_LANES];
    vf_store_pairs(pairs, re, im);
    memcpy(p, pairs, 2 * n * sizeof *p);
}

V_INLINE vi vi_load(const void *p)
{
    return vreinterpretq_s32_u32(vld1q_u32((const uint32_t *)p));
}
V_INLINE vi vi_set1(int32_t a)
{
    return vdupq_n_s32(a);
}
V_INLINE vi vi_add(vi a, vi b)
{
    return vaddq_s32(a, b);
}
V_INLINE vi vi_sub(vi a, vi b)
{
    return vsubq_s32(a, b);
}
V_INLINE vi vi_and(vi a, vi b)
{
    return vandq_s32(a, b);
}
V_INLINE vi vi_shift_left(vi a, int bits)
{
    return vshlq_s32(a, vdupq_n_s32(bits));
}
V_INLINE vm vi_test(vi a, int32_t bit)
{
    return vtstq_s32(a, vdupq_n_s32(bit));
}

V_INLINE unsigned vm_bits(vm mask)
{
    const uint32x4_t bit = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(mask, bit));
}
V_INLINE vi vi_from_vf(vf a)
{
    return vcvtq_s32_f32(a);
}
V_INLINE void vi_store_i16(int16_t *p, vi a, size_t n)
{
    int16_t lanes[V_LANES];
    vst1_s16(lanes, vmovn_s32(a));
    memcpy(p, lanes, n * sizeof *p);
}
V_INLINE void vi_store_i8(int8_t *p, vi a, size_t n)
{
    const int16x4_t half = vmovn_s32(a);
    int8_t lanes[2 * V_LANES];
    vst1_s8(lanes, vmovn_s16(vcombine_s16(half, half)));
    memcpy(p, lanes, n * sizeof *p);
}

V_INLINE void vi_store(void *p, vi a)
{
    vst1q_s32(p, a);
}
V_INLINE vi vi_shift_right(vi a, int bits)
{
    return vshlq_s32(a, vdupq_n_s32(-bits));
}
V_INLINE void vi_sum4(const vi *a, int32_t *to)
{
    vst1q_s32(to, vpaddq_s32(vpaddq_s32(a[0], a[1]), vpaddq_s32(a[2], a[3])));
}
V_INLINE vi vi_load_bytes(const void *p, size_t n)
{
    int32_t lanes[V_LANES] = {0};
    memcpy(lanes, p, n);
    return vi_load(lanes);
}
V_INLINE vi vi_load_pairs_i8(const cph_c8 *p)
{
    return vreinterpretq_s32_s16(vmovl_s8(vld1_s8((const int8_t *)p)));
}
V_INLINE vi vi_load_part_pairs_i8(const cph_c8 *p, size_t n)
{
    cph_c8 lanes[V_LANES] = {{0, 0}};
    memcpy(lanes, p, n * sizeof *p);
    return vi_load_pairs_i8(lanes);
}
V_INLINE vi vi_dot16(vi sum, vi x, vi w)
{
    const int16x8_t a = vreinterpretq_s16_s32(x), b = vreinterpretq_s16_s32(w);
    const int32x4_t low = vmull_s16(vget_low_s16(a), vget_low_s16(b));
    return vaddq_s32(sum, vpaddq_s32(low, vmull_high_s16(a, b)));
}
#ifdef __ARM_FEATURE_DOTPROD
V_INLINE vi vi_dot8_sample(vi x)
{
    return x;
}
V_INLINE vi vi_dot8_start(const int32_t *start)
{
    (void)start;
    return vdupq_n_s32(0);
}
V_INLINE int32_t vi_dot8_bias(int64_t sum, int32_t start)
{
    (void)start;
    return (int32_t)sum;
}
V_INLINE vi vi_dot8(vi sum, vi x, vi w)
{
    return vdotq_s32(sum, vreinterpretq_s8_s32(x), vreinterpretq_s8_s32(w));
}
#endif

/* A part as float has its BF16 on top: im stays there, re goes below. */
V_INLINE vi vi_bf16_pairs(vi a)
{
    const float32x4_t re = vcvtq_f32_s32(vshrq_n_s32(vshlq_n_s32(a, 16), 16));
    const float32x4_t im = vcvtq_f32_s32(vshrq_n_s32(a, 16));
    return vreinterpretq_s32_u32(
        vsriq_n_u32(vreinterpretq_u32_f32(im), vreinterpretq_u32_f32(re), 16));
}
#include "kernels/simd/vec_requantise.h"

V_INLINE vh vh_set1(double a)
{
    return vdupq_n_f64(a);
}
V_INLINE vh vh_fma(vh a, vh b, vh c)
{
    return vfmaq_f64(c, a, b);
}
V_INLINE vh vh_round(vh a)
{
    return vrndnq_f64(a);
}
#include "kernels/simd/vec_halves.h"

V_INLINE vd vd_from_vf(vf a)
{
    return (vd){vcvt_f64_f32(vget_low_f32(a)), vcvt_high_f64_f32(a)};
}
V_INLINE vi vd_low(vd a)
{
    return vuzp1q_s32(vreinterpretq_s32_f64(a.lo), vreinterpretq_s32_f64(a.hi));
}
V_INLINE vi vd_turns(vd a)
{
    return vd_low(vd_fractions(a));
}

#endif
