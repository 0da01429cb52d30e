/* SPDX-License-Identifier: MIT */
/** @file data_fixture.h
 *  What the tests of datasets/ share: paths, headers, raw HDF5 files. */
#ifndef CPH_TESTS_DATA_FIXTURE_H
#define CPH_TESTS_DATA_FIXTURE_H

#include <CUnit/CUnit.h>
#include <hdf5.h>

#include "cophase/data.h"

/** $TMP/name, name being static text; stays valid. */
const char *fixture_path(const char *name);

/** A value that tells time, channel, element and part apart, within int8. */
int fixture_value(size_t time, size_t channel, size_t element, int part);

/** An array of `elements` with positions, names, X and Y in turn, site and rotation. */
void fixture_array(size_t elements, cph_array *array);

/** All of them are equal. */
void fixture_same_numbers(const double *a, const double *b, size_t count);
void fixture_same_array(const cph_array *a, const cph_array *b);

/** A capture's header; free the array with fixture_header_free. */
void fixture_header(cph_kind kind, cph_type type, size_t channels, size_t elements,
                    cph_data_header *header);
void fixture_header_free(cph_data_header *header);

/** Opens, and fails the test with the message when that fails. */
cph_data *fixture_open(const char *path, const cph_data_options *options);

/** The error of an open that must fail. */
void fixture_refused(const char *path, const cph_data_options *options, cph_status status,
                     const char *const *words);

/** Raw files: creates one with the root attributes of a native kind. */
hid_t fixture_raw(const char *path, const char *kind);
void fixture_text(hid_t object, const char *name, const char *value);
void fixture_number(hid_t object, const char *name, double value);
/** A data set written with one type for file and memory; returns it open. */
hid_t fixture_set(hid_t file, const char *name, int rank, const hsize_t *dim, hid_t file_type,
                  hid_t memory_type, const void *value);
/** The compound {re, im} of two parts. */
hid_t fixture_pair(hid_t part, const char *re, const char *im);

/** Bytes of a file; SIZE_MAX when it is not there. */
size_t fixture_size(const char *path);

#endif
