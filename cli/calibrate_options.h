/* SPDX-License-Identifier: MIT */
/** @file calibrate_options.h
 *  The command line of `cophase calibrate`. */
#ifndef CPH_CLI_CALIBRATE_OPTIONS_H
#define CPH_CLI_CALIBRATE_OPTIONS_H

#include "cli/options.h"
#include "cli/redundant_options.h"

/** Of --time and --channel. */
#define CPH_ALL SIZE_MAX

typedef struct cph_calibrate_options {
    cph_cli cli;
    cph_redundant_choice redundant;
    size_t sources;                        /**< S, at least 1 for a model */
    cph_direction *direction;              /**< [S] */
    double *flux;                          /**< [S] powers above 0, or all of them NaN: to be fitted
                                                (never with --method redundant) */
    cph_length min_baseline, max_baseline; /**< value 0: no limit */
    size_t reference;                      /**< element number, or SIZE_MAX: mean phase */
    double tolerance;                      /**< 0: the solver's own */
    size_t max_iterations;                 /**< 0: the solver's own */
    size_t time, channel;                  /**< CPH_ALL, or which */
    double samples;                        /**< 0: what the input says */
} cph_calibrate_options;

/** Defaults, then the command line. Free in every case. */
cph_exit cph_calibrate_parse(int argc, char **argv, cph_calibrate_options *options);
void cph_calibrate_options_free(cph_calibrate_options *options);

/** Whether fluxes were given. */
bool cph_calibrate_has_flux(const cph_calibrate_options *options);

#endif
