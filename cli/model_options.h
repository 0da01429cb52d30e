/* SPDX-License-Identifier: MIT */
/** @file model_options.h
 *  --robust --fit of `cophase calibrate --method model`, --robust of `jones`. */
#ifndef CPH_CLI_MODEL_OPTIONS_H
#define CPH_CLI_MODEL_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

#include "cophase/calib.h"

typedef struct cph_model_choice {
    bool plain;             /**< --robust none */
    cph_gain_rule rule;     /**< else */
    bool noise, directions; /**< --fit */
} cph_model_choice;

/** Its input is the verb's cph_calibrate_options. */
extern const struct argp cph_argp_model;

#endif
