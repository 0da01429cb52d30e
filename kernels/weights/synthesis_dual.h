/* SPDX-License-Identifier: MIT */
/** @file synthesis_dual.h
 *  The least |x|^2 with sum x = 1 under half planes Re(h_i^H x) <= t limit_i, by its dual.
 *  Private to kernels/weights/synthesis*.c. */
#ifndef COPHASE_WEIGHTS_SYNTHESIS_DUAL_H
#define COPHASE_WEIGHTS_SYNTHESIS_DUAL_H

#include <stdbool.h>

#include "cophase/exec.h"
#include "cophase/types.h"

/** A half plane. */
typedef struct cph_synthesis_cut {
    double u[3];     /**< the direction it limits */
    double limit;    /**< of the response there, along the phase that it had */
    double reach;    /**< what x = 1/N has there */
    double place[2]; /**< for the caller */
} cph_synthesis_cut;

/** Zero-initialise but for elements, exec; cph_synthesis_dual_free in every case. */
typedef struct cph_synthesis_dual {
    size_t elements;
    const cph_exec *exec;
    size_t cuts, room;
    cph_synthesis_cut *cut; /**< [room] */
    double *mu;             /**< [room] multipliers, >= 0 */
    double *proof;          /**< [room] those that bound the excess best */
    double *vector;         /**< [room][2 N] h_i less its mean */
    double *gram;           /**< [room][room] of those */
    double *factor;         /**< [room][room] room for a factor */
    double *slope;          /**< [room] of the dual's value */
    double *step, *trial;   /**< [room] */
    size_t *chosen;         /**< [room] */
    size_t iterations;
} cph_synthesis_dual;

void cph_synthesis_dual_free(cph_synthesis_dual *dual);

/** Forgets cuts far from mattering, and makes room for `more`. MEMORY,
 * OVERFLOW. */
cph_status cph_synthesis_dual_reserve(cph_synthesis_dual *dual, size_t more);

/** Cut i, of those there are or the next one, in the room made: at u with h [N] and its limit. A
 *  multiplier that it has stays. */
void cph_synthesis_dual_set(cph_synthesis_dual *dual, size_t i, const double u[3], const cph_c64 *h,
                            double limit);

/** Climbs to the dual's maximum for limits t limit_i; false when its value passes `most` (|x|^2) on
 *  the way. */
bool cph_synthesis_dual_solve(cph_synthesis_dual *dual, double t, double most);

/** No x under limits t limit_i has a smaller |x|^2 than this. */
double cph_synthesis_dual_least(const cph_synthesis_dual *dual, double t);

/** No x of |x|^2 <= most is under limits t limit_i for a smaller t than this, by the
 *  multipliers or the best ones so far. */
double cph_synthesis_dual_excess(cph_synthesis_dual *dual, double most);

/** x [N] of the multipliers; returns |x|^2. */
double cph_synthesis_dual_weights(const cph_synthesis_dual *dual, cph_c64 *x);

#endif
