/* SPDX-License-Identifier: MIT */
/** @file samples.h
 *  How many samples of a covariance tell gains from errors. */
#ifndef CPH_CALIB_SAMPLES_H
#define CPH_CALIB_SAMPLES_H

#include "kernels/core/fail.h"

/* R of K samples has rank K. The gain of an element takes one of its K complex numbers, K - 1 are
 * left to tell its noise by: of K = 1 any gains explain R to the last digit, errors of 0 with them.
 * The errors of gains over standard errors from 2 (K - 1) real residuals are Student's t of as many
 * degrees of freedom, whose mean square, 2 (K - 1) / (2 (K - 1) - 2), is finite from K = 3 on:
 * of fewer, no standard error means what the word says. */
static const double cph_samples_least = 3.0;

/** TOO_FEW where K is known (not 0) and less than that. */
static inline cph_status cph_samples_check(double samples, cph_error *error)
{
    return !(samples > 0.0) || samples >= cph_samples_least
               ? CPH_OK
               : cph_fail(error, CPH_ERR_TOO_FEW,
                          "a covariance of %g sample%s: noise cannot be told from gains by fewer "
                          "than %g; take a longer time",
                          samples, samples > 1.0 ? "s" : "", cph_samples_least);
}

#endif
