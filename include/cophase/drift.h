/* SPDX-License-Identifier: MIT */
/** @file drift.h
 *  Gains that wander between calibrations: what they were at each time, with what all times know,
 *  how fast they go, what temperature does to them, and when one jumped. */
#ifndef COPHASE_DRIFT_H
#define COPHASE_DRIFT_H

#include <stdbool.h>

#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_drift_config {
    size_t times, elements;        /**< T >= 3, N */
    const double *time_s;          /**< [T] ascending */
    const cph_c64 *gain;           /**< [T][N] */
    const double *phase_sigma;     /**< [T][N] rad, above 0 */
    const double *amplitude_sigma; /**< [T][N] relative, above 0 */
    const unsigned char *flag; /**< [T][N] not 0: no reading (nor where gain is not finite or 0);
                                    or NULL. A time without any reading is interpolated, or
                                    predicted at the end */
    const double *temperature; /**< [T] in any unit of temperature, finite; or NULL */
    double phase_rate;     /**< rad per root second of the random walk; NaN: found from the data */
    double amplitude_rate; /**< relative per root second, likewise */
    double outlier; /**< readings further than this many standard errors from what the times before
                         predict are left out, or begin anew where the next two agree with them (a
                         jump); 0: none */
    bool absolute_phase; /**< phases of all times are against one reference. Else the mean phase of
                              the elements that have a reading whenever any has is gauge: its
                              change since the first time is taken out */
    bool absolute_amplitude; /**< likewise of the mean log amplitude */
} cph_drift_config;

/** Rates found, outliers beyond 5.5 (by chance one reading in four million), nothing absolute. */
CPH_API cph_drift_config cph_drift_defaults(void);

/** What became of a reading. */
typedef enum cph_drift_mark {
    CPH_DRIFT_USED,
    CPH_DRIFT_ABSENT,  /**< there is none */
    CPH_DRIFT_OUTLIER, /**< left out */
    CPH_DRIFT_JUMP     /**< used; what was before tells nothing of it */
} cph_drift_mark;

/** The answer; the caller gives the arrays. */
typedef struct cph_drift_solution {
    cph_c64 *gain;                 /**< [T][N] smoothed; NaN for an element without any reading */
    double *phase_sigma;           /**< [T][N] rad */
    double *amplitude_sigma;       /**< [T][N] relative */
    unsigned char *mark;           /**< [T][N] cph_drift_mark */
    double *phase_slope;           /**< [N] rad per unit of temperature; or NULL. NaN without */
    double *phase_slope_sigma;     /**< [N] or NULL */
    double *amplitude_slope;       /**< [N] relative per unit of temperature; or NULL */
    double *amplitude_slope_sigma; /**< [N] or NULL */
    double phase_rate, amplitude_rate; /**< as given or found, one for all elements */
    double phase_chi2, amplitude_chi2; /**< mean square of what each reading differs by from its
                                            prediction, over its expectation: about 1 where the
                                            standard errors given are true and the rates fit */
    size_t outliers, jumps;
} cph_drift_solution;

/** Phase and log amplitude of each element as random walks (variance rate^2 dt) plus a slope times
 *  temperature, read with independent errors: Kalman filter and the smoother of Rauch, Tung &
 *  Striebel (AIAA J. 3 p. 1445, 1965) from a start of which nothing is known, slopes by generalised
 *  least squares in the same pass (de Jong, Ann. Stat. 19 p. 1073, 1991), rates by the largest
 *  likelihood over all elements. The least variance any estimate has under that model, which
 *  phase_sigma and amplitude_sigma are. A rate that is found has an error too, which enters where
 *  there is no reading on one side: time from the nearest one counts by the upper limit of the rate
 *  (-2 log likelihood 1 above its least). Between readings it is not held.
 *  Phases are followed through turns: between two readings the walk must stay within half a turn of
 *  its prediction. Slopes need temperatures that differ between readings without a jump between.
 *  Outputs may not overlap the inputs. O(T N) time a step of the search for rates, some 100 steps.
 *  Errors: ARGUMENT (also times that don't ascend, an error of a reading that is not above 0, as
 * that of a reference element), NOT_FINITE (times, temperatures), TOO_FEW (under 3 times; no
 * element with 3 readings; not all absolute and under 2 elements with a reading whenever any has),
 * OVERFLOW, MEMORY; *error (may be NULL) says which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_drift_solve(const cph_drift_config *config,
                                                  cph_drift_solution *solution, cph_error *error);

CPH_END_DECLS

#endif
