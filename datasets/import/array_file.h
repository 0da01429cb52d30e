/* SPDX-License-Identifier: MIT */
/** @file array_file.h
 *  Readers of arrays in text. Messages name file and line; outputs are untouched on error. */
#ifndef CPH_IMPORT_ARRAY_FILE_H
#define CPH_IMPORT_ARRAY_FILE_H

#include "cophase/data.h"
#include "cophase/data_text.h"

/** Elements as they are read. Zero-initialise; free with cph_rows_free. */
typedef struct cph_rows {
    struct cph_row {
        cph_element element;
        size_t line;
    } * row;
    size_t count, room;
} cph_rows;

/** One more, numbered as it stands, at the origin, without a name; NULL: no memory, or more than
 *  any array has (*error says which). */
struct cph_row *cph_rows_add(cph_rows *rows, const char *path, size_t line, cph_error *error);
void cph_rows_free(cph_rows *rows);

/** The elements as an array of that frame; each (number, polarization) may be there once. */
CPH_MUST_CHECK cph_status cph_rows_array(const cph_rows *rows, const char *path, cph_frame frame,
                                         cph_array *array, cph_error *error);

/** Table whose first line names its columns. */
CPH_MUST_CHECK cph_status cph_array_table_read(const char *path, cph_array *array,
                                               cph_error *error);

/** OSKAR's layout of a station: x y [z [dx dy dz]] a line, east, north and up. */
CPH_MUST_CHECK cph_status cph_oskar_layout_read(const char *path, cph_array *array,
                                                cph_error *error);

/** Table of element numbers and subarrays: fills `subarray` of the elements it names. */
CPH_MUST_CHECK cph_status cph_subarray_table_apply(const char *path, cph_array *array,
                                                   cph_error *error);

/** INI description: everything but file->path and, of an array with positions, its elements. */
CPH_MUST_CHECK cph_status cph_array_ini_read(const char *path, cph_array_file *file,
                                             cph_error *error);

/** Positions are within this of the site, or in other units. */
#define CPH_POSITION_LIMIT_M 1e8

#endif
