/* SPDX-License-Identifier: MIT */
/** @file stefcal.h
 *  The alternating solver and what decides that it is done. */
#ifndef CPH_CALIB_STEFCAL_H
#define CPH_CALIB_STEFCAL_H

#include "calib/system.h"

/** What has been seen of an iteration. Zero-initialise. */
typedef struct cph_convergence {
    double last;    /**< change before this one; 0: none */
    double best;    /**< smallest change; 0: none */
    unsigned stale; /**< checks since it shrank */
    unsigned worse; /**< checks in a row whose residual exceeds the data and has not halved */
    double least;   /**< residual; 0: none */
} cph_convergence;

/** Judges one check: change = |dg|/|g| since the check before, residual and total = weighted sums
 *  of squares of residuals and data. True when the solver has to stop; *stop then says why.
 *  Converged: change rho / (1 - rho) <= tolerance, rho the ratio of successive changes. Stalled: no
 *  smaller change in 10 checks. Diverged: not finite, or residual > total in 5 checks in a row.
 *  Neither while the residual halves, as it does from a start far from the answer. */
bool cph_convergence_check(cph_convergence *convergence, double change, double tolerance,
                           double residual, double total, cph_stop *stop);

typedef struct cph_stefcal_result {
    unsigned iterations;
    cph_stop stop;
    double residual; /**< sum of robust |r - g m g*|^2 */
    bool warm;       /**< in: the start is near the end, so that its residuals may be judged */
} cph_stefcal_result;

/** Iterates g [n] in place from its start; system->flux, m and robust change along with it. On
 *  error g is unchanged, the system is not. */
CPH_MUST_CHECK cph_status cph_stefcal_run(cph_system *system, const cph_gain_options *options,
                                          cph_c64 *g, cph_stefcal_result *result);

/** Sets system->robust and nu by the rule of the options where *heavy, or where the tail of the
 *  residuals is; *heavy then says so and stays, lest the weights come and go. Else suspects of
 *  cph_system_screen are cleared. Returns whether weights have changed. square [baselines] is
 *  scratch. */
bool cph_robust_weights(cph_system *system, const cph_c64 *g, const cph_gain_options *options,
                        double *square, bool *heavy);

/** Fluxes >= 0 that minimise sum robust |r - g m g*|^2, and their model. SINGULAR when two sources
 *  cannot be told apart or no flux is left, MEMORY. */
CPH_MUST_CHECK cph_status cph_sources_fit(cph_system *system, const cph_c64 *g);

/** Moves the sources from `held` on by one step of Gauss and Newton with the gains held, and their
 *  model. SINGULAR where the baselines don't tell directions apart, MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_directions_fit(cph_system *system, const cph_c64 *g);

/** A start for g [n], and for the fluxes where they are fitted. */
CPH_MUST_CHECK cph_status cph_start_gains(cph_system *system, const cph_gain_options *options,
                                          cph_c64 *g);

#endif
