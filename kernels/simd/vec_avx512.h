/* SPDX-License-Identifier: MIT */
/** @file vec_avx512.h
 *  Sixteen lanes of AVX-512 (F, BW, DQ, VL): see vec.h. Masks live in mask registers, and tails are
 *  masked loads and stores, which touch no byte of a lane that is off. */
#ifndef COPHASE_SIMD_VEC_AVX512_H
#define COPHASE_SIMD_VEC_AVX512_H

#include <immintrin.h>
#include <string.h>

#include "cophase/types.h"
#include "kernels/simd/vec.h"

enum { V_LANES = 16, V_REGISTERS = 32 };
typedef __m512 vf;
typedef __m512i vi;
typedef __mmask16 vm;
typedef __m512d vh; /* half a vd */

/* The first n <= 16 lanes; all of them are a constant. */
V_INLINE __mmask16 first_lanes(size_t n)
{
    return (__mmask16)((1u << n) - 1);
}

V_INLINE vf vf_zero(void)
{
    return _mm512_setzero_ps();
}
V_INLINE vf vf_set1(float a)
{
    return _mm512_set1_ps(a);
}
V_INLINE vf vf_add(vf a, vf b)
{
    return _mm512_add_ps(a, b);
}
V_INLINE vf vf_sub(vf a, vf b)
{
    return _mm512_sub_ps(a, b);
}
V_INLINE vf vf_mul(vf a, vf b)
{
    return _mm512_mul_ps(a, b);
}
V_INLINE vf vf_fma(vf a, vf b, vf c)
{
    return _mm512_fmadd_ps(a, b, c);
}
V_INLINE vf vf_fnma(vf a, vf b, vf c)
{
    return _mm512_fnmadd_ps(a, b, c);
}
V_INLINE vf vf_from_vi(vi a)
{
    return _mm512_cvtepi32_ps(a);
}
V_INLINE vf vf_select(vm mask, vf a, vf b)
{
    return _mm512_mask_blend_ps(mask, b, a);
}
V_INLINE vf vf_flip(vi bits, vf a)
{
    /* 0x78: first ^ (second & third) */
    return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(_mm512_castps_si512(a), bits,
                                                         _mm512_set1_epi32(INT32_MIN), 0x78));
}
V_INLINE vf vf_min(vf a, vf b)
{
    return _mm512_min_ps(a, b);
}
V_INLINE vf vf_max(vf a, vf b)
{
    return _mm512_max_ps(a, b);
}
V_INLINE vf vf_div(vf a, vf b)
{
    return _mm512_div_ps(a, b);
}
V_INLINE vf vf_sqrt(vf a)
{
    return _mm512_sqrt_ps(a);
}
V_INLINE vm vf_above(vf a, vf b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ);
}
/* Four lanes by four within quarters, as vec_avx2.h does within halves; then quarters: q of vector
 * 4 g + i goes to quarter g of vector 4 q + i. */
V_INLINE void vf_transpose(vf a[V_LANES])
{
    vf t[V_LANES];
    V_UNROLL
    for (size_t g = 0; g < V_LANES; g += 4) {
        const __m512d lo = _mm512_castps_pd(_mm512_unpacklo_ps(a[g], a[g + 1]));
        const __m512d hi = _mm512_castps_pd(_mm512_unpackhi_ps(a[g], a[g + 1]));
        const __m512d lo2 = _mm512_castps_pd(_mm512_unpacklo_ps(a[g + 2], a[g + 3]));
        const __m512d hi2 = _mm512_castps_pd(_mm512_unpackhi_ps(a[g + 2], a[g + 3]));
        t[g] = _mm512_castpd_ps(_mm512_unpacklo_pd(lo, lo2));
        t[g + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(lo, lo2));
        t[g + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(hi, hi2));
        t[g + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(hi, hi2));
    }
    V_UNROLL
    for (size_t i = 0; i < 4; i++) {
        const vf even = _mm512_shuffle_f32x4(t[i], t[4 + i], 0x88);
        const vf odd = _mm512_shuffle_f32x4(t[i], t[4 + i], 0xdd);
        const vf even2 = _mm512_shuffle_f32x4(t[8 + i], t[12 + i], 0x88);
        const vf odd2 = _mm512_shuffle_f32x4(t[8 + i], t[12 + i], 0xdd);
        a[i] = _mm512_shuffle_f32x4(even, even2, 0x88);
        a[4 + i] = _mm512_shuffle_f32x4(odd, odd2, 0x88);
        a[8 + i] = _mm512_shuffle_f32x4(even, even2, 0xdd);
        a[12 + i] = _mm512_shuffle_f32x4(odd, odd2, 0xdd);
    }
}
/* Two pairs by two within quarters; then quarters: q of vector 2 g + i goes to quarter g of vector
 * 2 q + i. */
