/* SPDX-License-Identifier: MIT */
/** @file readings_options.h
 *  Options of methods of `cophase calibrate` that take readings, as an argp child whose input
 *  begins with a cph_calibrate_options. */
#ifndef CPH_CLI_READINGS_OPTIONS_H
#define CPH_CLI_READINGS_OPTIONS_H

#include "cli/options.h"
#include "cli/states_options.h"
#include "cophase/power_calib.h"

typedef struct cph_readings_options {
    cph_rev_rule roots;        /**< --roots; closed unless given */
    cph_states_options states; /**< --states, --state-sense */
    bool has_sense;            /**< --state-sense was given */
    cph_array_spec array;      /**< --array; text NULL: not given */
    double freq_hz;            /**< --freq; 0: not given */
} cph_readings_options;

extern const struct argp cph_argp_readings;

/** "closed", "weak", "open". */
const char *cph_roots_name(cph_rev_rule roots);

#endif
