/* SPDX-License-Identifier: MIT */
/** @file steering.h
 *  Conventional weights toward directions of the command line, as a weights file holds them:
 *  what `weights` writes and `beamform --steer` uses. */
#ifndef CPH_CLI_STEERING_H
#define CPH_CLI_STEERING_H

#include "cli/input.h"
#include "cli/nulls.h"
#include "cophase/solutions.h"

typedef struct cph_steering {
    const cph_array *array; /**< N elements */
    const double *position; /**< [N][3] metres, array frame, finite */
    const cph_directions *directions;
    const cph_taper *taper; /**< NULL: uniform */
    size_t channels;
    const double *freq_hz;     /**< [channels] */
    const cph_c64 *gain;       /**< [channels][N]; NULL: 1 */
    const unsigned char *flag; /**< [channels][N] cph_flag; NULL: none */
    const cph_c64 *coupling;  /**< [channels][N][N] C in place of gains, rows of flagged elements 0:
                                   beams are made as if there were none, and w = C^-H of that, by
                                   least squares where elements are flagged; NULL: gains alone */
    const cph_method *method; /**< its nulls; NULL: none */
} cph_steering;

/** Makes weights->weights [direction][channel][N] with directions, names and frequencies; free with
 *  cph_weights_free; and *nulls (zero-initialised, may be NULL; cph_nulls_free, also on failure).
 * Errors: of cph_direction_resolve, cph_nulls_make, cph_weights_conventional and cph_weights_null.
 */
cph_status cph_steering_weights(const cph_steering *steering, cph_weights *weights,
                                cph_nulls *nulls, cph_error *error);

/** Directions, names and frequencies of weights that cph_weights_create made for them. */
cph_status cph_steering_label(const cph_directions *directions, const double *freq_hz,
                              cph_weights *weights, cph_error *error);

/** The highest of the frequencies. */
double cph_steering_top(size_t channels, const double *freq_hz);

/** The same for a selection of an input: all its channels, with the input's calibration and the
 *  nulls of its command line. flag
 *  [channels][N] receives who is left out, and why. */
cph_exit cph_steering_input(const cph_input *input, const cph_selection *selection,
                            const cph_directions *directions, const cph_taper *taper,
                            cph_weights *weights, cph_nulls *nulls, unsigned char *flag);

/** Gains and flags [N] of a calibration file's first time for an array that is no file's; file
 *  NULL: 1 and none. *coupling: [N][N] of cph_calibration_coupling, for the caller to free, or NULL
 *  where there is none. Errors: of cph_gains_read, cph_calibration_lookup; MEMORY. */
cph_status cph_steering_gains(const char *file, cph_gain_path path, const cph_array *array,
                              double freq_hz, cph_c64 *gain, unsigned char *flag,
                              cph_c64 **coupling, cph_error *error);

#endif
