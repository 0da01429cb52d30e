/* SPDX-License-Identifier: MIT */
/** @file redundant_options.h
 *  --grid-tolerance --solver of `cophase calibrate --method redundant`. */
#ifndef CPH_CLI_REDUNDANT_OPTIONS_H
#define CPH_CLI_REDUNDANT_OPTIONS_H

#include <argp.h>

#include "cli/parse.h"
#include "cophase/redundant.h"

typedef struct cph_redundant_choice {
    cph_length tolerance;        /**< between equal baselines; value 0: the library's own */
    cph_redundant_method method; /**< --solver, or lincal */
} cph_redundant_choice;

/** Its input is the verb's cph_calibrate_options. */
extern const struct argp cph_argp_redundant;

#endif
