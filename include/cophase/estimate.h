/* SPDX-License-Identifier: MIT */
/** @file estimate.h
 *  Gains that a solver found, element by element, and what is done with them afterwards. */
#ifndef COPHASE_ESTIMATE_H
#define COPHASE_ESTIMATE_H

#include "cophase/flags.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** One gain an element; the caller gives the arrays. */
typedef struct cph_gain_estimate {
    cph_c64 *gain;           /**< [N] observed = gain * true, NaN where flagged */
    double *phase_sigma;     /**< [N] rad, NaN where flagged or where nothing tells the noise */
    double *amplitude_sigma; /**< [N] relative, NaN likewise */
    unsigned char *flag;     /**< [N] cph_flag, in (elements to leave out) and out */
} cph_gain_estimate;

/** Flags what is too low among unflagged gains: WEAK under weak_below (0.3 is usual) of the median
 *  of |gain|; DEAD under 0.42 of it and within 4 standard errors of zero, or under 1e-6 of it;
 *  UNSOLVED what is not finite. What is flagged becomes NaN. Errors: ARGUMENT, OVERFLOW, MEMORY;
 *  the estimate is then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_estimate_flag_low(size_t elements, double weak_below,
                                                        cph_gain_estimate *estimate);

/** Gauge of calibration files: phases rotated by -arg(sum g/|g|), then by their mean, over
 *  unflagged elements (or so that `reference` has phase 0; SIZE_MAX: none), mean |g| = 1. Standard
 *  errors become those of the gauge: for errors e independent between elements,
 *    phase      var(e_n - mean e),                 or var(e_n) + var(e_reference),
 *    amplitude  var(e_n - sum |g_m| e_m / sum |g_m|).
 *  Errors: ARGUMENT (a flagged reference), TOO_FEW (no unflagged element), NOT_FINITE (an
 *  unflagged gain is zero or not finite), MEMORY, OVERFLOW; *error (may be NULL) says which, the
 *  estimate is then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_estimate_gauge(size_t elements, size_t reference,
                                                     cph_gain_estimate *estimate, cph_error *error);

CPH_END_DECLS

#endif
