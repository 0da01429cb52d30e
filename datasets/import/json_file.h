/* SPDX-License-Identifier: MIT */
/** @file json_file.h
 *  What layouts say of themselves in JSON. */
#ifndef CPH_IMPORT_JSON_FILE_H
#define CPH_IMPORT_JSON_FILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cophase/types.h"

/** A file of up to 64 MiB that holds one object; json_decref it. IO, FORMAT name file and line. */
CPH_MUST_CHECK cph_status cph_json_file_read(const char *path, json_t **object, cph_error *error);

/** Absent or null: *value stays, CPH_OK. Else any number, or FORMAT, naming path and key. */
CPH_MUST_CHECK cph_status cph_json_file_number(const json_t *object, const char *key,
                                               const char *path, double *value, cph_error *error);
/** The same for a whole number, 0 to 2^53. */
CPH_MUST_CHECK cph_status cph_json_file_count(const json_t *object, const char *key,
                                              const char *path, uint64_t *value, cph_error *error);
/** The same for text, which lives as long as the object. */
CPH_MUST_CHECK cph_status cph_json_file_text(const json_t *object, const char *key,
                                             const char *path, const char **value,
                                             cph_error *error);

#endif
