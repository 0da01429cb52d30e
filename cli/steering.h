/* SPDX-License-Identifier: MIT */
/** @file steering.h
 *  Conventional weights toward directions of the command line, as a weights file holds them:
 *  what `weights` writes and `beamform --steer` uses. */
#ifndef CPH_CLI_STEERING_H
#define CPH_CLI_STEERING_H

#include "cli/options.h"
#include "cophase/data.h"

typedef struct cph_steering {
    const cph_array *array; /**< N elements */
    const double *position; /**< [N][3] metres, array frame, finite */
    const cph_directions *directions;
    const cph_taper *taper; /**< NULL: uniform */
    size_t channels;
    const double *freq_hz;     /**< [channels] */
    const cph_c64 *gain;       /**< [channels][N]; NULL: 1 */
    const unsigned char *flag; /**< [channels][N] cph_flag; NULL: none */
} cph_steering;

/** Makes weights->weights [direction][channel][N] with directions, names and frequencies; free with
 *  cph_weights_free. Errors: of cph_direction_resolve and
 *  cph_weights_conventional. */
cph_status cph_steering_weights(const cph_steering *steering, cph_weights *weights,
                                cph_error *error);

#endif
