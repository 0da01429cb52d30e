/* SPDX-License-Identifier: MIT */
/** @file calibrate_pilot.h
 *  What standard errors of `--method pilot` mean for phases in other gauges. */
#ifndef CPH_CLI_CALIBRATE_PILOT_H
#define CPH_CLI_CALIBRATE_PILOT_H

#include "cophase/estimate.h"

/** Phase errors about their mean are those of independent e_n less it: variances v' = share v +
 *  common, with share 1 - 2/N and common sum v / N^2 over N unflagged elements. */
typedef struct cph_phase_gauge {
    double share, common;
} cph_phase_gauge;

/** Of an estimate by cph_pilot_solve, whose errors are such: an eigenvector's covariance is a
 *  diagonal less a constant. At least 3 elements are unflagged. */
cph_phase_gauge cph_pilot_gauge(size_t elements, const cph_gain_estimate *estimate);

/** v of an element's standard error. */
double cph_pilot_variance(const cph_phase_gauge *gauge, double sigma);

#endif
