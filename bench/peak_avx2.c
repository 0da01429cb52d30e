/* SPDX-License-Identifier: MIT */
#include <immintrin.h>

#include "bench/peak.h"

#define PEAK_NAME       bench_fma_avx2
#define PEAK_VECTOR     __m256
#define PEAK_ZERO       _mm256_setzero_ps()
#define PEAK_OPERANDS   const __m256 x = _mm256_set1_ps(0.5f)
#define PEAK_STEP(a)    _mm256_fmadd_ps(x, x, a)
#define PEAK_OPERATIONS 16.0
#define PEAK_REGISTER   "x"
#include "bench/peak_body.h"

/* The operand is hidden from the compiler, which would take the product out of the loop. */
#define PEAK_NAME   bench_int16_avx2
#define PEAK_VECTOR __m256i
#define PEAK_ZERO   _mm256_setzero_si256()
#define PEAK_OPERANDS                                                                              \
    __m256i x = _mm256_set1_epi16(3);                                                              \
    __asm__ volatile("" : "+x"(x))
#define PEAK_STEP(a)    _mm256_add_epi32(a, _mm256_madd_epi16(a, x))
#define PEAK_OPERATIONS 32.0
#define PEAK_REGISTER   "x"
#include "bench/peak_body.h"

unsigned bench_read_avx2(const void *from, size_t bytes)
{
    const char *const p = from;
    __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
    for (size_t i = 0; i < bytes; i += 128) {
        a = _mm256_or_si256(a, _mm256_load_si256((const void *)(p + i)));
        b = _mm256_or_si256(b, _mm256_load_si256((const void *)(p + i + 32)));
        c = _mm256_or_si256(c, _mm256_load_si256((const void *)(p + i + 64)));
        d = _mm256_or_si256(d, _mm256_load_si256((const void *)(p + i + 96)));
    }
    a = _mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d));
    return (unsigned)_mm256_movemask_epi8(a);
}

void bench_copy_avx2(const void *from, void *to, size_t bytes)
{
    const char *const p = from;
    char *const q = to;
    for (size_t i = 0; i < bytes; i += 64) {
        const __m256i a = _mm256_load_si256((const void *)(p + i));
        const __m256i b = _mm256_load_si256((const void *)(p + i + 32));
        _mm256_store_si256((void *)(q + i), a);
        _mm256_store_si256((void *)(q + i + 32), b);
    }
}
