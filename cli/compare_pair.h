/* SPDX-License-Identifier: MIT */
/** @file compare_pair.h
 *  Two calibrations of an array, compared by polarisation and channel. */
#ifndef CPH_CLI_COMPARE_PAIR_H
#define CPH_CLI_COMPARE_PAIR_H

#include "cli/options.h"
#include "cophase/compare.h"
#include "cophase/data.h"
#include "cophase/solutions.h"

/** Quantities with a limit (compare_limits.h). */
enum {
    CPH_COMPARE_LIMIT_LOSS,
    CPH_COMPARE_LIMIT_POINTING,
    CPH_COMPARE_LIMIT_SIDELOBE = 4,
    CPH_COMPARE_LIMITS = 6
};

typedef struct cph_compare_options {
    cph_cli cli;                      /**< input: A */
    const char *after;                /**< B */
    size_t time[2];                   /**< of A, of B */
    size_t channel;                   /**< of A; SIZE_MAX: all */
    bool renewed;                     /**< limits are for the array that is calibrated again */
    double worth_db[2];               /**< gain and sidelobe that are worth calibrating for */
    double limit[CPH_COMPARE_LIMITS]; /**< largest value, NaN: not asked for */
} cph_compare_options;

/** Elements of A of one polarisation. */
typedef struct cph_compare_group {
    char polarization; /**< 'X', 'Y' or 0 */
    size_t elements;
    size_t *index[2]; /**< [elements] in A and in B; where B lacks it, elements of B */
    cph_array array;  /**< of A */
    double *position; /**< [elements][3] */
    double *taper;    /**< [elements]; NULL: uniform */
    double look[3];
} cph_compare_group;

/** One comparison. */
typedef struct cph_compare_row {
    const cph_compare_group *group;
    size_t channel[2];
    double freq_hz;
    cph_error error; /**< status CPH_OK, or why there is none: what follows is then not set */
    cph_gain_estimate estimate[2]; /**< [elements] before, after */
    cph_comparison change;
    cph_compare_pointing pointing;
    cph_compare_effect effect;
    size_t worst; /**< element of the largest residual, both parts together */
} cph_compare_row;

typedef struct cph_compare_pair {
    cph_calibration calibration[2];
    size_t groups, rows;
    cph_compare_group group[2];
    cph_compare_row *row; /**< [rows] by polarisation, then channel of A */
    size_t only_after;    /**< elements of B that A does not have */
    bool has_scale;       /**< both say how large gains are; else their gauges set that */
    bool has_slope;       /**< likewise for phase slopes */
} cph_compare_pair;

/** Reads and matches, compares. Comparisons that fail for want of good elements are told in their
 *  row; only where all of them fail is that the verb's failure. *pair is for cph_compare_pair_free
 *  in every case. */
cph_exit cph_compare_pair_make(const cph_compare_options *options, cph_compare_pair *pair);
void cph_compare_pair_free(cph_compare_pair *pair);

#endif
