/* SPDX-License-Identifier: MIT */
/** @file vec_avx2.h
 *  Eight lanes of AVX2 with FMA: see vec.h. */
#ifndef COPHASE_SIMD_VEC_AVX2_H
#define COPHASE_SIMD_VEC_AVX2_H

#include <immintrin.h>
#include <string.h>

#include "cophase/types.h"
#include "kernels/simd/vec.h"

enum { V_LANES = 8, V_REGISTERS = 16 };
typedef __m256 vf;
typedef __m256i vi;
typedef __m256i vm; /* all ones or zeros a lane */
typedef __m256d vh; /* half a vd */

V_INLINE vf vf_zero(void)
{
    return _mm256_setzero_ps();
}
V_INLINE vf vf_set1(float a)
{
    return _mm256_set1_ps(a);
}
V_INLINE vf vf_add(vf a, vf b)
{
    return _mm256_add_ps(a, b);
}
V_INLINE vf vf_sub(vf a, vf b)
{
    return _mm256_sub_ps(a, b);
}
V_INLINE vf vf_mul(vf a, vf b)
{
    return _mm256_mul_ps(a, b);
}
V_INLINE vf vf_fma(vf a, vf b, vf c)
{
    return _mm256_fmadd_ps(a, b, c);
}
V_INLINE vf vf_fnma(vf a, vf b, vf c)
{
    return _mm256_fnmadd_ps(a, b, c);
}
V_INLINE vf vf_from_vi(vi a)
{
    return _mm256_cvtepi32_ps(a);
}
V_INLINE vf vf_select(vm mask, vf a, vf b)
{
    return _mm256_blendv_ps(b, a, _mm256_castsi256_ps(mask));
}
V_INLINE vf vf_flip(vi bits, vf a)
{
    return _mm256_xor_ps(a, _mm256_and_ps(_mm256_castsi256_ps(bits), _mm256_set1_ps(-0.0f)));
}
V_INLINE vf vf_min(vf a, vf b)
{
    return _mm256_min_ps(a, b);
}
V_INLINE vf vf_max(vf a, vf b)
{
    return _mm256_max_ps(a, b);
}
V_INLINE vf vf_div(vf a, vf b)
{
    return _mm256_div_ps(a, b);
}
V_INLINE vf vf_sqrt(vf a)
{
    return _mm256_sqrt_ps(a);
}
V_INLINE vm vf_above(vf a, vf b)
{
    return _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_GT_OQ));
}
/* Four lanes by four within halves, from rows a b c d:
 *     a0 b0 a1 b1, c0 d0 c1 d1  to  a0 b0 c0 d0, a1 b1 c1 d1
 * then halves: h of vector 4 g + i goes to half g of vector 4 h + i. */
V_INLINE void vf_transpose(vf a[V_LANES])
{
    vf t[V_LANES];
    V_UNROLL
    for (size_t g = 0; g < V_LANES; g += 4) {
        const __m256d lo = _mm256_castps_pd(_mm256_unpacklo_ps(a[g], a[g + 1]));
        const __m256d hi = _mm256_castps_pd(_mm256_unpackhi_ps(a[g], a[g + 1]));
        const __m256d lo2 = _mm256_castps_pd(_mm256_unpacklo_ps(a[g + 2], a[g + 3]));
        const __m256d hi2 = _mm256_castps_pd(_mm256_unpackhi_ps(a[g + 2], a[g + 3]));
        t[g] = _mm256_castpd_ps(_mm256_unpacklo_pd(lo, lo2));
        t[g + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(lo, lo2));
        t[g + 2] = _mm256_castpd_ps(_mm256_unpacklo_pd(hi, hi2));
        t[g + 3] = _mm256_castpd_ps(_mm256_unpackhi_pd(hi, hi2));
    }
    V_UNROLL
    for (size_t i = 0; i < 4; i++) {
        a[i] = _mm256_permute2f128_ps(t[i], t[4 + i], 0x20);
        a[4 + i] = _mm256_permute2f128_ps(t[i], t[4 + i], 0x31);
    }
}
/* Two pairs by two within halves, then the halves. */
V_INLINE void vf_transpose_pairs(vf a[V_LANES / 2])
{
    __m256d t[4];
    V_UNROLL
    for (size_t g = 0; g < 4; g += 2) {
        const __m256d x = _mm256_castps_pd(a[g]), y = _mm256_castps_pd(a[g + 1]);
        t[g] = _mm256_unpacklo_pd(x, y);
        t[g + 1] = _mm256_unpackhi_pd(x, y);
    }
    V_UNROLL
    for (size_t i = 0; i < 2; i++) {
        a[i] = _mm256_castpd_ps(_mm256_permute2f128_pd(t[i], t[2 + i], 0x20));
        a[2 + i] = _mm256_castpd_ps(_mm256_permute2f128_pd(t[i], t[2 + i], 0x31));
    }
}
V_INLINE vm vf_equal(vf a, vf b)
{
    return _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_EQ_OQ));
}
V_INLINE vf vf_keep(vm mask, vf a)
{
    return _mm256_and_ps(a, _mm256_castsi256_ps(mask));
}
V_INLINE vf vf_and(vi bits, vf a)
{
    return _mm256_and_ps(a, _mm256_castsi256_ps(bits));
}
V_INLINE float vf_sum(vf a)
{
    __m128 sum = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
    return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}
