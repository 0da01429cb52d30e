/* SPDX-License-Identifier: MIT */
/** @file steer.h
 *  Steering vectors a_n = exp(+j 2 pi f (u . r_n) / c): the phase with which a plane wave from
 *  unit vector u (array to source) reaches an element at r_n. */
#ifndef COPHASE_STEER_H
#define COPHASE_STEER_H

#include <stdbool.h>

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_steer_config {
    size_t elements;        /**< N, at least 1 */
    const double *position; /**< [N][3] metres */
    const cph_exec *exec;   /**< NULL: serial; must outlive the plan */
    bool lattice;           /**< elements follow each other in equally spaced rows (what
                                 cph_array_ula, _ura, _tri and _disc make): a phasor is the product
                                 of its row's first and a step, a few times cheaper. The plan finds
                                 the rows; positions without any are steered as if false */
} cph_steer_config;

typedef struct cph_steer_plan cph_steer_plan;

/** Bytes that a plan needs. */
CPH_MUST_CHECK CPH_API cph_status cph_steer_plan_size(const cph_steer_config *config,
                                                      size_t *bytes);

/** Builds a plan in `memory` (aligned to 64 bytes, `bytes` as cph_steer_plan_size says). The
 *  positions are copied. Errors: ARGUMENT, OVERFLOW, MEMORY, NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_steer_init(const cph_steer_config *config, void *memory,
                                                 size_t bytes, cph_steer_plan **plan);

/** init with memory of the heap; free with cph_steer_destroy (NULL is fine). */
CPH_MUST_CHECK CPH_API cph_status cph_steer_create(const cph_steer_config *config,
                                                   cph_steer_plan **plan);
CPH_API void cph_steer_destroy(cph_steer_plan *plan);

/** a[(d * F + f) * ld + n] for D directions, direction [D][3] (unit vectors), and F frequencies,
 *  freq_hz [F] (the order of weights files), ld >= N. Any alignment; a must not overlap the inputs.
 *  Each part is within 2e-7 of exact for phases below 1e6 turns, within 5e-7 on a lattice (the
 *  error of two phasors, of the position in the row, and the roundings of their product).
 *  Re-entrant. D = 0 or F = 0 does nothing. Errors: ARGUMENT, OVERFLOW, NOT_FINITE (a direction or
 *  a frequency). */
CPH_MUST_CHECK CPH_API cph_status cph_steer_run(const cph_steer_plan *plan, size_t frequencies,
                                                const double *freq_hz, size_t directions,
                                                const double *direction, cph_c32 *a, size_t ld);

/** The same in double for one direction, by the C library's sine and cosine: a [N]. Used where
 *  calibration needs the accuracy; serial. Errors as cph_steer_run's, positions included. */
CPH_MUST_CHECK CPH_API cph_status cph_steer_c64(size_t elements, const double *position,
                                                double freq_hz, const double direction[3],
                                                cph_c64 *a);

CPH_END_DECLS

#endif
