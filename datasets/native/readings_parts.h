/* SPDX-License-Identifier: MIT */
/** @file readings_parts.h
 *  What files of readings of all kinds have in common. */
#ifndef CPH_NATIVE_READINGS_PARTS_H
#define CPH_NATIVE_READINGS_PARTS_H

#include "cophase/data_write.h"
#include "datasets/data.h"
#include "datasets/native/write.h"

/* ---- reading (native_readings.c) ---- */

cph_status cph_readings_no_memory(const cph_h5 *h5, const char *name);

/** Complex or plain numbers (imaginary part 0), all finite where `finite`. */
CPH_MUST_CHECK cph_status cph_readings_complex(const cph_h5 *h5, const char *name, size_t rank,
                                               const size_t *dim, bool finite, cph_c64 *value);
/** [element] numbers on the heap; *value unchanged where the file has none. */
CPH_MUST_CHECK cph_status cph_readings_elements(const cph_h5 *h5, const char *name, size_t elements,
                                                bool finite, cph_c64 **value);
/** Attribute sigma; 0 where it is absent or 0. */
CPH_MUST_CHECK cph_status cph_readings_sigma(const cph_h5 *h5, const char *name, double *sigma);
/** The shape of a data set; FORMAT unless its rank is `least` to `most`. */
CPH_MUST_CHECK cph_status cph_readings_shape(const cph_h5 *h5, const char *name, size_t least,
                                             size_t most, const char *axes, size_t *rank,
                                             size_t dim[CPH_H5_RANK]);
/** Header of `rows` rows over `elements` elements, whom data set `of` counts. */
CPH_MUST_CHECK cph_status cph_readings_open_header(cph_data *data, const char *of, size_t rows,
                                                   size_t elements);

/* ---- writing (write_readings.c) ---- */

/** Numbers, as {r, i}; NULL: none. *set may be NULL, else it receives the open data set. */
bool cph_readings_put(hid_t file, const char *name, size_t rank, const size_t *dim,
                      const cph_c64 *value, hid_t *set);
/** Attributes of the readings; closes them. */
bool cph_readings_put_labels(hid_t set, const char *axes, double sigma);
/** What all kinds have beside readings. */
bool cph_readings_put_rest(hid_t file, const cph_array *array, double freq_hz,
                           const cph_c64 *signal, const cph_c64 *truth);
/** Commits, or gives up where not `done`. */
CPH_MUST_CHECK cph_status cph_readings_finish_file(cph_writer *writer, bool done, const char *what,
                                                   cph_error *error);

#endif
