/* SPDX-License-Identifier: MIT */
/** @file limits.h
 *  Limits that results are held to, --max-X: what was asked for, and the worst result against it.
 */
#ifndef CPH_CLI_LIMITS_H
#define CPH_CLI_LIMITS_H

#include "cli/options.h"

/** A quantity with a limit. */
typedef struct cph_limit {
    const char *option, *key, *words, *unit;
    cph_quantity quantity; /**< CPH_ANGLE: in degrees behind the parser; CPH_NUMBER: a whole one */
} cph_limit;

/** In a parser: *most, in the limit's unit, of an argument; it is not negative. */
error_t cph_limit_take(const struct argp_state *state, const cph_limit *limit, const char *arg,
                       double *most);

/** The worst of all results against a limit. */
typedef struct cph_verdict {
    size_t limit; /**< which */
    double most, value;
    size_t row; /**< of the result; 0 where there is none */
    bool kept;  /**< an unknown value is not */
} cph_verdict;

/** The quantity of a limit in result `row`, in its unit; NaN: not known, -INFINITY: it has none. */
typedef double cph_limit_value(const void *results, size_t limit, size_t row);

/** Fills verdict [limits] with those asked for, whose most [limits] is no NaN; returns how many. An
 *  unknown value is worst. */
size_t cph_limits_judge(const double *most, size_t limits, const void *results, size_t rows,
                        cph_limit_value *value, cph_verdict *verdict);

/** How many are violated; *first is the first of them. */
size_t cph_limits_violated(const cph_verdict *verdict, size_t count, size_t *first);

#endif
