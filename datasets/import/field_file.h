/* SPDX-License-Identifier: MIT */
/** @file field_file.h
 *  Text files of simulators: their lines, their numbers, and the samples of far fields. */
#ifndef CPH_DATASETS_FIELD_FILE_H
#define CPH_DATASETS_FIELD_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "cophase/types.h"
#include "kernels/core/fail.h"

/** Angles phi all around; what is made of them takes thetas phis^2 steps. */
enum { CPH_FIELD_PHIS_MAX = 7200 };

/** Bytes of a line: a row of thousands of ports fits. */
enum { CPH_FIELD_LINE = 1 << 20 };

/** One direction, degrees as the file has them, and what is radiated along theta^ and phi^. */
typedef struct cph_field_sample {
    double theta, phi;
    cph_c64 e_theta, e_phi;
} cph_field_sample;

typedef struct cph_field_file {
    const char *path;
    cph_error *error;
    FILE *file;
    char *line; /**< the current one, [CPH_FIELD_LINE] */
    size_t number;
    double wanted_hz; /**< NaN: the first field of the file */
    double freq_hz;   /**< of the field that is kept; NaN where the file has none */
    bool keep;        /**< the field being read is the nearest so far */
    cph_field_sample *sample;
    size_t count, capacity;
} cph_field_file;

/** Fails with FILE:LINE before the words. */
#define cph_field_fail(f, status, ...) cph_field_report(f, status, __VA_ARGS__)
CPH_PRINTF(3, 4)
cph_status cph_field_report(const cph_field_file *f, cph_status status, const char *format, ...);

/** The next line without its end; false at the end of the file, and when it is none (*status: IO,
 *  MEMORY, FORMAT for one longer than CPH_FIELD_LINE - 1 or with a zero byte). */
bool cph_field_next_line(cph_field_file *f, cph_status *status);

/** A number at `text`, exponents may be Fortran's (1.0D-3, 1.0-100): returns where it ends, NULL
 * where none stands there. Blanks and commas end a number. */
const char *cph_field_number(const char *text, double *value);

/** The first `count` numbers of the line at `text`; returns how many there are, at most `count`, or
 *  SIZE_MAX where something else stands. More may follow. */
size_t cph_field_numbers(const char *text, size_t count, double *value);

/** A field of a frequency (NaN: unknown) begins: sets f->keep, drops what was kept before. */
void cph_field_begin(cph_field_file *f, double freq_hz);

/** Adds a sample to the field that is kept. Errors: MEMORY. */
cph_status cph_field_add(cph_field_file *f, const cph_field_sample *sample);

cph_status cph_field_read_cut(cph_field_file *f); /**< GRASP */
cph_status cph_field_read_ffe(cph_field_file *f); /**< FEKO */
cph_status cph_field_read_ffd(cph_field_file *f); /**< HFSS */

#endif
