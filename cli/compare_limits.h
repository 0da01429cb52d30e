/* SPDX-License-Identifier: MIT */
/** @file compare_limits.h
 *  What may have changed between two calibrations, and how much of it. */
#ifndef CPH_CLI_COMPARE_LIMITS_H
#define CPH_CLI_COMPARE_LIMITS_H

#include "cli/compare_pair.h"
#include "cli/json.h"
#include "cli/limits.h"

/** The limits as options, beside those of the verb: their argp takes the cph_compare_options. */
extern const struct argp cph_argp_compare_limits;

/** Fills verdict [CPH_COMPARE_LIMITS] with those asked for, rows being those of the pair; returns
 *  how many. */
size_t cph_compare_limits_judge(const cph_compare_options *options, const cph_compare_pair *pair,
                                cph_verdict *verdict);

json_t *cph_compare_limits_json(const cph_compare_pair *pair, const cph_verdict *verdict,
                                size_t count);
void cph_compare_limits_print(const cph_verdict *verdict, size_t count);

/** CPH_EXIT_LIMIT, said, where one of them is violated, or its quantity not known (as what gauges
 *  have set is not). */
cph_exit cph_compare_limits_exit(const cph_compare_options *options, const cph_compare_pair *pair,
                                 const cph_verdict *verdict, size_t count);

#endif
