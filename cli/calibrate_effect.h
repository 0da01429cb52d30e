/* SPDX-License-Identifier: MIT */
/** @file calibrate_effect.h
 *  What the errors of gains do to the array that uses them. */
#ifndef CPH_CLI_CALIBRATE_EFFECT_H
#define CPH_CLI_CALIBRATE_EFFECT_H

#include "cli/calibrate_solve.h"

/** Predicted for a uniform beam of the unflagged elements; all NaN where a standard error of one is
 *  not known, or there is no solution. */
typedef struct cph_calibrate_effect {
    double phase_rms_rad, amplitude_rms; /**< of the standard errors; relative */
    double floor_db; /**< mean power away from the beam relative to its peak, and so the mean depth
                          of a null: cph_states_floor_db */
    double loss_db;  /**< of directivity: cph_budget_loss_db */
} cph_calibrate_effect;

cph_calibrate_effect cph_calibrate_effect_of(const cph_calibrated *made,
                                             const cph_calibrate_row *row);

/** {phase_rms_deg, amplitude_rms_db, floor_db, loss_db}, as in the error budget of `pattern`. */
json_t *cph_calibrate_effect_json(const cph_calibrate_effect *effect);

#endif
