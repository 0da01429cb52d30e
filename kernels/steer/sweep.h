/* SPDX-License-Identifier: MIT */
/** @file sweep.h
 *  Steering vectors of very many directions, made and used up block by block on all threads (host).
 */
#ifndef COPHASE_STEER_SWEEP_H
#define COPHASE_STEER_SWEEP_H

#include <stdbool.h>

#include "cophase/exec.h"
#include "cophase/types.h"

/** Directions a block at most: their steering vectors stay in the cache. */
enum { CPH_SWEEP_BLOCK = 64 };

/** A set of directions by index; false: this index is none. */
typedef bool cph_sweep_direction(const void *context, size_t index, double u[3]);

/** Takes a[directions][elements] of the directions index[directions], directions <=
 *  CPH_SWEEP_BLOCK; worker as in cph_task. */
typedef cph_status cph_sweep_visit(void *visitor, size_t worker, size_t directions,
                                   const size_t *index, const cph_c32 *a);

typedef struct cph_sweep {
    size_t elements;
    const double *position; /**< [elements][3] metres */
    double freq_hz;
    size_t count; /**< indices [0, count) */
    cph_sweep_direction *direction;
    const void *context;
    cph_sweep_visit *visit;
    void *visitor;
    const cph_exec *exec;
} cph_sweep;

/** Visits all directions once. Errors: MEMORY, OVERFLOW, what cph_steer_create says, or the first
 *  error of a visit (not all directions were then visited). */
cph_status cph_sweep_run(const cph_sweep *sweep);

#endif
