/* SPDX-License-Identifier: MIT */
/** @file element_table.h
 *  Arrays as the text that --array reads. */
#ifndef CPH_CLI_ELEMENT_TABLE_H
#define CPH_CLI_ELEMENT_TABLE_H

#include "cophase/array.h"

/** Writes a table of elements (FORMAT.md), all or nothing: x y z, or E N U in frame ENU; numbers;
 *  where any element has them normals, subarrays, marks, polarisations and names (a dash for one
 *  with characters that part or end fields). `inputs` as for cph_text_open. Errors: FORMAT (an
 *  element without a position, frame ECEF), those of cph_text_open and cph_text_commit. */
cph_status cph_element_table_write(const char *path, const char *const *inputs,
                                   const cph_array *array, cph_error *error);

#endif
