/* SPDX-License-Identifier: MIT */
/** @file folder_output.h
 *  A folder that a verb fills with files: DIR.partial until it is complete, so that a reader sees
 *  all of it or none. */
#ifndef CPH_CLI_FOLDER_OUTPUT_H
#define CPH_CLI_FOLDER_OUTPUT_H

#include "cli/history.h"

typedef struct cph_folder_output {
    char *path, *partial; /**< partial: NULL when there is nothing to remove */
} cph_folder_output;

/** Refuses, before computing, a folder that holds something, is no folder, or is one of `outputs`
 * or one lies in (2); 1 where it cannot be made. `option` names it. path NULL is fine. */
cph_exit cph_folder_check(const cph_cli *cli, const char *option, const char *path,
                          const cph_named_output *outputs, size_t count);

/** Makes DIR.partial. Errors: EXISTS (also of one that was left), IO, MEMORY. */
cph_status cph_folder_open(cph_folder_output *output, const char *path, cph_error *error);

/** PATH of a file in it while it is being filled, on the heap; NULL without memory. */
char *cph_folder_inside(const cph_folder_output *output, const char *name);

/** Gives it its name, in place of an empty one. Errors: IO; it is then removed. */
cph_status cph_folder_commit(cph_folder_output *output, cph_error *error);

/** Gives up: the folder and the files in it are removed. */
void cph_folder_drop(cph_folder_output *output);

#endif
