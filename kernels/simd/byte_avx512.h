/* SPDX-License-Identifier: MIT */
/** @file byte_avx512.h
 *  64 bytes of AVX-512 (F, BW): see byte.h. */
#ifndef COPHASE_SIMD_BYTE_AVX512_H
#define COPHASE_SIMD_BYTE_AVX512_H

#include <immintrin.h>

#include "kernels/simd/byte.h"

typedef __m512i vb;

V_INLINE size_t vb_bytes(size_t part)
{
    (void)part;
    return sizeof(vb);
}
V_INLINE vb vb_zero(void)
{
    return _mm512_setzero_si512();
}
V_INLINE vb vb_load(size_t part, const void *p)
{
    (void)part;
    return _mm512_loadu_si512(p);
}
V_INLINE void vb_store(size_t part, void *p, vb a)
{
    (void)part;
    _mm512_storeu_si512(p, a);
}
V_INLINE __mmask64 first_bytes(size_t bytes)
{
    return bytes >= sizeof(vb) ? ~UINT64_C(0) : (UINT64_C(1) << bytes) - 1;
}
V_INLINE vb vb_load_part(size_t part, const void *p, size_t bytes)
{
    (void)part;
    return _mm512_maskz_loadu_epi8(first_bytes(bytes), p);
}
V_INLINE void vb_store_part(size_t part, void *p, vb a, size_t bytes)
{
    (void)part;
    _mm512_mask_storeu_epi8(p, first_bytes(bytes), a);
}
V_INLINE vb vb_swap(size_t part, vb a)
{
    const __m128i order =
        part == 4   ? _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)
        : part == 2 ? _mm_setr_epi8(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
                    : _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return _mm512_shuffle_epi8(a, _mm512_broadcast_i32x4(order));
}
/* The unpacks work within quarters: even has quarters 0 2 4 6 of the result, odd 1 3 5 7. */
V_INLINE void vb_zip(size_t part, vb a, vb b, vb *low, vb *high)
{
    const __m512i even = part == 4   ? _mm512_unpacklo_epi32(a, b)
                         : part == 2 ? _mm512_unpacklo_epi16(a, b)
                                     : _mm512_unpacklo_epi8(a, b);
    const __m512i odd = part == 4   ? _mm512_unpackhi_epi32(a, b)
                        : part == 2 ? _mm512_unpackhi_epi16(a, b)
                                    : _mm512_unpackhi_epi8(a, b);
    const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
    const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    *low = _mm512_permutex2var_epi64(even, first, odd);
    *high = _mm512_permutex2var_epi64(even, second, odd);
}
/* Each quarter becomes {its numbers of a, its numbers of b}, 8 bytes each; then those of a are
 * gathered from both vectors, and those of b. */
V_INLINE void vb_unzip(size_t part, vb low, vb high, vb *a, vb *b)
{
    const __m128i order =
        part == 4   ? _mm_setr_epi8(0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15)
        : part == 2 ? _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15)
                    : _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
    const __m512i split = _mm512_broadcast_i32x4(order);
    low = _mm512_shuffle_epi8(low, split);
    high = _mm512_shuffle_epi8(high, split);
    *a = _mm512_permutex2var_epi64(low, _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14), high);
    *b = _mm512_permutex2var_epi64(low, _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15), high);
}

/* Blocks of a square that are `shift` bits apart change places. */
V_INLINE vb swap_blocks(vb a, int shift, long long where)
{
    const vb t = _mm512_and_si512(_mm512_xor_si512(a, _mm512_srli_epi64(a, (unsigned)shift)),
                                  _mm512_set1_epi64(where));
    return _mm512_xor_si512(a, _mm512_xor_si512(t, _mm512_slli_epi64(t, (unsigned)shift)));
}
V_INLINE vb vb_transpose_bits(vb a)
{
    a = swap_blocks(a, 7, 0x00aa00aa00aa00aa);
    a = swap_blocks(a, 14, 0x0000cccc0000cccc);
    return swap_blocks(a, 28, 0x00000000f0f0f0f0);
}

#endif
