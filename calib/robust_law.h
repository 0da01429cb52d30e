/* SPDX-License-Identifier: MIT */
/** @file robust_law.h
 *  What bounds the pull of baselines that the model does not describe. */
#ifndef CPH_CALIB_ROBUST_LAW_H
#define CPH_CALIB_ROBUST_LAW_H

#include <math.h>

#include "calib/student.h"
#include "cophase/calib.h"

/** What was asked for. */
typedef struct cph_robust_choice {
    cph_gain_rule rule;
    double robust;     /**< Huber's bound in sigma */
    double student_nu; /**< 0: estimated */
} cph_robust_choice;

/** A rule with its numbers. */
typedef struct cph_robust_law {
    bool student;
    double nu; /**< INFINITY with Huber's */
    double sigma2, bound2;
} cph_robust_law;

/** The law for weighted powers of errors, square [count] in any order (and in another when it
 *  returns). *heavy, in and out: their tails are, so that the law is to be used; it stays, lest
 *  weights come and go. */
cph_robust_law cph_robust_law_find(const cph_robust_choice *choice, double *square, size_t count,
                                   bool *heavy);

/** What the law makes of the weight of a baseline with weighted power e2 of the error. */
static inline double cph_robust_factor(const cph_robust_law *law, double e2)
{
    if (law->student)
        return cph_student_weight(law->nu, e2 / law->sigma2);
    return e2 > law->bound2 ? sqrt(law->bound2 / e2) : 1.0;
}

/** Derivative of w e by e over the weight given, w = factor times that: w e = w e / (1 + ...): w' =
 *  w^2 nu / (nu + 2); of k e / |e|: half of w. */
static inline double cph_robust_slope(double nu, double factor)
{
    return isfinite(nu) ? factor * factor * nu / (nu + 2.0) : factor < 1.0 ? 0.5 * factor : factor;
}

/** Sums that say how large errors are that robust weights judge. Zero-initialise. */
typedef struct cph_robust_sums {
    double weights, squares, power, slope;
    bool any; /**< weights differ from those given */
} cph_robust_sums;

/** Takes a baseline: weight given, in force, and power of its error. */
static inline void cph_robust_sums_add(cph_robust_sums *sums, double nu, double given,
                                       double weight, double power)
{
    const double factor = given > 0.0 ? weight / given : 1.0;
    sums->weights += weight;
    sums->squares += weight * weight;
    sums->power += weight * weight * power;
    sums->slope += given * cph_robust_slope(nu, factor);
    sums->any = sums->any || factor != 1.0;
}

/** Sum of squared residuals that errors of the power would leave which robust weights judge: with w
 *  those in force and w' the derivative of w e by e the estimate's covariance is that of errors of
 *  power sum w^2 |e|^2 / sum w^2 times (sum w / sum w')^2 (Huber, Robust Statistics, 1981, chapter
 *  7). 0: no weights are in force. */
static inline double cph_robust_power(const cph_robust_sums *sums)
{
    const double ratio = sums->weights / sums->slope;
    return sums->any && sums->slope > 0.0
               ? sums->power / sums->squares * ratio * ratio * sums->weights
               : 0.0;
}

#endif
