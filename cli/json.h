/* SPDX-License-Identifier: MIT */
/** @file json.h
 *  JSON as the verbs print it: numbers that are not finite become null. After cph_json_setup no
 *  call here or of jansson fails for want of memory: the process ends with CPH_EXIT_FAILED. */
#ifndef CPH_CLI_JSON_H
#define CPH_CLI_JSON_H

#include <jansson.h>

#include "cli/options.h"

/** Once, before anything else of jansson. */
void cph_json_setup(void);

/** A number, or null when it is not finite. */
json_t *cph_json_number(double value);
json_t *cph_json_count(size_t value);

/** Text; bytes of file names that are not UTF-8 become '?'. NULL gives null. */
json_t *cph_json_text(const char *value);

/* object[key] = value */
void cph_json_set_number(json_t *object, const char *key, double value);
void cph_json_set_count(json_t *object, const char *key, size_t value);
void cph_json_set_text(json_t *object, const char *key, const char *value);
/** Takes over the reference. */
void cph_json_set(json_t *object, const char *key, json_t *value);
/** Takes over the reference. */
void cph_json_append(json_t *array, json_t *value);

/** Prints the object and a newline to stdout and flushes; takes over the reference. A full disk
 *  or closed pipe is said and gives CPH_EXIT_FAILED. */
cph_exit cph_json_print(const cph_cli *cli, json_t *object);

/** After printing text to stdout: CPH_EXIT_FAILED, said, when that did not arrive. */
cph_exit cph_stdout_check(const cph_cli *cli);

#endif
