/* SPDX-License-Identifier: MIT */
/** @file text_output.h
 *  A text file that a verb writes: PATH.partial until it is complete, so that a reader sees all of
 *  it or none. */
#ifndef CPH_CLI_TEXT_OUTPUT_H
#define CPH_CLI_TEXT_OUTPUT_H

#include <stdio.h>

#include "cophase/types.h"

typedef struct cph_text_output {
    char *path, *partial;
    FILE *file;
} cph_text_output;

/** Whether `path` may be written: nothing, or a regular file that is none of `inputs` (ends with
 *  NULL; may be NULL). Errors: EXISTS, MEMORY. */
cph_status cph_text_check(const char *path, const char *const *inputs, cph_error *error);

/** Opens PATH.partial. Errors: those of the check; IO. */
cph_status cph_text_open(cph_text_output *output, const char *path, const char *const *inputs,
                         cph_error *error);

/** Completes the file under its name, or removes what there is: in every case the output is closed.
 *  Errors: IO, also of what was written before. */
cph_status cph_text_commit(cph_text_output *output, cph_error *error);

/** Gives up: what there is is removed. */
void cph_text_drop(cph_text_output *output);

#endif
