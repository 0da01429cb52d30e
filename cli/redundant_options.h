/* SPDX-License-Identifier: MIT */
/** @file redundant_options.h
 *  --method --grid-tolerance --solver: gains from a model or from redundant baselines. */
#ifndef CPH_CLI_REDUNDANT_OPTIONS_H
#define CPH_CLI_REDUNDANT_OPTIONS_H

#include <argp.h>

#include "cli/parse.h"
#include "cophase/redundant.h"

typedef struct cph_redundant_choice {
    bool wanted;                 /**< --method redundant */
    cph_length tolerance;        /**< between equal baselines; value 0: the library's own */
    bool solver_given;           /**< --solver */
    cph_redundant_method method; /**< --solver, or lincal */
} cph_redundant_choice;

/** Its input is a cph_redundant_choice. */
extern const struct argp cph_argp_redundant;

#endif
