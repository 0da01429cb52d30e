/* SPDX-License-Identifier: MIT */
/** @file convert_kernel.h
 *  Contract of the kernels convert_TYPE_c32 and convert_c32_TYPE. */
#ifndef COPHASE_CONVERT_KERNEL_H
#define COPHASE_CONVERT_KERNEL_H

#include "cophase/convert.h"

/** out[i] = scale * in[i] for `count` samples, one rounding a part. Equal bits in every tier. */
typedef void cph_convert_to_fn(const void *in, size_t count, float scale, cph_c32 *out);

/** out[i] = saturated nearest integer, ties to even, of scale * in[i]; NaN is 0. Returns how many
 *  samples have a part that saturated. Equal bits in every tier. */
typedef uint64_t cph_convert_from_fn(const cph_c32 *in, size_t count, float scale, void *out);

/** The oracles, by the C library's rounding. */
void cph_convert_to_c32_ref(cph_type type, const void *in, size_t count, float scale, cph_c32 *out);
uint64_t cph_convert_from_c32_ref(cph_type type, const cph_c32 *in, size_t count, float scale,
                                  void *out);

#endif
