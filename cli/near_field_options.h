/* SPDX-License-Identifier: MIT */
/** @file near_field_options.h
 *  Options of `cophase calibrate --method near-field`, as an argp child whose input begins with a
 *  cph_calibrate_options. */
#ifndef CPH_CLI_NEAR_FIELD_OPTIONS_H
#define CPH_CLI_NEAR_FIELD_OPTIONS_H

#include <argp.h>

#include "cli/parse.h"

typedef struct cph_near_field_choice {
    bool project;                  /**< --solver back-projection */
    cph_length height;             /**< value 0: not given */
    const double *probe, *element; /**< exponents where given: point to the next */
    double cosine[2];              /**< probe's, elements' */
    double regularisation;
    double max_angle_rad; /**< 0: what the scan holds */
} cph_near_field_choice;

extern const struct argp cph_argp_near_field;

#endif
