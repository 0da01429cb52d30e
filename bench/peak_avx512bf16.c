/* SPDX-License-Identifier: MIT */
#include <immintrin.h>

#include "bench/peak.h"

#define PEAK_NAME       bench_bf16_avx512bf16
#define PEAK_VECTOR     __m512
#define PEAK_ZERO       _mm512_setzero_ps()
#define PEAK_STEP(a)    _mm512_dpbf16_ps(a, x, x)
#define PEAK_OPERATIONS 64.0
#define PEAK_REGISTER   "v"
#define PEAK_OPERANDS                                                                              \
    const __m512 half = _mm512_set1_ps(0.5f);                                                      \
    const __m512bh x = _mm512_cvtne2ps_pbh(half, half)
#include "bench/peak_body.h"
