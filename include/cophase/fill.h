/* SPDX-License-Identifier: MIT */
/** @file fill.h
 *  Gains of elements between the channels in which they were found. */
#ifndef COPHASE_FILL_H
#define COPHASE_FILL_H

#include <stdbool.h>

#include "cophase/flags.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_fill_config {
    size_t channels, elements;     /**< C >= 3, N */
    const double *freq_hz;         /**< [C] all different, in any order */
    const cph_c64 *gain;           /**< [C][N] */
    const double *phase_sigma;     /**< [C][N] rad */
    const double *amplitude_sigma; /**< [C][N] relative */
    const unsigned char *flag;     /**< [C][N] or NULL; what is flagged, 0, not finite or without
                                        standard errors is no reading */
    size_t wanted;                 /**< W */
    const double *wanted_hz;       /**< [W] in any order, also those of freq_hz */
    double max_gap_hz;             /**< above 0: the widest gap between readings that is crossed */
    double max_delay_s;            /**< delays searched, either way; 0: as cph_band_solve has it */
    bool absolute;                 /**< gains are comparable between channels; else (gauges) each
                                        channel has a factor of its own */
} cph_fill_config;

/** The answer; the caller gives the arrays. */
typedef struct cph_fill_solution {
    cph_c64 *gain;           /**< [W][N] NaN where flagged */
    double *phase_sigma;     /**< [W][N] rad, NaN likewise */
    double *amplitude_sigma; /**< [W][N] relative, NaN likewise */
    unsigned char *flag;     /**< [W][N] CPH_FLAG_NONE, or CPH_FLAG_UNSOLVED: no answer */
    double phase_rate;       /**< what was found of all elements: standard deviation by which the
                                  slope of a phase wanders, rad / Hz^1.5 */
    double amplitude_rate;   /**< the same of log |g|, 1 / Hz^1.5 */
} cph_fill_solution;

/** The delay of each element (cph_band_solve) is taken off, and what is left of its phase and of
 *  log |g| are curves whose slope is a random walk over frequency with nothing known of level and
 *  slope: the prior whose mean is the cubic smoothing spline (Wahba, J. R. Stat. Soc. B 40 p. 364,
 *  1978; Wecker & Ansley, JASA 78 p. 81, 1983), found by filters from both ends in O(C). How fast
 *  slopes wander is the likeliest rate of all elements together, one for phase and one for
 *  amplitude (0: straight lines). Standard errors are those of that prior and of the readings: of
 *  a gap of width d far wider than what readings around it average over, q d^3/192 is added at its
 *  middle for a rate sqrt(q).
 *
 *  Answered are frequencies of readings (smoothed), and those between two readings of the element
 *  at most max_gap_hz apart; never those outside of all of its readings. Elements with fewer than 3
 *  readings, or whose phases agree with no delay better than chance, have no answer.
 *
 *  Unless `absolute`, channels may differ by any factor common to all elements (mean phase 0 is a
 *  mean of others where others are flagged, and of phases that wrap): it is taken off by elements
 *  with readings in all channels that have any, and put back, at other frequencies that of the
 *  nearest such channel. Phases, less delay and factor, have to change by under half a turn between
 *  neighbouring readings. Standard errors below 1e-7 count as that.
 *
 *  Arrays of the answer may be those of the config only where W = C, wanted_hz = freq_hz. Errors:
 *  ARGUMENT, OVERFLOW, MEMORY, and those of cph_band_solve: NOT_FINITE (freq_hz), SINGULAR
 *  (frequencies not different), TOO_FEW (channels; no readings; no element with readings in all
 *  channels that have any); *error (may be NULL) says which, the answer is then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_fill_solve(const cph_fill_config *config,
                                                 cph_fill_solution *solution, cph_error *error);

CPH_END_DECLS

#endif
