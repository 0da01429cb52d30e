/* SPDX-License-Identifier: MIT */
/** @file pair_neon.h
 *  Four lanes of AArch64's Advanced SIMD: see pair.h. */
#ifndef COPHASE_SIMD_PAIR_NEON_H
#define COPHASE_SIMD_PAIR_NEON_H

#include "kernels/simd/vec_neon.h"

#include "kernels/simd/pair.h"

typedef int32x4_t vp;
typedef struct vq {
    uint64x2_t low, high; /* sums of the lanes 01 and 23 */
} vq;

V_INLINE vp vp_zero(void)
{
    return vdupq_n_s32(0);
}
V_INLINE vp vp_load_i8(const int8_t *p)
{
    return vi_load_pairs_i8((const cph_c8 *)p);
}
V_INLINE vp vp_load_i16(const int16_t *p)
{
    return vreinterpretq_s32_s16(vld1q_s16(p));
}
V_INLINE vp vp_load_part_i8(const int8_t *p, size_t n)
{
    return vi_load_part_pairs_i8((const cph_c8 *)p, n);
}
V_INLINE vp vp_load_part_i16(const int16_t *p, size_t n)
{
    int16_t lanes[2 * V_LANES] = {0};
    memcpy(lanes, p, 2 * n * sizeof *p);
    return vp_load_i16(lanes);
}
V_INLINE vi vp_re(vp a)
{
    return vshrq_n_s32(vshlq_n_s32(a, 16), 16);
}
V_INLINE vi vp_im(vp a)
{
    return vshrq_n_s32(a, 16);
}
V_INLINE vi vp_power(vp a)
{
    const int16x8_t x = vreinterpretq_s16_s32(a);
    return vpaddq_s32(vmull_s16(vget_low_s16(x), vget_low_s16(x)), vmull_high_s16(x, x));
}
V_INLINE vp vp_add(vp a, vp b)
{
    return vreinterpretq_s32_s16(vaddq_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b)));
}
/* Folded, a < 0 becomes -1 - a, so that a part is at a limit where it equals the upper one. */
V_INLINE vm vp_inside(vp a, int16_t upper)
{
    const int16x8_t x = vreinterpretq_s16_s32(a);
    const int16x8_t folded = veorq_s16(x, vshrq_n_s16(x, 15));
    return vceqzq_u32(vreinterpretq_u32_u16(vceqq_s16(folded, vdupq_n_s16(upper))));
}
V_INLINE vi vi_count(vi count, vm mask)
{
    return vsubq_s32(count, vreinterpretq_s32_u32(mask));
}

V_INLINE vq vq_zero(void)
{
    return (vq){vdupq_n_u64(0), vdupq_n_u64(0)};
}
V_INLINE vq vq_add(vq sum, vi a)
{
    const uint32x4_t x = vreinterpretq_u32_s32(a);
    return (vq){vaddw_u32(sum.low, vget_low_u32(x)), vaddw_high_u32(sum.high, x)};
}
V_INLINE void vq_store(uint64_t *p, vq sum)
{
    vst1q_u64(p, sum.low);
    vst1q_u64(p + 2, sum.high);
}

#endif
