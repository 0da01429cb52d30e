/* SPDX-License-Identifier: MIT */
/** @file calibrate_positions.h
 *  What `--method positions` finds of one polarisation, and how it says so. */
#ifndef CPH_CLI_CALIBRATE_POSITIONS_H
#define CPH_CLI_CALIBRATE_POSITIONS_H

#include "cli/calibrate_method.h"
#include "cophase/survey.h"

typedef struct cph_positions_part {
    const cph_selection *selection;
    cph_survey_positions found; /**< [selection->elements] */
    bool is_turned;
    cph_survey_orientation turned; /**< where it is; ... */
    cph_error turn_error;          /**< ... else why not */
    double shift;                  /**< rms distance from nominal, metres */
    double sigma; /**< median of standard errors of coordinates, metres; NaN: unknown */
} cph_positions_part;

/** Text or JSON. flag [elements] of made->calibration.array. */
cph_exit cph_positions_print(const cph_calibrate_options *options, const cph_calibrated *made,
                             const unsigned char *flag, const cph_positions_part *part,
                             size_t parts);

#endif
