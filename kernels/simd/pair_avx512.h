/* SPDX-License-Identifier: MIT */
/** @file pair_avx512.h
 *  Sixteen lanes of AVX-512: see pair.h. */
#ifndef COPHASE_SIMD_PAIR_AVX512_H
#define COPHASE_SIMD_PAIR_AVX512_H

#include "kernels/simd/vec_avx512.h"

#include "kernels/simd/pair.h"

typedef __m512i vp;
typedef struct vq {
    __m512i even, odd; /* sums of the lanes 02..e and 13..f */
} vq;

V_INLINE vp vp_zero(void)
{
    return _mm512_setzero_si512();
}
V_INLINE vp vp_load_i8(const int8_t *p)
{
    return vi_load_pairs_i8((const cph_c8 *)p);
}
V_INLINE vp vp_load_i16(const int16_t *p)
{
    return _mm512_loadu_si512(p);
}
V_INLINE vp vp_load_part_i8(const int8_t *p, size_t n)
{
    return vi_load_part_pairs_i8((const cph_c8 *)p, n);
}
V_INLINE vp vp_load_part_i16(const int16_t *p, size_t n)
{
    return _mm512_maskz_loadu_epi32(first_lanes(n), p);
}
V_INLINE vi vp_re(vp a)
{
    return _mm512_madd_epi16(a, _mm512_set1_epi32(1));
}
V_INLINE vi vp_im(vp a)
{
    return _mm512_srai_epi32(a, 16);
}
V_INLINE vi vp_power(vp a)
{
    return _mm512_madd_epi16(a, a);
}
V_INLINE vp vp_add(vp a, vp b)
{
    return _mm512_add_epi16(a, b);
}
/* Folded, a < 0 becomes -1 - a, so that a part is at a limit where it equals the upper one; the
 * distance to 2^15 added, its top bit is set there alone. */
V_INLINE vm vp_inside(vp a, int16_t upper)
{
    const __m512i folded = _mm512_xor_si512(a, _mm512_srai_epi16(a, 15));
    const __m512i top = _mm512_add_epi16(folded, _mm512_set1_epi16((short)(0x8000 - upper)));
    return _mm512_testn_epi32_mask(top, _mm512_set1_epi16(INT16_MIN));
}
V_INLINE vi vi_count(vi count, vm mask)
{
    return _mm512_mask_add_epi32(count, mask, count, _mm512_set1_epi32(1));
}

V_INLINE vq vq_zero(void)
{
    return (vq){_mm512_setzero_si512(), _mm512_setzero_si512()};
}
V_INLINE vq vq_add(vq sum, vi a)
{
    const __m512i even = _mm512_and_si512(a, _mm512_set1_epi64(0xffffffff));
    return (vq){_mm512_add_epi64(sum.even, even),
                _mm512_add_epi64(sum.odd, _mm512_srli_epi64(a, 32))};
}
V_INLINE void vq_store(uint64_t *p, vq sum)
{
    const __m512i low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
    const __m512i high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    _mm512_storeu_si512(p, _mm512_permutex2var_epi64(sum.even, low, sum.odd));
    _mm512_storeu_si512(p + 8, _mm512_permutex2var_epi64(sum.even, high, sum.odd));
}

#endif
