/* SPDX-License-Identifier: MIT */
/** @file info_header.h
 *  What `cophase info` says of the header of any file. */
#ifndef CPH_CLI_INFO_HEADER_H
#define CPH_CLI_INFO_HEADER_H

#include "cli/json.h"
#include "cophase/data.h"

/** An object with all of it. */
json_t *cph_info_header_json(const char *file, const cph_data_header *header);

/** Lines of text: how large it is; then everything else. */
void cph_info_print_size(const cph_data_header *header);
void cph_info_print_rest(const cph_data_header *header);

/** A line each of them: "time         2026-11-23 10:00:00.000000 UTC" (nothing of NaN); of an
 * array.
 */
void cph_info_print_time(const char *label, double unix_s);
void cph_info_print_array(const cph_array *array);

/** Commands that made the file, oldest first. */
json_t *cph_info_history_json(const char *path);

/** Whether what was measured is of all elements together: it tells no element's health. */
bool cph_info_is_readings(const cph_data_header *header);

#endif
