/* SPDX-License-Identifier: MIT */
/** @file convert.h
 *  Sample conversion, and the level of each element in the same units. */
#ifndef COPHASE_CONVERT_H
#define COPHASE_CONVERT_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** out[i] = scale * in[i] for `count` samples of `type` (c32 included). Any alignment of the
 *  sample; in and out must not overlap. One rounding an output part (exact where scale is a
 *  power of two and the value is normal). Errors: ARGUMENT, OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_convert_to_c32(cph_type type, const void *in, size_t count,
                                                     float scale, cph_c32 *out);

/** out[i] = saturated nearest integer, ties to even, of scale * in[i] (type c8 or c16; c32 just
 *  scales). NaN becomes 0. Saturation is symmetric to the type's own limits (-128..127).
 *  *clipped (may be NULL) receives the number of samples with a part that saturated. Equal bit
 *  for bit in every tier. */
CPH_MUST_CHECK CPH_API cph_status cph_convert_from_c32(cph_type type, const cph_c32 *in,
                                                       size_t count, float scale, void *out,
                                                       uint64_t *clipped);

/** What the health check needs of one element's samples; sums, so that blocks add up. */
typedef struct cph_level {
    double power;        /**< sum of |x|^2 over finite samples, raw units squared */
    cph_c64 sum;         /**< sum of x over finite samples (DC) */
    uint64_t count;      /**< samples seen */
    uint64_t full_scale; /**< samples with a part at the limit of an integer type */
    uint64_t not_finite; /**< samples with a NaN or infinite part */
} cph_level;

/** Adds T times of samples[t * ld + n] to level[N]. Integer power is exact below 2^53. */
CPH_MUST_CHECK CPH_API cph_status cph_level_add(cph_type type, size_t elements, size_t times,
                                                const void *samples, size_t ld, cph_level *level);

CPH_END_DECLS

#endif
