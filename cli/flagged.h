/* SPDX-License-Identifier: MIT */
/** @file flagged.h
 *  Elements that are left out, as every verb lists them. */
#ifndef CPH_CLI_FLAGGED_H
#define CPH_CLI_FLAGGED_H

#include "cli/json.h"
#include "cophase/data.h"
#include "cophase/solutions.h"

/** Appends {"element", "name", "polarization", "reason"} for each flagged element of the array
 *  (flag [elements] cph_flag); returns how many. name and polarization are null where there are
 *  none. */
size_t cph_flagged_append(json_t *list, const cph_array *array, const unsigned char *flag);

/** A list of the elements that have no part in any beam or channel of the weights, with the reason
 *  that flag [channels][N] gives; NULL: "weight 0". */
json_t *cph_flagged_weights(const cph_weights *weights, const unsigned char *flag);

/** Prints a list, a line an element. */
void cph_flagged_print(const json_t *list);

#endif
