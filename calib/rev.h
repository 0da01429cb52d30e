/* SPDX-License-Identifier: MIT */
/** @file rev.h
 *  Parts of the rotating element vector method: curves, their roots, and the choice of them. */
#ifndef CPH_CALIB_REV_H
#define CPH_CALIB_REV_H

#include "cophase/power_calib.h"

/** A share of the field with the covariance of its real and imaginary part. */
typedef struct cph_rev_root {
    cph_c64 z;
    double re, im, cross; /* variances and covariance */
    double chi2;          /* sum of squared residuals; over sigma^2 once that is known */
} cph_rev_root;

/** The sweeps of a configuration, fitted. */
typedef struct cph_rev_sweep {
    cph_rev_root root[2]; /* weak, strong */
    bool usable;          /* readings are finite and the field is not zero at rest */
    bool decided;         /* one root alone is possible: choice says which */
    unsigned char choice; /* cph_rev_choice */
} cph_rev_sweep;

/** Fits all sweeps c with use[c] (NULL: all), and finds *sigma where it is 0. *chi2_dof: of the
 *  residuals in units of the given sigma, else NaN. */
CPH_MUST_CHECK cph_status cph_rev_fit(const cph_rev_config *config, const unsigned char *use,
                                      cph_rev_sweep *sweep, double *sigma, double *chi2_dof,
                                      cph_error *error);

/** Chooses among undecided sweeps so that sum weight[c] Re z_c = 1 within 5 standard errors;
 * returns the verdict, and *closure. */
CPH_MUST_CHECK cph_status cph_rev_close(size_t sweeps, const double *weight, cph_rev_sweep *sweep,
                                        cph_rev_verdict *verdict, double *closure);

/** Whether the configuration can be looked at; the sentence otherwise. */
CPH_MUST_CHECK cph_status cph_rev_check(const cph_rev_config *config,
                                        const cph_rev_solution *solution, cph_error *error);

/** Roots, choices and figures of `sweep` into the solution. */
void cph_rev_report(const cph_rev_config *config, const cph_rev_sweep *sweep,
                    cph_rev_solution *solution);

/** Element n has this share. */
void cph_rev_keep(cph_gain_estimate *estimate, size_t n, const cph_rev_root *share);

#endif
