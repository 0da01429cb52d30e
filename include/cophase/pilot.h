/* SPDX-License-Identifier: MIT */
/** @file pilot.h
 *  Gains from the covariance of one strong source, by its dominant eigenvector. */
#ifndef COPHASE_PILOT_H
#define COPHASE_PILOT_H

#include <stdbool.h>

#include "cophase/estimate.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_pilot_config {
    size_t elements; /**< N */
    const cph_c64
        *r; /**< [N][ld] Hermitian covariance with its diagonal; the upper triangle is read */
    size_t ld;
    const cph_c64 *steering; /**< [N] of the source, NULL: 1 */
    const double *noise;     /**< [N] noise powers above 0, known: R is whitened by them; NULL: all
                                alike     and unknown */
    double samples;          /**< K behind R; 0: errors are not known */
} cph_pilot_config;

/** The answer; the caller gives the arrays. */
typedef struct cph_pilot_solution {
    cph_gain_estimate estimate; /**< gauge: mean phase 0, mean |g| 1 over unflagged elements */
    double snr;    /**< of the source in the sum of the whitened elements: largest eigenvalue over
                        the noise less 1 */
    double second; /**< second eigenvalue over the noise: near 1 for noise alone, ... */
    double edge;   /**< ... which stays below about this, (1 + sqrt(N/K))^2: above it, something
                        else is there and the gains are not to be trusted; NaN without K */
    bool single;   /**< second is below 1.1 edge (true without K) */
} cph_pilot_solution;

/** g_n = u_n / a_n, u the dominant eigenvector of R, or D^1/2 times that of D^-1/2 R D^-1/2 (the
 *  maximum-likelihood estimate for known noise D; Lawley & Maxwell, Factor Analysis as a
 * Statistical Method, 1971). Noise of unknown common power is the mean of the other eigenvalues.
 * Standard errors from the perturbation of an eigenvector (Anderson, Ann. Math. Stat. 34 p. 122,
 * 1963), of power l/(K (l - 1)^2) (1 - u u^H) for a largest eigenvalue l over noise 1, taken
 * through the whitening and into the gauge: for identical elements both variances (1 + N SNR)(N -
 * 1)/(2 K SNR^2 N^2), the Cramer-Rao bound. They say nothing of a second source: look at `single`.
 *  Flags: in, elements to leave out; out, DEAD (no power), NOT_FINITE (diagonal).
 *  Errors: ARGUMENT, OVERFLOW, MEMORY, NOT_FINITE (an entry of unflagged elements), TOO_FEW (fewer
 *  than 3 unflagged elements, or samples), SINGULAR (no eigenvalue stands above the noise; or a
 * gain of 0); *error (may be NULL) says which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_pilot_solve(const cph_pilot_config *config,
                                                  cph_pilot_solution *solution, cph_error *error);

CPH_END_DECLS

#endif
