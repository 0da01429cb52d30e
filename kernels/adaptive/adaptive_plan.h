/* SPDX-License-Identifier: MIT */
/** @file adaptive_plan.h
 *  What stands behind cph_adaptive. */
#ifndef COPHASE_ADAPTIVE_PLAN_H
#define COPHASE_ADAPTIVE_PLAN_H

#include "cophase/adaptive.h"

/** What is loaded: R' = (1 - rho) R + load I. */
typedef struct cph_loaded {
    double rho, load;
} cph_loaded;

struct cph_adaptive {
    size_t elements, live;
    const size_t *index;   /**< [live] of the elements */
    const cph_c64 *gain;   /**< [live] */
    const cph_c64 *factor; /**< [live][live]: R' = L L^H, the lower triangle */
    cph_loaded loaded;
};

/** Elements without a flag. */
size_t cph_live_count(size_t elements, const unsigned char *flag);

/** Their numbers index [live] and gains [live]. Errors: NOT_FINITE (a gain that is not finite, or
 *  0). */
CPH_MUST_CHECK cph_status cph_live_take(size_t elements, const cph_c64 *gain,
                                        const unsigned char *flag, size_t *index,
                                        cph_c64 *live_gain, cph_error *error);

/** r [live][live] becomes the lower triangle of their covariance. Errors: NOT_FINITE. */
CPH_MUST_CHECK cph_status cph_live_covariance(const cph_c64 *covariance, size_t ld, size_t live,
                                              const size_t *index, cph_c64 *r, cph_error *error);

/** From r [n][n] (lower triangle) of live elements. Errors: ARGUMENT, MISSING. */
CPH_MUST_CHECK cph_status cph_loading_find(const cph_loading *loading, size_t n, const cph_c64 *r,
                                           double samples, cph_loaded *loaded, cph_error *error);

/** Room that the constraints of one call need. */
typedef struct cph_constraints {
    size_t count;
    cph_c64 *v;        /**< [count][live] g c */
    cph_c64 *triangle; /**< [count][count] */
    cph_c64 *target;   /**< [live]: conj(response), then zeros */
} cph_constraints;

/** Checks constraints (of `adaptive` the live elements and gains are used), and puts gains into
 * those of live elements. Free with cph_constraints_free. Errors: of cph_adaptive_lcmv but
 * SINGULAR. */
CPH_MUST_CHECK cph_status cph_constraints_take(const cph_adaptive *adaptive, size_t count,
                                               const cph_c64 *c, const cph_c64 *response,
                                               cph_constraints *k, cph_error *error);
void cph_constraints_free(cph_constraints *k);

/** v = Q [T; 0] becomes its reflections; target becomes Q [T^-H conj(response); 0], which is v
 *  (v^H v)^-1 conj(response). Errors: SINGULAR (dependent constraints). */
CPH_MUST_CHECK cph_status cph_constraints_solve(const cph_adaptive *adaptive, cph_constraints *k,
                                                cph_error *error);

/** w [N] from x [live]; flagged ones get 0. */
void cph_adaptive_scatter(const cph_adaptive *adaptive, const cph_c64 *x, cph_c64 *w);

#endif
