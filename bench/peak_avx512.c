/* SPDX-License-Identifier: MIT */
#include <immintrin.h>

#include "bench/peak.h"

#define PEAK_NAME       bench_fma_avx512
#define PEAK_VECTOR     __m512
#define PEAK_ZERO       _mm512_setzero_ps()
#define PEAK_OPERANDS   const __m512 x = _mm512_set1_ps(0.5f)
#define PEAK_STEP(a)    _mm512_fmadd_ps(x, x, a)
#define PEAK_OPERATIONS 32.0
#define PEAK_REGISTER   "v"
#include "bench/peak_body.h"

/* The operand is hidden from the compiler, which would take the product out of the loop. */
#define PEAK_NAME   bench_int16_avx512
#define PEAK_VECTOR __m512i
#define PEAK_ZERO   _mm512_setzero_si512()
#define PEAK_OPERANDS                                                                              \
    __m512i x = _mm512_set1_epi16(3);                                                              \
    __asm__ volatile("" : "+v"(x))
#define PEAK_STEP(a)    _mm512_add_epi32(a, _mm512_madd_epi16(a, x))
#define PEAK_OPERATIONS 64.0
#define PEAK_REGISTER   "v"
#include "bench/peak_body.h"

unsigned bench_read_avx512(const void *from, size_t bytes)
{
    const char *const p = from;
    __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
    for (size_t i = 0; i < bytes; i += 256) {
        a = _mm512_or_si512(a, _mm512_load_si512(p + i));
        b = _mm512_or_si512(b, _mm512_load_si512(p + i + 64));
        c = _mm512_or_si512(c, _mm512_load_si512(p + i + 128));
        d = _mm512_or_si512(d, _mm512_load_si512(p + i + 192));
    }
    a = _mm512_or_si512(_mm512_or_si512(a, b), _mm512_or_si512(c, d));
    return (unsigned)_mm512_reduce_or_epi32(a);
}

void bench_copy_avx512(const void *from, void *to, size_t bytes)
{
    const char *const p = from;
    char *const q = to;
    for (size_t i = 0; i < bytes; i += 128) {
        const __m512i a = _mm512_load_si512(p + i), b = _mm512_load_si512(p + i + 64);
        _mm512_store_si512(q + i, a);
        _mm512_store_si512(q + i + 64, b);
    }
}