V_INLINE void vf_transpose_pairs(vf a[V_LANES / 2])
{
    vf t[V_LANES / 2];
    V_UNROLL
    for (size_t g = 0; g < V_LANES / 2; g += 2) {
        const __m512d x = _mm512_castps_pd(a[g]), y = _mm512_castps_pd(a[g + 1]);
        t[g] = _mm512_castpd_ps(_mm512_unpacklo_pd(x, y));
        t[g + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(x, y));
    }
    V_UNROLL
    for (size_t i = 0; i < 2; i++) {
        const vf even = _mm512_shuffle_f32x4(t[i], t[2 + i], 0x88);
        const vf odd = _mm512_shuffle_f32x4(t[i], t[2 + i], 0xdd);
        const vf even2 = _mm512_shuffle_f32x4(t[4 + i], t[6 + i], 0x88);
        const vf odd2 = _mm512_shuffle_f32x4(t[4 + i], t[6 + i], 0xdd);
        a[i] = _mm512_shuffle_f32x4(even, even2, 0x88);
        a[2 + i] = _mm512_shuffle_f32x4(odd, odd2, 0x88);
        a[4 + i] = _mm512_shuffle_f32x4(even, even2, 0xdd);
        a[6 + i] = _mm512_shuffle_f32x4(odd, odd2, 0xdd);
    }
}
V_INLINE vm vf_equal(vf a, vf b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ);
}
V_INLINE vf vf_keep(vm mask, vf a)
{
    return _mm512_maskz_mov_ps(mask, a);
}
V_INLINE vf vf_and(vi bits, vf a)
{
    return _mm512_and_ps(a, _mm512_castsi512_ps(bits));
}
V_INLINE float vf_sum(vf a)
{
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    __m128 sum = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
    return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}
/* Of a, b, c, d the sums a b c d of each quarter. */
V_INLINE vf sum_quarters(const vf a[4])
{
    const __m512d ab = _mm512_castps_pd(
        _mm512_add_ps(_mm512_unpacklo_ps(a[0], a[1]), _mm512_unpackhi_ps(a[0], a[1])));
    const __m512d cd = _mm512_castps_pd(
        _mm512_add_ps(_mm512_unpacklo_ps(a[2], a[3]), _mm512_unpackhi_ps(a[2], a[3])));
    return _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd)),
                         _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd)));
}
/* Even and odd quarters of a, then of b. */
V_INLINE vf sum_of_quarters(vf a, vf b)
{
    return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
}
V_INLINE vf vf_sum_each(const vf a[V_LANES])
{
    return sum_of_quarters(sum_of_quarters(sum_quarters(a), sum_quarters(a + 4)),
                           sum_of_quarters(sum_quarters(a + 8), sum_quarters(a + 12)));
}
V_INLINE float vf_sum_alternating(vf a)
{
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    __m128 sum = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
    return _mm_cvtss_f32(_mm_sub_ss(sum, _mm_movehdup_ps(sum)));
}
V_INLINE vf vf_swap_pairs(vf a)
{
    return _mm512_permute_ps(a, 0xb1);
}
V_INLINE vf vf_in_register(vf a)
{
    __asm__("" : "+v"(a));
    return a;
}
V_INLINE vf vf_load_f32(const float *p)
{
    return _mm512_loadu_ps(p);
}
V_INLINE vf vf_load_pair(const float *p, size_t lane)
{
    double pair;
    (void)lane;
    memcpy(&pair, p, sizeof pair);
    return _mm512_castpd_ps(_mm512_set1_pd(pair));
}
V_INLINE vf vf_load_swapped(const float *p, size_t lane)
{
    (void)lane;
    return _mm512_permute_ps(vf_load_f32(p), 0xb1);
}
V_INLINE vf vf_load_i16(const int16_t *p)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)p)));
}
V_INLINE vf vf_load_i8(const int8_t *p)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)p)));
}
V_INLINE vf vf_load_part_f32(const float *p, size_t n)
{
    return _mm512_maskz_loadu_ps(first_lanes(n), p);
}
V_INLINE vf vf_load_part_i16(const int16_t *p, size_t n)
{
    const __m256i lanes = _mm256_maskz_loadu_epi16(first_lanes(n), p);
    return _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(lanes));
}
V_INLINE vf vf_load_part_i8(const int8_t *p, size_t n)
{
    const __m128i lanes = _mm_maskz_loadu_epi8(first_lanes(n), p);
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(lanes));
}
V_INLINE void vf_store_f32(float *p, vf a)
{
    _mm512_storeu_ps(p, a);
}
V_INLINE void vf_store_part_f32(float *p, vf a, size_t n)
{
    _mm512_mask_storeu_ps(p, first_lanes(n), a);
}
/* Unpacking works within quarters. Lanes of re 0189 23ab 45cd 67ef, of im the same primed, give
 * 00'11' 22'33' 44'55' 66'77' and 88'99' aa'bb' cc'dd' ee'ff'. */
