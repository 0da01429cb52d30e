/* SPDX-License-Identifier: MIT */
/** @file gains.h
 *  The steps of cph_gains_solve. */
#ifndef CPH_CALIB_GAINS_H
#define CPH_CALIB_GAINS_H

#include "calib/stefcal.h"

/** What the steps share. */
typedef struct cph_gain_solver {
    const cph_gain_problem *problem;
    const cph_gain_options *options;
    cph_error *error;
    cph_system system;
    cph_stefcal_result result;
    unsigned iterations; /**< of all solutions */
    double explained_before;
    unsigned char *flag; /**< [N] */
    cph_c64 *start;      /**< [N] gains in units of R, from the solution before */
    double *flux;        /**< [S] likewise */
    cph_c64 *g;          /**< [N], n of them used: the system's gains */
    cph_c64 *gain;       /**< [N], n of them used: the same in units of R */
    double *variance;    /**< [2 N], n of them used: phase; from N on: relative amplitude */
    double *direction;   /**< [S][3] from the solution before */
    double *self;        /**< [N], n of them used: m_pp */
    double *noise_var;   /**< [N], n of them used: of noise in units of R_pp */
    double *flux_var;    /**< [S] */
    double *offset_var;  /**< [2 S], those of sources that move */
    double *memory;      /**< of the last five */
} cph_gain_solver;

/** Whether the arguments make sense; all but the sizes of arrays. */
CPH_MUST_CHECK cph_status cph_gain_check(const cph_gain_problem *problem,
                                         const cph_gain_options *options,
                                         const cph_gain_solution *solution, cph_error *error);

/** Whether the size of errors is known: number of samples and autocorrelations. */
bool cph_gain_known(const cph_gain_solver *v);

/** Real degrees of freedom that the solution leaves; may be negative. */
double cph_gain_dof(const cph_system *system);

/** Power of the errors in units of cph_sigma's, `expected` being the sum of squared residuals that
 *  errors of power 1 leave: 1/K, or what the residuals say (those of robust weights: by their rule)
 *  where it is unknown or too low. */
double cph_gain_error_power(const cph_gain_solver *v, double expected);

/** Flags what the solution shows to be dead, weak or not finite; *any: whether there was any.
 *  MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_gain_flag_low(cph_gain_solver *v, bool *any);

/** Error bars and gauge, then all outputs. On error the outputs are unchanged. */
CPH_MUST_CHECK cph_status cph_gain_deliver(cph_gain_solver *v, cph_gain_solution *solution);

#endif
