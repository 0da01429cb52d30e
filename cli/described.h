/* SPDX-License-Identifier: MIT */
/** @file described.h
 *  Arrays of --array that are described in text (datasets/FORMAT.md): positions alone, no data
 *  and no frequencies; and what a description says besides. */
#ifndef CPH_CLI_DESCRIBED_H
#define CPH_CLI_DESCRIBED_H

#include "cli/element_choice.h"
#include "cli/parse.h"
#include "cophase/data.h"
#include "cophase/data_text.h"

/** Whether the word names such a file. */
bool cph_array_is_described(const cph_array_spec *spec);

/** Its array, the part of cph_array_build: made from `generator` where a description has one. */
cph_status cph_described_build(const char *path, double freq_hz, cph_array *array,
                               cph_error *error);

/** Reads what the file says, or nothing (*file is zeroed) when the array is no such file; free
 *  with cph_array_file_free. */
cph_status cph_described_read(const cph_array_spec *spec, cph_array_file *file, cph_error *error);

/** The files that it was read from: itself, the positions, the table of subarrays; returns how
 *  many were put into path[3]. */
size_t cph_described_paths(const cph_array_file *file, const char *path[3]);

/** Its element pattern, where it names one, as cph_element_choose has it, files counted from the
 *  description's folder. The words live as long as the file. */
cph_status cph_described_element(cph_array_file *file, cph_element_choice *choice,
                                 cph_error *error);

#endif
