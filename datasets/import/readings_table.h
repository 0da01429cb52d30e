/* SPDX-License-Identifier: MIT */
/** @file readings_table.h
 *  Calibration readings in text tables (FORMAT.md): a first line that names the columns, then a
 *  line a reading. */
#ifndef CPH_DATASETS_READINGS_TABLE_H
#define CPH_DATASETS_READINGS_TABLE_H

#include "cophase/readings.h"

/** By the columns named in the first line; CPH_KIND_COUNT for another text. */
cph_kind cph_readings_table_kind(const char *path);

/** As cph_rev_readings_read and the like. */
CPH_MUST_CHECK cph_status cph_rev_table_read(const char *path, cph_rev_readings *readings,
                                             cph_error *error);
CPH_MUST_CHECK cph_status cph_coded_table_read(const char *path, cph_coded_readings *readings,
                                               cph_error *error);
CPH_MUST_CHECK cph_status cph_near_field_table_read(const char *path,
                                                    cph_near_field_readings *readings,
                                                    cph_error *error);

CPH_MUST_CHECK cph_status cph_coupling_table_read(const char *path, cph_coupling_readings *readings,
                                                  cph_error *error);

/** An array of the elements among these numbers [count >= 1], each once, rising. MEMORY. */
CPH_MUST_CHECK cph_status cph_readings_array(const uint32_t *number, size_t count,
                                             cph_array *array);

/** Where a number stands in such an array. */
size_t cph_readings_index(const cph_array *array, uint32_t number);

enum { CPH_READINGS_COLUMNS = 12 };

/** The columns of a kind; the first `needed` must be there. Ends with NULL. */
typedef struct cph_readings_columns {
    const char *name[CPH_READINGS_COLUMNS + 1];
    size_t needed;
} cph_readings_columns;

/** Where each column stands in a line (place [columns]; SIZE_MAX: absent), from the fields of the
 *  first line. FORMAT: an unknown name, one twice, a needed one absent. */
CPH_MUST_CHECK cph_status cph_readings_header(const char *path, size_t line, char *const field[],
                                              size_t fields, const cph_readings_columns *columns,
                                              size_t *place, cph_error *error);

/** The same of columns with a complex number: four from `first` on, of which re and im are there,
 * or amplitude_db and phase_deg. */
CPH_MUST_CHECK cph_status cph_readings_parts(const char *path, size_t line, char *const field[],
                                             size_t fields, const cph_readings_columns *columns,
                                             size_t *place, size_t first, cph_error *error);

/** The finite number in a column, `absent` where there is none. FORMAT names line and column. */
CPH_MUST_CHECK cph_status cph_readings_number(const char *path, size_t line, char *const field[],
                                              const char *name, size_t place, double absent,
                                              double *value, cph_error *error);
/** A whole number in [0, limit]. */
CPH_MUST_CHECK cph_status cph_readings_whole(const char *path, size_t line, char *const field[],
                                             const char *name, size_t place, double limit,
                                             double *value, cph_error *error);

/** Amplitude in dB and phase in degrees as a coefficient. */
cph_c64 cph_readings_state(double db, double phase_deg);

#endif
