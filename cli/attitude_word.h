/* SPDX-License-Identifier: MIT */
/** @file attitude_word.h
 *  `--attitude`: how an array stands, fixed or over time. */
#ifndef CPH_CLI_ATTITUDE_WORD_H
#define CPH_CLI_ATTITUDE_WORD_H

#include <stdbool.h>

#include "cophase/array.h"
#include "cophase/attitude.h"

/** What can be said of the word without a table: OK, or ARGUMENT of words with commas that are no
 *  file and no angles in range. */
cph_status cph_attitude_check(const char *text, cph_error *error);

/** `ROLL,PITCH,YAW` in degrees, or a table's path (FORMAT.md, attitudes). Free with
 *  cph_attitude_free. ARGUMENT for angles out of range and arrays whose positions are in axes of
 *  the site, which stands; the errors of cph_attitude_read. */
cph_status cph_attitude_choose(const char *text, const cph_array *array, cph_attitude *attitude,
                               cph_error *error);

/** Whether a word that is one is angles, no table. */
bool cph_attitude_stays(const char *text);

#endif