V_INLINE void vf_store_pairs(float *p, vf re, vf im)
{
    _mm512_storeu_ps(p, _mm512_unpacklo_ps(re, im));
    _mm512_storeu_ps(p + 16, _mm512_unpackhi_ps(re, im));
}
V_INLINE void vf_store_pairs_part(float *p, vf re, vf im, size_t n)
{
    const uint32_t parts = (uint32_t)((UINT64_C(1) << 2 * n) - 1);
    _mm512_mask_storeu_ps(p, (__mmask16)(parts & 0xffffu), _mm512_unpacklo_ps(re, im));
    _mm512_mask_storeu_ps(p + 16, (__mmask16)(parts >> 16), _mm512_unpackhi_ps(re, im));
}

V_INLINE vi vi_load(const void *p)
{
    return _mm512_loadu_si512(p);
}
V_INLINE vi vi_set1(int32_t a)
{
    return _mm512_set1_epi32(a);
}
V_INLINE vi vi_add(vi a, vi b)
{
    return _mm512_add_epi32(a, b);
}
V_INLINE vi vi_sub(vi a, vi b)
{
    return _mm512_sub_epi32(a, b);
}
V_INLINE vi vi_and(vi a, vi b)
{
    return _mm512_and_si512(a, b);
}
V_INLINE vi vi_shift_left(vi a, int bits)
{
    return _mm512_slli_epi32(a, (unsigned)bits);
}
V_INLINE vm vi_test(vi a, int32_t bit)
{
    return _mm512_test_epi32_mask(a, _mm512_set1_epi32(bit));
}
V_INLINE unsigned vm_bits(vm mask)
{
    return mask;
}
V_INLINE vi vi_from_vf(vf a)
{
    return _mm512_cvttps_epi32(a);
}
/* Narrowing in a register and a masked store: the instruction that does both is microcoded on
 * some processors. */
V_INLINE void vi_store_i16(int16_t *p, vi a, size_t n)
{
    _mm256_mask_storeu_epi16(p, first_lanes(n), _mm512_cvtsepi32_epi16(a));
}
V_INLINE void vi_store_i8(int8_t *p, vi a, size_t n)
{
    _mm_mask_storeu_epi8(p, first_lanes(n), _mm512_cvtsepi32_epi8(a));
}

V_INLINE void vi_store(void *p, vi a)
{
    _mm512_storeu_si512(p, a);
}
V_INLINE vi vi_shift_right(vi a, unsigned bits)
{
    return _mm512_srai_epi32(a, bits);
}
V_INLINE vi vi_load_bytes(const void *p, size_t n)
{
    return _mm512_maskz_loadu_epi8((UINT64_C(1) << n) - 1, p);
}
V_INLINE vi vi_load_pairs_i8(const cph_c8 *p)
{
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)p));
}
V_INLINE vi vi_load_part_pairs_i8(const cph_c8 *p, size_t n)
{
    return _mm512_cvtepi8_epi16(
        _mm256_maskz_loadu_epi8((__mmask32)((UINT64_C(1) << 2 * n) - 1), p));
}
/* A sum that a loop carries has a name of this type alone: GCC keeps one of the builtin's own type
 * beside it, each in a register. */
V_INLINE vi vi_settled(vi a)
{
    __asm__("" : "+v"(a));
    return a;
}
#ifdef __AVX512VNNI__
V_INLINE vi vi_dot16(vi sum, vi x, vi w)
{
    return vi_settled(_mm512_dpwssd_epi32(sum, x, w));
}
/* VPDPBUSD takes samples as unsigned: x + 128, made up for by starting at -128 sum w. */
V_INLINE vi vi_dot8_sample(vi x)
{
    return _mm512_xor_si512(x, _mm512_set1_epi8(INT8_MIN));
}
V_INLINE vi vi_dot8_start(const int32_t *start)
{
    return _mm512_loadu_si512(start);
}
V_INLINE int32_t vi_dot8_bias(int64_t sum, int32_t start)
{
    return (int32_t)((uint32_t)sum + (uint32_t)start);
}
V_INLINE vi vi_dot8(vi sum, vi x, vi w)
{
    return vi_settled(_mm512_dpbusd_epi32(sum, x, w));
}
#else
V_INLINE vi vi_dot16(vi sum, vi x, vi w)
{
    return vi_settled(_mm512_add_epi32(sum, _mm512_madd_epi16(x, w)));
}
#endif

