/* SPDX-License-Identifier: MIT */
#include <immintrin.h>

#include "bench/peak.h"

#define PEAK_NAME       bench_int16_avx512vnni
#define PEAK_VECTOR     __m512i
#define PEAK_ZERO       _mm512_setzero_si512()
#define PEAK_OPERANDS   const __m512i x = _mm512_set1_epi16(3)
#define PEAK_STEP(a)    _mm512_dpwssd_epi32(a, x, x)
#define PEAK_OPERATIONS 64.0
#define PEAK_REGISTER   "v"
#include "bench/peak_body.h"

#define PEAK_NAME       bench_int8_avx512vnni
#define PEAK_VECTOR     __m512i
#define PEAK_ZERO       _mm512_setzero_si512()
#define PEAK_OPERANDS   const __m512i x = _mm512_set1_epi8(3)
#define PEAK_STEP(a)    _mm512_dpbusd_epi32(a, x, x)
#define PEAK_OPERATIONS 128.0
#define PEAK_REGISTER   "v"
#include "bench/peak_body.h"
