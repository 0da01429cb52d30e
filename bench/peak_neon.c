/* SPDX-License-Identifier: MIT */
#include <arm_neon.h>

#include "bench/peak.h"

#define PEAK_NAME       bench_fma_neon
#define PEAK_VECTOR     float32x4_t
#define PEAK_ZERO       vdupq_n_f32(0.0f)
#define PEAK_OPERANDS   const float32x4_t x = vdupq_n_f32(0.5f)
#define PEAK_STEP(a)    vfmaq_f32(a, x, x)
#define PEAK_OPERATIONS 8.0
#define PEAK_REGISTER   "w"
#include "bench/peak_body.h"

#define PEAK_NAME       bench_int16_neon
#define PEAK_VECTOR     int32x4_t
#define PEAK_ZERO       vdupq_n_s32(0)
#define PEAK_OPERANDS   const int16x4_t x = vdup_n_s16(3)
#define PEAK_STEP(a)    vmlal_s16(a, x, x)
#define PEAK_OPERATIONS 8.0
#define PEAK_REGISTER   "w"
#include "bench/peak_body.h"
