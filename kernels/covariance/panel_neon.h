/* SPDX-License-Identifier: MIT */
/** @file panel_neon.h
 *  Four lanes of AArch64's Advanced SIMD: see panel_avx2.h. */
#ifndef COPHASE_COVARIANCE_PANEL_NEON_H
#define COPHASE_COVARIANCE_PANEL_NEON_H

#include "cophase/types.h"
#include "kernels/simd/vec_neon.h"

V_INLINE vi panel_step(const cph_c8 *p, const cph_c8 *q)
{
    const int16x4_t a = vreinterpret_s16_s8(vld1_s8((const int8_t *)p));
    const int16x4_t b = vreinterpret_s16_s8(vld1_s8((const int8_t *)q));
    const int16x4x2_t both = vzip_s16(a, b);
    return vreinterpretq_s32_s16(vcombine_s16(both.val[0], both.val[1]));
}
V_INLINE vi panel_turn8(vi x)
{
    const int8x16_t swapped = vrev16q_s8(vreinterpretq_s8_s32(x));
    return veorq_s32(vreinterpretq_s32_s8(swapped), vdupq_n_s32(0x00ff00ff));
}
V_INLINE vi panel_sum8(vi x)
{
    return vpaddlq_s16(vpaddlq_s8(vreinterpretq_s8_s32(x)));
}
V_INLINE vi panel_pairs(const cph_c8 *p)
{
    return vreinterpretq_s32_s16(vmovl_s8(vld1_s8((const int8_t *)p)));
}
V_INLINE vi panel_turn16(vi x)
{
    const int16x8_t swapped = vrev32q_s16(vreinterpretq_s16_s32(x));
    const int16x8_t low = vreinterpretq_s16_s32(vdupq_n_s32(0x0000ffff));
    return vreinterpretq_s32_s16(vsubq_s16(veorq_s16(swapped, low), low));
}
V_INLINE vi panel_low16(vi x)
{
    return vreinterpretq_s32_s16(vshrq_n_s16(vshlq_n_s16(vreinterpretq_s16_s32(x), 8), 8));
}
/* The high byte, and one more where the low one is negative. */
V_INLINE vi panel_high16(vi x)
{
    const int16x8_t borrow = vshrq_n_s16(vshlq_n_s16(vreinterpretq_s16_s32(x), 8), 15);
    return vreinterpretq_s32_s16(vsubq_s16(vshrq_n_s16(vreinterpretq_s16_s32(x), 8), borrow));
}
V_INLINE void panel_store(void *p, vi x, vi y)
{
    const int32x4x2_t pairs = {{x, y}};
    vst2q_s32(p, pairs);
}

#endif
