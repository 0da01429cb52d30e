/* SPDX-License-Identifier: MIT */
/** @file retarget.h
 *  Conventional weights for new directions straight into a beamform plan: no weights in between, so
 *  that beams can follow their sources. */
#ifndef COPHASE_RETARGET_H
#define COPHASE_RETARGET_H

#include "cophase/beamform.h"
#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_retarget_config {
    size_t elements;            /**< N, at least 1 */
    const double *position;     /**< [N][3] metres */
    size_t channels;            /**< C; 0 is 1 */
    const double *freq_hz;      /**< [C] */
    const cph_c32 *coefficient; /**< [C][N] c_n = t_n / (conj(g_n) sum t): taper and calibration; 0
                                     for a flagged element; NULL: 1 / N */
    const cph_exec *exec;       /**< NULL: serial; must outlive the plan */
} cph_retarget_config;

typedef struct cph_retarget_plan cph_retarget_plan;

/** Bytes that a plan needs. Errors: ARGUMENT, OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_retarget_plan_size(const cph_retarget_config *config,
                                                         size_t *bytes);

/** Builds a plan in `memory` (64-byte aligned). What it needs is copied. Errors: ARGUMENT,
 * OVERFLOW, MEMORY, NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_retarget_init(const cph_retarget_config *config, void *memory,
                                                    size_t bytes, cph_retarget_plan **plan);

/** init with memory of the heap; free with cph_retarget_destroy (NULL is fine). */
CPH_MUST_CHECK CPH_API cph_status cph_retarget_create(const cph_retarget_config *config,
                                                      cph_retarget_plan **plan);
CPH_API void cph_retarget_destroy(cph_retarget_plan *plan);

/** Points beams [first, first + count) of `beams` (N and C as the plan's; not running) at direction
 *  [count][3], unit vectors: weights w_n = c_n exp(+j 2 pi f (u . r_n)/c) in the precision that it
 *  keeps. |w_n| = |c_n| is known beforehand, so that the unit of integer weights is s = (largest
 *  |c_n| of the channel) / 127 or / 32512 for any direction. A kept part is within
 *  s/2 + 6e-7 |c_n| of exact (floats: 6e-7 |c_n|) for phases below 1e6 turns; cph_beamform_describe
 *  then reports the bound that follows and not the error itself.
 *  Errors: ARGUMENT, NOT_FINITE (a direction); `beams` then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_retarget_run(const cph_retarget_plan *plan,
                                                   cph_beamform_plan *beams, size_t first,
                                                   size_t count, const double *direction);

CPH_END_DECLS

#endif
