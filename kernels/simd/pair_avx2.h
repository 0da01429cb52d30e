/* SPDX-License-Identifier: MIT */
/** @file pair_avx2.h
 *  Eight lanes of AVX2: see pair.h. */
#ifndef COPHASE_SIMD_PAIR_AVX2_H
#define COPHASE_SIMD_PAIR_AVX2_H

#include "kernels/simd/vec_avx2.h"

#include "kernels/simd/pair.h"

typedef __m256i vp;
typedef struct vq {
    __m256i even, odd; /* sums of the lanes 0246 and 1357 */
} vq;

V_INLINE vp vp_zero(void)
{
    return _mm256_setzero_si256();
}
V_INLINE vp vp_load_i8(const int8_t *p)
{
    return vi_load_pairs_i8((const cph_c8 *)p);
}
V_INLINE vp vp_load_i16(const int16_t *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}
V_INLINE vp vp_load_part_i8(const int8_t *p, size_t n)
{
    return vi_load_part_pairs_i8((const cph_c8 *)p, n);
}
V_INLINE vp vp_load_part_i16(const int16_t *p, size_t n)
{
    return _mm256_maskload_epi32((const int *)(const void *)p, first_lanes(n));
}
V_INLINE vi vp_re(vp a)
{
    return _mm256_madd_epi16(a, _mm256_set1_epi32(1));
}
V_INLINE vi vp_im(vp a)
{
    return _mm256_srai_epi32(a, 16);
}
V_INLINE vi vp_power(vp a)
{
    return _mm256_madd_epi16(a, a);
}
V_INLINE vp vp_add(vp a, vp b)
{
    return _mm256_add_epi16(a, b);
}
/* Folded, a < 0 becomes -1 - a, so that a part is at a limit where it equals the upper one; the
 * distance to 2^15 added, its top bit is set there alone. */
V_INLINE vm vp_inside(vp a, int16_t upper)
{
    const __m256i folded = _mm256_xor_si256(a, _mm256_srai_epi16(a, 15));
    const __m256i top = _mm256_add_epi16(folded, _mm256_set1_epi16((short)(0x8000 - upper)));
    const __m256i bits = _mm256_and_si256(top, _mm256_set1_epi16(INT16_MIN));
    return _mm256_cmpeq_epi32(bits, _mm256_setzero_si256());
}
V_INLINE vi vi_count(vi count, vm mask)
{
    return _mm256_sub_epi32(count, mask);
}

V_INLINE vq vq_zero(void)
{
    return (vq){_mm256_setzero_si256(), _mm256_setzero_si256()};
}
V_INLINE vq vq_add(vq sum, vi a)
{
    const __m256i even = _mm256_and_si256(a, _mm256_set1_epi64x(0xffffffff));
    return (vq){_mm256_add_epi64(sum.even, even),
                _mm256_add_epi64(sum.odd, _mm256_srli_epi64(a, 32))};
}
V_INLINE void vq_store(uint64_t *p, vq sum)
{
    const __m256i low = _mm256_unpacklo_epi64(sum.even, sum.odd);  /* 01 45 */
    const __m256i high = _mm256_unpackhi_epi64(sum.even, sum.odd); /* 23 67 */
    _mm256_storeu_si256((__m256i *)p, _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_storeu_si256((__m256i *)p + 1, _mm256_permute2x128_si256(low, high, 0x31));
}

#endif
