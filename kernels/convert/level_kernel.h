/* SPDX-License-Identifier: MIT */
/** @file level_kernel.h
 *  Contract of the kernels level_TYPE. */
#ifndef COPHASE_LEVEL_KERNEL_H
#define COPHASE_LEVEL_KERNEL_H

#include "cophase/convert.h"

/** Adds what samples[t * ld + n] hold to level[n], for t < times and n < elements. Counts and sums
 *  of integer samples are exact, so equal bits in every tier, while the power is below 2^53. Sums
 *  of float samples: a part of power or of sum is within (2 times + 2) 2^-53 of the sum of its
 *  terms' magnitudes, besides the rounding of the addition to what level held. */
typedef void cph_level_fn(size_t elements, size_t times, const void *samples, size_t ld,
                          cph_level *level);

/** The oracle, a sample after the other; integer sums exact, float sums in extended precision. */
void cph_level_ref(cph_type type, size_t elements, size_t times, const void *samples, size_t ld,
                   cph_level *level);

#endif
