/* SPDX-License-Identifier: MIT */
/** @file byte_neon.h
 *  16 bytes of AArch64's Advanced SIMD: see byte.h. */
#ifndef COPHASE_SIMD_BYTE_NEON_H
#define COPHASE_SIMD_BYTE_NEON_H

#include <arm_neon.h>

#include "kernels/simd/byte.h"

typedef uint8x16_t vb;

V_INLINE size_t vb_bytes(size_t part)
{
    (void)part;
    return sizeof(vb);
}
V_INLINE vb vb_zero(void)
{
    return vdupq_n_u8(0);
}
V_INLINE vb vb_load(size_t part, const void *p)
{
    (void)part;
    return vld1q_u8(p);
}
V_INLINE void vb_store(size_t part, void *p, vb a)
{
    (void)part;
    vst1q_u8(p, a);
}
V_INLINE vb vb_load_part(size_t part, const void *p, size_t bytes)
{
    unsigned char lanes[sizeof(vb)] = {0};
    memcpy(lanes, p, bytes);
    return vb_load(part, lanes);
}
V_INLINE void vb_store_part(size_t part, void *p, vb a, size_t bytes)
{
    unsigned char lanes[sizeof(vb)];
    vb_store(part, lanes, a);
    memcpy(p, lanes, bytes);
}
V_INLINE vb vb_swap(size_t part, vb a)
{
    return part == 4 ? vrev32q_u8(a) : part == 2 ? vrev16q_u8(a) : a;
}
V_INLINE uint16x8_t as_u16(vb a)
{
    return vreinterpretq_u16_u8(a);
}
V_INLINE uint32x4_t as_u32(vb a)
{
    return vreinterpretq_u32_u8(a);
}
V_INLINE void vb_zip(size_t part, vb a, vb b, vb *low, vb *high)
{
    *low = part == 4   ? vreinterpretq_u8_u32(vzip1q_u32(as_u32(a), as_u32(b)))
           : part == 2 ? vreinterpretq_u8_u16(vzip1q_u16(as_u16(a), as_u16(b)))
                       : vzip1q_u8(a, b);
    *high = part == 4   ? vreinterpretq_u8_u32(vzip2q_u32(as_u32(a), as_u32(b)))
            : part == 2 ? vreinterpretq_u8_u16(vzip2q_u16(as_u16(a), as_u16(b)))
                        : vzip2q_u8(a, b);
}
V_INLINE void vb_unzip(size_t part, vb low, vb high, vb *a, vb *b)
{
    *a = part == 4   ? vreinterpretq_u8_u32(vuzp1q_u32(as_u32(low), as_u32(high)))
         : part == 2 ? vreinterpretq_u8_u16(vuzp1q_u16(as_u16(low), as_u16(high)))
                     : vuzp1q_u8(low, high);
    *b = part == 4   ? vreinterpretq_u8_u32(vuzp2q_u32(as_u32(low), as_u32(high)))
         : part == 2 ? vreinterpretq_u8_u16(vuzp2q_u16(as_u16(low), as_u16(high)))
                     : vuzp2q_u8(low, high);
}

V_INLINE vb vb_transpose_bits(vb a)
{
    uint64x2_t x = vreinterpretq_u64_u8(a);
    uint64x2_t t = vandq_u64(veorq_u64(x, vshrq_n_u64(x, 7)), vdupq_n_u64(0x00aa00aa00aa00aa));
    x = veorq_u64(x, veorq_u64(t, vshlq_n_u64(t, 7)));
    t = vandq_u64(veorq_u64(x, vshrq_n_u64(x, 14)), vdupq_n_u64(0x0000cccc0000cccc));
    x = veorq_u64(x, veorq_u64(t, vshlq_n_u64(t, 14)));
    t = vandq_u64(veorq_u64(x, vshrq_n_u64(x, 28)), vdupq_n_u64(0x00000000f0f0f0f0));
    return vreinterpretq_u8_u64(veorq_u64(x, veorq_u64(t, vshlq_n_u64(t, 28))));
}

#endif
