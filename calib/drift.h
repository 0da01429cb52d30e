/* SPDX-License-Identifier: MIT */
/** @file drift.h
 *  Gains that wander: random walks that are read with errors, and the desk of all of them. */
#ifndef CPH_CALIB_DRIFT_H
#define CPH_CALIB_DRIFT_H

#include <stdbool.h>
#include <stddef.h>

#include "cophase/drift.h"

/** A reading begins a segment that knows nothing of what was before. */
typedef enum cph_walk_use { CPH_WALK_NONE, CPH_WALK_READ, CPH_WALK_BEGIN } cph_walk_use;

/** What is known at a time: level, its variance, and the level that a reading of the temperature
 *  instead would have (0 without): level(k) = level - k * heat for a slope k. */
typedef struct cph_walk_state {
    double level, heat, variance;
} cph_walk_state;

typedef struct cph_walk {
    size_t times;
    const double *time_s;
    const double *heat;       /**< [T] temperature less its mean, or NULL */
    const double *y;          /**< [T] readings */
    const double *variance;   /**< [T] of their errors */
    const unsigned char *use; /**< [T] cph_walk_use */
} cph_walk;

/** Sums over readings that were predicted: v y's and h temperature's innovation, f its variance. */
typedef struct cph_walk_sums {
    double log_f, vv, vh, hh;
    size_t count;
} cph_walk_sums;

/** State at `t` before its reading, from that at t - 1: variance grows by q dt. */
cph_walk_state cph_walk_predict(const cph_walk *walk, double q, size_t t,
                                const cph_walk_state *before);

/** With the reading of t taken in; sums may be NULL. */
cph_walk_state cph_walk_take(const cph_walk *walk, size_t t, const cph_walk_state *predicted,
                             cph_walk_sums *sums);

/** Filters all times; state [T] (NULL: sums alone) is that after each reading, variance infinite
 *  before the first. */
void cph_walk_filter(const cph_walk *walk, double q, cph_walk_state *state, cph_walk_sums *sums);

/** Smooths state [T] of the filter in place. */
void cph_walk_smooth(const cph_walk *walk, double q, cph_walk_state *state);

/* ---- all elements ---- */

enum { CPH_DRIFT_PHASE, CPH_DRIFT_AMPLITUDE, CPH_DRIFT_QUANTITIES };

/** Of an element; variance infinite where temperatures don't tell. */
typedef struct cph_drift_slope {
    double value, variance;
} cph_drift_slope;

typedef struct cph_drift_desk {
    const cph_drift_config *c;
    size_t n, times;
    double *heat;                                 /**< [T] or NULL */
    double *y[CPH_DRIFT_QUANTITIES];              /**< [N][T] */
    double *variance[CPH_DRIFT_QUANTITIES];       /**< [N][T] */
    unsigned char *use, *mark;                    /**< [N][T] cph_walk_use, cph_drift_mark */
    cph_drift_slope *slope[CPH_DRIFT_QUANTITIES]; /**< [N] */
    double q[CPH_DRIFT_QUANTITIES];               /**< squared rates */
    double q_high[CPH_DRIFT_QUANTITIES];          /**< their upper limits, by one standard error */
    double chi2[CPH_DRIFT_QUANTITIES];
    double *scratch;       /**< [N * T] */
    cph_walk_state *state; /**< [T] */
} cph_drift_desk;

/** Quantity i of element n. */
cph_walk cph_drift_walk(const cph_drift_desk *d, int i, size_t n);

/** Decides which readings of element n count, with the rates and slopes at hand, and turns phases
 *  to within half a turn of their predictions; how many marks changed. */
size_t cph_drift_sort(cph_drift_desk *d, size_t n);

/** Marks, rates, slopes and chi2 of all. */
void cph_drift_fit(cph_drift_desk *d);

#endif