/* Four at a time, of each half; then the halves. */
V_INLINE vf vf_sum_each(const vf a[V_LANES])
{
    const vf lo = _mm256_hadd_ps(_mm256_hadd_ps(a[0], a[1]), _mm256_hadd_ps(a[2], a[3]));
    const vf hi = _mm256_hadd_ps(_mm256_hadd_ps(a[4], a[5]), _mm256_hadd_ps(a[6], a[7]));
    return _mm256_add_ps(_mm256_permute2f128_ps(lo, hi, 0x20),
                         _mm256_permute2f128_ps(lo, hi, 0x31));
}
V_INLINE float vf_sum_alternating(vf a)
{
    __m128 sum = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
    return _mm_cvtss_f32(_mm_sub_ss(sum, _mm_movehdup_ps(sum)));
}
V_INLINE vf vf_swap_pairs(vf a)
{
    return _mm256_permute_ps(a, 0xb1);
}
V_INLINE vf vf_in_register(vf a)
{
    __asm__("" : "+x"(a));
    return a;
}
V_INLINE vf vf_load_f32(const float *p)
{
    return _mm256_loadu_ps(p);
}
V_INLINE vf vf_load_pair(const float *p, size_t lane)
{
    double pair;
    (void)lane;
    memcpy(&pair, p, sizeof pair);
    return _mm256_castpd_ps(_mm256_set1_pd(pair));
}
V_INLINE vf vf_load_swapped(const float *p, size_t lane)
{
    (void)lane;
    return _mm256_permute_ps(vf_load_f32(p), 0xb1);
}
V_INLINE vf vf_load_i16(const int16_t *p)
{
    return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)p)));
}
V_INLINE vf vf_load_i8(const int8_t *p)
{
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)p)));
}
/* All ones in the first n lanes. */
V_INLINE __m256i first_lanes(size_t n)
{
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lane);
}
V_INLINE vf vf_load_part_f32(const float *p, size_t n)
{
    return _mm256_maskload_ps(p, first_lanes(n));
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
    _mm256_storeu_ps(p, a);
}
V_INLINE void vf_store_part_f32(float *p, vf a, size_t n)
{
    _mm256_maskstore_ps(p, first_lanes(n), a);
}
/* Unpacking works within halves. Lanes of re 0145 2367, of im the same primed, give 00'11' 22'33'
 * and 44'55' 66'77'. */
V_INLINE void vf_store_pairs(float *p, vf re, vf im)
{
    _mm256_storeu_ps(p, _mm256_unpacklo_ps(re, im));
    _mm256_storeu_ps(p + 8, _mm256_unpackhi_ps(re, im));
}
V_INLINE void vf_store_pairs_part(float *p, vf re, vf im, size_t n)
{
    float pairs[2 * V_LANES];
    vf_store_pairs(pairs, re, im);
    memcpy(p, pairs, 2 * n * sizeof *p);
}

V_INLINE vi vi_load(const void *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}
V_INLINE vi vi_set1(int32_t a)
{
    return _mm256_set1_epi32(a);
}
V_INLINE vi vi_add(vi a, vi b)
{
    return _mm256_add_epi32(a, b);
}
V_INLINE vi vi_sub(vi a, vi b)
{
    return _mm256_sub_epi32(a, b);
}
V_INLINE vi vi_and(vi a, vi b)
{
    return _mm256_and_si256(a, b);
}
V_INLINE vi vi_shift_left(vi a, int bits)
{
    return _mm256_slli_epi32(a, bits);
}
V_INLINE vm vi_test(vi a, int32_t bit)
{
    const __m256i b = _mm256_set1_epi32(bit);
    return _mm256_cmpeq_epi32(_mm256_and_si256(a, b), b);
}

