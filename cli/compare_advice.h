/* SPDX-License-Identifier: MIT */
/** @file compare_advice.h
 *  Whether an array whose gains have changed is worth calibrating again: what its beams would
 *  regain by weights made from B. */
#ifndef CPH_CLI_COMPARE_ADVICE_H
#define CPH_CLI_COMPARE_ADVICE_H

#include "cli/compare_pair.h"
#include "cli/json.h"

typedef struct cph_compare_advice {
    bool changed;       /**< beyond chance; taken for so where a file has no standard errors */
    double gain_db;     /**< regained toward the look, less what errors of both files pretend */
    double errors_db;   /**< that */
    double sidelobe_db; /**< by which the highest sidelobe comes down; NaN: there is none */
    bool renew;         /**< any of them is changed, and worth it */
} cph_compare_advice;

/** Of one comparison that did not fail. */
cph_compare_advice cph_compare_advise(const cph_compare_options *options,
                                      const cph_compare_row *row);

/** "re-calibrate" where any comparison says so, "keep" where none does, NULL where all failed. */
const char *cph_compare_advice_word(const cph_compare_options *options,
                                    const cph_compare_pair *pair);

json_t *cph_compare_advice_json(const cph_compare_advice *advice);

/** The line for a person, of the comparison in which most is regained. */
void cph_compare_advice_print(const cph_compare_options *options, const cph_compare_pair *pair);

#endif
