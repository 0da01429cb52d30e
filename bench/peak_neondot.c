/* SPDX-License-Identifier: MIT */
#include <arm_neon.h>

#include "bench/peak.h"

#define PEAK_NAME       bench_int8_neondot
#define PEAK_VECTOR     int32x4_t
#define PEAK_ZERO       vdupq_n_s32(0)
#define PEAK_OPERANDS   const int8x16_t x = vdupq_n_s8(3)
#define PEAK_STEP(a)    vdotq_s32(a, x, x)
#define PEAK_OPERATIONS 32.0
#define PEAK_REGISTER   "w"
#include "bench/peak_body.h"
