/* SPDX-License-Identifier: MIT */
/** @file pattern_options.h
 *  What `pattern` is asked for beyond the beam itself, as an argp child: --null --bits --errors
 * --ignore-listed
 *  --plot-azel --plot-monopulse. Its input is a cph_pattern_options of its own, which the verb
 * hands over after cph_cli_children. */
#ifndef CPH_CLI_PATTERN_OPTIONS_H
#define CPH_CLI_PATTERN_OPTIONS_H

#include <argp.h>

#include "cli/parse.h"

/** Zero-initialise; free with cph_directions_free(&nulls). */
typedef struct cph_pattern_options {
    cph_directions nulls;
    size_t bits;                /**< 0: not given */
    bool has_errors;            /**< --errors was given: */
    double error_phase;         /**< radians rms */
    double error_db;            /**< decibels rms */
    bool ignore_listed;         /**< elements that their source lists as bad are used */
    const char *plot_azel;      /**< or NULL */
    const char *plot_monopulse; /**< or NULL */
} cph_pattern_options;

extern const struct argp cph_argp_pattern;

#endif
