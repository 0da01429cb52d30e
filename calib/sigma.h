/* SPDX-License-Identifier: MIT */
/** @file sigma.h
 *  Standard errors of a solution. */
#ifndef CPH_CALIB_SIGMA_H
#define CPH_CALIB_SIGMA_H

#include "calib/sandwich.h"
#include "calib/system.h"

/** Variances for errors of R of one sample (K = 1). */
typedef struct cph_sigma {
    double *phase_var, *amplitude_var; /**< [n] */
    double *noise_var;  /**< [n] of 1 - |g_p|^2 m_pp; or NULL. Wants wishart and m_pp [n] */
    const double *self; /**< [n] m_pp */
    double *flux_var;   /**< [sources] in the gauge; 0 where the flux is given; or NULL */
    double *offset_var; /**< [2 (sources - held)] or NULL */
    double residual;    /**< expectation of the weighted sum of squared residuals of the solution */
} cph_sigma;

/** The least-squares estimate g moves by H^-1 J^T W e: its variances in the gauge, with the errors
 *  E[E_pq E_rs*] = R_pr R_sq of the model's covariance (wishart; r must be normalised by its
 *  diagonal), or else independent ones of power 1. Errors as cph_sandwich. */
CPH_MUST_CHECK cph_status cph_sigma_solve(const cph_system *system, const cph_c64 *g,
                                          const cph_gauge *gauge, bool wishart, cph_sigma *sigma);

/** Standard deviation [n] of a gain whose element hears nothing, for errors E[E_pq E_rs*] =
 *  R_pr R_sq; r must be normalised by its diagonal. MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_sigma_of_nothing(const cph_system *system, const cph_c64 *g,
                                               double *sigma);

#endif
