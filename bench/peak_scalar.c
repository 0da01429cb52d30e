/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "bench/peak.h"

#ifdef __aarch64__
#define FLOAT_REGISTER "w"
#else
#define FLOAT_REGISTER "x"
#endif

#define PEAK_NAME       bench_fma_scalar
#define PEAK_VECTOR     float
#define PEAK_ZERO       1.0f
#define PEAK_OPERANDS   const float x = 0.5f, y = 0.25f
#define PEAK_STEP(a)    ((a)*x + y)
#define PEAK_OPERATIONS 2.0
#define PEAK_REGISTER   FLOAT_REGISTER
#include "bench/peak_body.h"

/* Unsigned: the chain overflows. */
#define PEAK_NAME   bench_int16_scalar
#define PEAK_VECTOR uint32_t
#define PEAK_ZERO   1u
#define PEAK_OPERANDS                                                                              \
    uint32_t x = 3;                                                                                \
    __asm__ volatile("" : "+r"(x))
#define PEAK_STEP(a)    ((a)*x + x)
#define PEAK_OPERATIONS 2.0
#define PEAK_REGISTER   "r"
#include "bench/peak_body.h"

unsigned bench_read_scalar(const void *from, size_t bytes)
{
    const uint64_t *const p = from;
    uint64_t a = 0, b = 0, c = 0, d = 0;
    for (size_t i = 0; i < bytes / sizeof *p; i += 4) {
        a |= p[i];
        b |= p[i + 1];
        c |= p[i + 2];
        d |= p[i + 3];
    }
    return (unsigned)(a | b | c | d);
}

void bench_copy_scalar(const void *from, void *to, size_t bytes)
{
    const uint64_t *const p = from;
    uint64_t *const q = to;
    for (size_t i = 0; i < bytes / sizeof *p; i++) {
        q[i] = p[i];
        __asm__ volatile("" ::: "memory");
    }
}
