/* SPDX-License-Identifier: MIT */
/** @file redundant_run.h
 *  What a call of cph_redundant_solve works on, and which elements it leaves out. */
#ifndef CPH_CALIB_REDUNDANT_RUN_H
#define CPH_CALIB_REDUNDANT_RUN_H

#include "calib/redundant.h"

/** What one call works on. */
typedef struct cph_redundant_run {
    const cph_redundant_plan *plan;
    const cph_redundant_problem *problem;
    const cph_redundant_options *options;
    cph_error *error;
    cph_redundant_set *own; /**< where flags or weights leave less than the plan's */
    cph_redundant_solver *solver;
    unsigned char *flag;                       /**< [N] */
    double *chi2;                              /**< [N] */
    double *phase_var, *amplitude_var, *share; /**< [N], n of them used */
    double *scratch;                           /**< [2 N] */
    double *kept;                              /**< [N][N] 0 for missing baselines, or NULL */
    double before, after, power;
    double expected; /**< of the residual, for errors of power 1 */
    double each; /**< of that for a degree of freedom: 1 for independent errors, less for those of
                    strong sources, which are like errors of gains */
    unsigned iterations, reruns;
    size_t dropped;
} cph_redundant_run;

/** Fills kept when missing baselines are left out: the weights of the problem, or 1, and 0 where an
 *  entry is missing. MEMORY. */
CPH_MUST_CHECK cph_status cph_redundant_leave_out_missing(cph_redundant_run *w);

/** Flags elements that the plan has not, and those without power or without any correlation: dead.
 *  NOT_FINITE (an autocorrelation), SINGULAR (all are dead). */
CPH_MUST_CHECK cph_status cph_redundant_flag_first(cph_redundant_run *w);

/** Flags elements whose gains were found dead or weak; whether there are any. */
bool cph_redundant_flag_low(cph_redundant_run *w);

/** Flags the worst element when it is bad; one at a time, as its baselines spoil its partners'.
 *  Whether there is one. */
bool cph_redundant_flag_bad(cph_redundant_run *w);

#endif
