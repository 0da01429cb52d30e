/* SPDX-License-Identifier: MIT */
/** @file byte_avx2.h
 *  32 bytes of AVX2: see byte.h. */
#ifndef COPHASE_SIMD_BYTE_AVX2_H
#define COPHASE_SIMD_BYTE_AVX2_H

#include <immintrin.h>

#include "kernels/simd/byte.h"

typedef __m256i vb;

V_INLINE size_t vb_bytes(size_t part)
{
    (void)part;
    return sizeof(vb);
}
V_INLINE vb vb_zero(void)
{
    return _mm256_setzero_si256();
}
V_INLINE vb vb_load(size_t part, const void *p)
{
    (void)part;
    return _mm256_loadu_si256(p);
}
V_INLINE void vb_store(size_t part, void *p, vb a)
{
    (void)part;
    _mm256_storeu_si256(p, a);
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
    const __m128i order =
        part == 4   ? _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)
        : part == 2 ? _mm_setr_epi8(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
                    : _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return _mm256_shuffle_epi8(a, _mm256_broadcastsi128_si256(order));
}
/* The unpacks work within halves: a = A|B, b = C|D give the low parts of AC|BD and the high ones.
 */
V_INLINE void vb_zip(size_t part, vb a, vb b, vb *low, vb *high)
{
    const __m256i even = part == 4   ? _mm256_unpacklo_epi32(a, b)
                         : part == 2 ? _mm256_unpacklo_epi16(a, b)
                                     : _mm256_unpacklo_epi8(a, b);
    const __m256i odd = part == 4   ? _mm256_unpackhi_epi32(a, b)
                        : part == 2 ? _mm256_unpackhi_epi16(a, b)
                                    : _mm256_unpackhi_epi8(a, b);
    *low = _mm256_permute2x128_si256(even, odd, 0x20);
    *high = _mm256_permute2x128_si256(even, odd, 0x31);
}
/* Each half becomes {its numbers of a, its numbers of b}, 8 bytes each; then quarters of both
 * vectors are put together: a a' | b b' of the low half, of the high one, in the order 0 2 1 3. */
V_INLINE void vb_unzip(size_t part, vb low, vb high, vb *a, vb *b)
{
    const __m128i order =
        part == 4   ? _mm_setr_epi8(0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15)
        : part == 2 ? _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15)
                    : _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
    const __m256i split = _mm256_broadcastsi128_si256(order);
    low = _mm256_shuffle_epi8(low, split);
    high = _mm256_shuffle_epi8(high, split);
    *a = _mm256_permute4x64_epi64(_mm256_unpacklo_epi64(low, high), 0xd8);
    *b = _mm256_permute4x64_epi64(_mm256_unpackhi_epi64(low, high), 0xd8);
}

/* Blocks of a square that are `shift` bits apart change places. */
V_INLINE vb swap_blocks(vb a, int shift, long long where)
{
    const vb t = _mm256_and_si256(_mm256_xor_si256(a, _mm256_srli_epi64(a, shift)),
                                  _mm256_set1_epi64x(where));
    return _mm256_xor_si256(a, _mm256_xor_si256(t, _mm256_slli_epi64(t, shift)));
}
V_INLINE vb vb_transpose_bits(vb a)
{
    a = swap_blocks(a, 7, 0x00aa00aa00aa00aa);
    a = swap_blocks(a, 14, 0x0000cccc0000cccc);
    return swap_blocks(a, 28, 0x00000000f0f0f0f0);
}

#endif
