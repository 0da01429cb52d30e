/* SPDX-License-Identifier: MIT */
/** @file panel_avx2.h
 *  What packing panels needs of an instruction set beyond vec_*.h. Every panel_*.h defines, for
 *  V_LANES elements at a time:
 *
 *      panel_step(p, q)        int8 samples of two times: a lane is (re, im, re', im')
 *      panel_turn8(x)          (~im, re, ~im', re')
 *      panel_sum8(x)           the sum of the four int8 of a lane
 *      panel_pairs(p)          int8 samples widened: a lane is int16 (re, im)
 *      panel_turn16(x)         (-im, re); |im| < 2^15
 *      panel_high16, _low16    parts of an int16 x = 256 high + low, -128 <= low <= 127
 *      panel_store(p, x, y)    lanes x0 y0 x1 y1 ... */
#ifndef COPHASE_COVARIANCE_PANEL_AVX2_H
#define COPHASE_COVARIANCE_PANEL_AVX2_H

#include "cophase/types.h"
#include "kernels/simd/vec_avx2.h"

V_INLINE vi panel_step(const cph_c8 *p, const cph_c8 *q)
{
    const __m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
    const __m128i b = _mm_loadu_si128((const __m128i *)(const void *)q);
    return _mm256_set_m128i(_mm_unpackhi_epi16(a, b), _mm_unpacklo_epi16(a, b));
}
V_INLINE vi panel_turn8(vi x)
{
    const __m256i swap = _mm256_broadcastsi128_si256(
        _mm_set_epi8(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1));
    return _mm256_xor_si256(_mm256_shuffle_epi8(x, swap), _mm256_set1_epi16(0x00ff));
}
V_INLINE vi panel_pairs(const cph_c8 *p)
{
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)p));
}
V_INLINE vi panel_turn16(vi x)
{
    const __m256i swapped = _mm256_or_si256(_mm256_slli_epi32(x, 16), _mm256_srli_epi32(x, 16));
    return _mm256_sign_epi16(swapped, _mm256_set1_epi32(0x0001ffff));
}
V_INLINE vi panel_low16(vi x)
{
    return _mm256_srai_epi16(_mm256_slli_epi16(x, 8), 8);
}
/* The high byte, and one more where the low one is negative. */
V_INLINE vi panel_high16(vi x)
{
    const __m256i borrow = _mm256_srai_epi16(_mm256_slli_epi16(x, 8), 15);
    return _mm256_sub_epi16(_mm256_srai_epi16(x, 8), borrow);
}
/* Lanes of x 01234567, y abcdefgh to 0a1b2c3d 4e5f6g7h: the unpacks work within halves. */
V_INLINE void panel_store(void *p, vi x, vi y)
{
    const __m256i low = _mm256_unpacklo_epi32(x, y);  /* 0a1b 4e5f */
    const __m256i high = _mm256_unpackhi_epi32(x, y); /* 2c3d 6g7h */
    __m256i *const to = p;
    _mm256_store_si256(to, _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_store_si256(to + 1, _mm256_permute2x128_si256(low, high, 0x31));
}
V_INLINE vi panel_sum8(vi x)
{
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), x);
    return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

#endif