V_INLINE unsigned vm_bits(vm mask)
{
    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(mask));
}
V_INLINE vi vi_from_vf(vf a)
{
    return _mm256_cvttps_epi32(a);
}
V_INLINE __m128i narrow_to_i16(vi a)
{
    return _mm_packs_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
}
V_INLINE void vi_store_i16(int16_t *p, vi a, size_t n)
{
    int16_t lanes[V_LANES];
    _mm_storeu_si128((__m128i *)lanes, narrow_to_i16(a));
    memcpy(p, lanes, n * sizeof *p);
}
V_INLINE void vi_store_i8(int8_t *p, vi a, size_t n)
{
    const __m128i half = narrow_to_i16(a);
    int8_t lanes[V_LANES];
    _mm_storel_epi64((__m128i *)lanes, _mm_packs_epi16(half, half));
    memcpy(p, lanes, n * sizeof *p);
}

V_INLINE void vi_store(void *p, vi a)
{
    _mm256_storeu_si256((__m256i *)p, a);
}
V_INLINE vi vi_shift_right(vi a, int bits)
{
    return _mm256_srai_epi32(a, bits);
}
V_INLINE vi vi_load_bytes(const void *p, size_t n)
{
    uint32_t lanes[V_LANES] = {0};
    memcpy(lanes, p, n);
    return vi_load(lanes);
}
V_INLINE vi vi_load_pairs_i8(const cph_c8 *p)
{
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p));
}
V_INLINE vi vi_load_part_pairs_i8(const cph_c8 *p, size_t n)
{
    cph_c8 lanes[V_LANES] = {{0, 0}};
    memcpy(lanes, p, n * sizeof *p);
    return vi_load_pairs_i8(lanes);
}
/* A sum that a loop carries has a name of this type alone: GCC keeps one of the builtin's own type
 * beside it, each in a register. */
V_INLINE vi vi_settled(vi a)
{
    __asm__("" : "+x"(a));
    return a;
}
V_INLINE vi vi_dot16(vi sum, vi x, vi w)
{
    return vi_settled(_mm256_add_epi32(sum, _mm256_madd_epi16(x, w)));
}

/* A part as float has its BF16 on top: im stays there, re goes below. */
V_INLINE vi vi_bf16_pairs(vi a)
{
    const __m256 re = _mm256_cvtepi32_ps(_mm256_srai_epi32(_mm256_slli_epi32(a, 16), 16));
    const __m256 im = _mm256_cvtepi32_ps(_mm256_srai_epi32(a, 16));
    return _mm256_blend_epi16(_mm256_srli_epi32(_mm256_castps_si256(re), 16),
                              _mm256_castps_si256(im), 0xaa);
}
#include "kernels/simd/vec_requantise.h"
/* Four vectors to the sums of their lanes: pairs of vectors interleave and add, halves add.
 *     a0 b0 a1 b1 + a2 b2 a3 b3 = a b a b;  a b a b, c d c d  to  a b c d a b c d */
V_INLINE void vi_sum4(const vi *a, int32_t *to)
{
    const __m256i ab =
        _mm256_add_epi32(_mm256_unpacklo_epi32(a[0], a[1]), _mm256_unpackhi_epi32(a[0], a[1]));
    const __m256i cd =
        _mm256_add_epi32(_mm256_unpacklo_epi32(a[2], a[3]), _mm256_unpackhi_epi32(a[2], a[3]));
    const __m256i all =
        _mm256_add_epi32(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
    const __m128i sum =
        _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
    _mm_storeu_si128((__m128i *)to, sum);
}
V_INLINE vh vh_set1(double a)
{
    return _mm256_set1_pd(a);
}
V_INLINE vh vh_fma(vh a, vh b, vh c)
{
    return _mm256_fmadd_pd(a, b, c);
}
V_INLINE vh vh_round(vh a)
{
    return _mm256_round_pd(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
#include "kernels/simd/vec_halves.h"

V_INLINE vd vd_from_vf(vf a)
{
    return (vd){_mm256_cvtps_pd(_mm256_castps256_ps128(a)),
                _mm256_cvtps_pd(_mm256_extractf128_ps(a, 1))};
}
/* Even words of doubles 01 23 and 45 67: 0145 2367. */
V_INLINE vi vd_low(vd a)
{
    return _mm256_castps_si256(
        _mm256_shuffle_ps(_mm256_castpd_ps(a.lo), _mm256_castpd_ps(a.hi), 0x88));
}
V_INLINE vi vd_turns(vd a)
{
    return vd_low(vd_fractions(a));
}

#endif
