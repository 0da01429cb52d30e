/* SPDX-License-Identifier: MIT */
/** @file convert.h
 *  Sample conversion: types, layouts, byte orders; and the level of each element in the same
 *  pass. */
#ifndef COPHASE_CONVERT_H
#define COPHASE_CONVERT_H

#include <stdbool.h>

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

/** A factor between integer samples: multiplier / 2^shift. */
typedef struct cph_requantisation {
    int32_t multiplier; /**< in [2^29, 2^30] */
    unsigned shift;     /**< in [1, 62] */
} cph_requantisation;

/** The nearest one to `ratio`, to 2^-30 of it, exact for powers of two. ARGUMENT unless ratio is
 *  in [2^-33, 2^29). */
CPH_MUST_CHECK CPH_API cph_status cph_requantisation_make(double ratio, cph_requantisation *plan);

/** out[i] = saturate((in[i] multiplier + 2^(shift-1)) >> shift), part by part, with a 64-bit
 *  product and an arithmetic shift; from and to are c8 or c16, limits as in cph_convert_from_c32.
 *  in and out must not overlap. *clipped (may be NULL) receives the number of samples with a part
 *  that saturated. Errors: ARGUMENT, OVERFLOW; out is then untouched. */
CPH_MUST_CHECK CPH_API cph_status cph_requantise(const cph_requantisation *plan, cph_type from,
                                                 const void *in, size_t count, cph_type to,
                                                 void *out, uint64_t *clipped);

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

/** How the parts of samples lie. */
typedef enum cph_layout {
    CPH_INTERLEAVED, /**< re, im, re, im, ...: as cph_c8, cph_c16 and cph_c32 do */
    CPH_PLANAR,      /**< real parts in one place, imaginary ones in another */
    CPH_REAL,        /**< real samples: no imaginary parts */
    CPH_LAYOUT_COUNT
} cph_layout;

/** What a device or a file makes of samples; with a type alone it is what kernels take. */
typedef struct cph_sample_format {
    cph_type type; /**< of the parts: c8 int8, c16 int16, c32 float */
    cph_layout layout;
    bool big_endian; /**< the highest byte of a part comes first */
} cph_sample_format;

/** Samples [time][element] to read. An item (a sample; planar and real: a part) of element n at
 *  time t is at re[t * ld + n], planar imaginary parts at im[t * ld + n]. Aligned to the part. */
typedef struct cph_samples_in {
    cph_sample_format format;
    const void *re, *im; /**< im: planar alone */
    size_t ld;           /**< items, not below the elements */
} cph_samples_in;

/** The same to write. Nothing is written between the rows. */
typedef struct cph_samples_out {
    cph_sample_format format;
    void *re, *im;
    size_t ld;
} cph_samples_out;

/** out[t * ld + n] = scale * sample of element n at time t, with the roundings of
 *  cph_convert_to_c32 (imaginary parts of real samples are 0); and level[n] (level may be NULL)
 *  gets what cph_level_add makes of the unscaled samples, which are read from memory once. Not for
 *  overlapping memory. Errors: ARGUMENT, OVERFLOW; out and level are then untouched. */
CPH_MUST_CHECK CPH_API cph_status cph_samples_to_c32(const cph_samples_in *in, size_t elements,
                                                     size_t times, float scale, cph_c32 *out,
                                                     size_t ld, cph_level *level);

/** The reverse, with the roundings and saturation of cph_convert_from_c32. Imaginary parts are
 *  dropped in the real layout, and *clipped (may be NULL) counts the samples of which a part that
 *  is kept saturated. */
CPH_MUST_CHECK CPH_API cph_status cph_samples_from_c32(const cph_c32 *in, size_t ld,
                                                       size_t elements, size_t times, float scale,
                                                       const cph_samples_out *out,
                                                       uint64_t *clipped);

/** out[t * ld + n] = the same value as a cph_c8, cph_c16 or cph_c32, whichever type in->format
 *  has: integers stay integers. level as above. Errors as above. */
CPH_MUST_CHECK CPH_API cph_status cph_samples_unpack(const cph_samples_in *in, size_t elements,
                                                     size_t times, void *out, size_t ld,
                                                     cph_level *level);

/** The reverse; imaginary parts are dropped in the real layout. */
CPH_MUST_CHECK CPH_API cph_status cph_samples_pack(const void *in, size_t ld, size_t elements,
                                                   size_t times, const cph_samples_out *out);

CPH_END_DECLS

#endif