V_INLINE vf vf_from_bits(vi a)
{
    return _mm512_castsi512_ps(a);
}
/* A part as float has its BF16 on top: im stays there, re goes below. */
V_INLINE vi vi_bf16_pairs(vi a)
{
    const __m512 re = _mm512_cvtepi32_ps(_mm512_srai_epi32(_mm512_slli_epi32(a, 16), 16));
    const __m512 im = _mm512_cvtepi32_ps(_mm512_srai_epi32(a, 16));
    return _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(_mm512_castps_si512(re), 16),
                                   _mm512_castps_si512(im));
}
#ifdef __AVX512BF16__
V_INLINE vi vi_dot_bf16(vi sum, vi x, vi w)
{
    return vi_settled(
        _mm512_castps_si512(_mm512_dpbf16_ps(_mm512_castsi512_ps(sum), (__m512bh)x, (__m512bh)w)));
}
#endif

V_INLINE __m256i requantise_half(__m256i hi, __m256i lo, __m256i m, __m256i k, int32_t low)
{
    const __m512i one = _mm512_set1_epi64(1), shift = _mm512_cvtepi32_epi64(k);
    const __m512i sum = _mm512_add_epi64(_mm512_slli_epi64(_mm512_cvtepi32_epi64(hi), 16),
                                         _mm512_cvtepi32_epi64(lo));
    const __m512i half = _mm512_sllv_epi64(one, _mm512_sub_epi64(shift, one));
    const __m512i product = _mm512_mullo_epi64(sum, _mm512_cvtepi32_epi64(m));
    const __m512i y = _mm512_srav_epi64(_mm512_add_epi64(product, half), shift);
    const __m512i above = _mm512_max_epi64(y, _mm512_set1_epi64(low));
    return _mm512_cvtepi64_epi32(_mm512_min_epi64(above, _mm512_set1_epi64(-1 - low)));
}
V_INLINE vi vi_requantise(vi hi, vi lo, const int32_t *m, const int32_t *k, int32_t low)
{
    const __m512i by = _mm512_loadu_si512(m), shift = _mm512_loadu_si512(k);
    const __m256i first =
        requantise_half(_mm512_castsi512_si256(hi), _mm512_castsi512_si256(lo),
                        _mm512_castsi512_si256(by), _mm512_castsi512_si256(shift), low);
    const __m256i second =
        requantise_half(_mm512_extracti64x4_epi64(hi, 1), _mm512_extracti64x4_epi64(lo, 1),
                        _mm512_extracti64x4_epi64(by, 1), _mm512_extracti64x4_epi64(shift, 1), low);
    return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
}

/* Four vectors to the sums of their lanes: pairs of vectors interleave and add, halves add.
 *     a0 b0 a1 b1 + a2 b2 a3 b3 = a b a b;  a b a b, c d c d  to  a b c d a b c d */
V_INLINE void vi_sum4(const vi *a, int32_t *to)
{
    const __m512i ab =
        _mm512_add_epi32(_mm512_unpacklo_epi32(a[0], a[1]), _mm512_unpackhi_epi32(a[0], a[1]));
    const __m512i cd =
        _mm512_add_epi32(_mm512_unpacklo_epi32(a[2], a[3]), _mm512_unpackhi_epi32(a[2], a[3]));
    const __m512i all =
        _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    const __m256i half =
        _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
    const __m128i sum =
        _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    _mm_storeu_si128((__m128i *)to, sum);
}
V_INLINE vh vh_set1(double a)
{
    return _mm512_set1_pd(a);
}
V_INLINE vh vh_fma(vh a, vh b, vh c)
{
    return _mm512_fmadd_pd(a, b, c);
}
V_INLINE vh vh_round(vh a)
{
    return _mm512_roundscale_pd(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
#include "kernels/simd/vec_halves.h"

V_INLINE vd vd_from_vf(vf a)
{
    return (vd){_mm512_cvtps_pd(_mm512_castps512_ps256(a)),
                _mm512_cvtps_pd(_mm512_extractf32x8_ps(a, 1))};
}
/* Even words of doubles 01 23 45 67 and 89 ab cd ef: 0189 23ab 45cd 67ef. */
V_INLINE vi vd_low(vd a)
{
    return _mm512_castps_si512(
        _mm512_shuffle_ps(_mm512_castpd_ps(a.lo), _mm512_castpd_ps(a.hi), 0x88));
}
V_INLINE vi vd_turns(vd a)
{
    return vd_low(vd_fractions(a));
}

#endif
