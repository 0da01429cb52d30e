/* SPDX-License-Identifier: MIT */
/* Panels of int8 with a line in a register. */
#include <immintrin.h>

#include "kernels/covariance/covariance_stage.h"

/* Words of two times to dwords, each twice:  a0 .. a7 b0 .. b7  to  a0 b0 a0 b0 a1 b1 a1 b1 ... */
V_INLINE __m512i twice(__m256i times)
{
    const __m512i pairs = _mm512_set1_epi32(0x00080000);
    const __m512i element = _mm512_set_epi32(7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);
    const __m512i index =
        _mm512_add_epi16(pairs, _mm512_or_si512(element, _mm512_slli_epi32(element, 16)));
    return _mm512_permutexvar_epi16(index, _mm512_castsi256_si512(times));
}

/* (re, im, re', im') stays in even columns and becomes (~im, re, ~im', re') in odd ones. */
V_INLINE __m512i turn_odd(__m512i x)
{
    const __m512i swap =
        _mm512_broadcast_i32x4(_mm_set_epi8(14, 15, 12, 13, 11, 10, 9, 8, 6, 7, 4, 5, 3, 2, 1, 0));
    return _mm512_xor_si512(_mm512_shuffle_epi8(x, swap), _mm512_set1_epi64(0x00ff00ff00000000));
}

static inline __m512i step(__m128i time, __m128i next)
{
    return turn_odd(twice(_mm256_set_m128i(next, time)));
}

void cph_covariance_pack_c8_i8_avx512vnni(const cph_covariance_rows *in, void *panel)
{
    /* of a line, lane by lane: all four parts of an even column, re twice of an odd one */
    const __m512i parts = _mm512_set1_epi64(0x0100010001010101);
    const size_t ld = in->ld, times = in->times;
    const __mmask8 live = (__mmask8)((1u << in->elements) - 1);
    const cph_c8 *row = in->samples;
    __m512i *line = (__m512i *)panel + 1;
    __m512i sum[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()}; /* for their latency */
    size_t t = 0;
    for (; t + 4 <= times; t += 4, row += 4 * ld, line += 2)
        V_UNROLL for (size_t i = 0; i < 2; i++)
        {
            const cph_c8 *const two = row + 2 * i * ld;
            v_prefetch(two + AHEAD * ld);
            v_prefetch(two + (AHEAD + 1) * ld);
            line[i] = step(_mm_maskz_loadu_epi16(live, two), _mm_maskz_loadu_epi16(live, two + ld));
            sum[i] = _mm512_dpbusd_epi32(sum[i], parts, line[i]);
        }
    for (; t < times; t += 2, row += 2 * ld, line++) {
        const __m128i last =
            t + 1 < times ? _mm_maskz_loadu_epi16(live, row + ld) : _mm_setzero_si128();
        *line = step(_mm_maskz_loadu_epi16(live, row), last);
        sum[0] = _mm512_dpbusd_epi32(sum[0], parts, *line);
    }
    _mm512_store_si512(panel, _mm512_add_epi32(sum[0], sum[1]));
}
