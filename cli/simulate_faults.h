/* SPDX-License-Identifier: MIT */
/** @file simulate_faults.h
 *  Which elements of a simulated array are dead or weak. */
#ifndef CPH_CLI_SIMULATE_FAULTS_H
#define CPH_CLI_SIMULATE_FAULTS_H

#include <jansson.h>

#include "cli/parse.h"

/** As asked for: lists, and how many more at random. */
typedef struct cph_fault_words {
    cph_ranges dead, weak;
    size_t dead_more, weak_more;
} cph_fault_words;

/** Element numbers in rising order; none is in both. */
typedef struct cph_faults {
    size_t dead_count, weak_count;
    size_t *dead, *weak;
} cph_faults;

/** The random ones depend on the seed alone and are none of those listed. ARGUMENT when a list
 *  names an element that the array lacks or that is in the other one, or too few are left. */
cph_status cph_faults_pick(const cph_fault_words *words, size_t elements, uint64_t seed,
                           cph_faults *faults, cph_error *error);
void cph_faults_free(cph_faults *faults);

/** [3, 17] */
json_t *cph_faults_json(const size_t *list, size_t count);

#endif
