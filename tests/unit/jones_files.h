/* SPDX-License-Identifier: MIT */
/** @file jones_files.h
 *  Covariance files of antennas whose inputs X and Y leak, under polarised sources. */
#ifndef CPH_TESTS_JONES_FILES_H
#define CPH_TESTS_JONES_FILES_H

#include <complex.h>

#include "data_fixture.h"

/** Inputs are X Y X Y ...; antenna ALONE may have its numbers apart, so that it is no pair. */
enum { JONES_ANTENNAS = 7, JONES_PAIRED = 2 * JONES_ANTENNAS, JONES_ALONE = 5, JONES_SKY = 3 };
enum { JONES_ENTRIES = JONES_PAIRED * JONES_PAIRED };

typedef struct jones_files {
    size_t sources;
    double u[JONES_SKY][3];      /**< directions */
    double stokes[JONES_SKY][4]; /**< I, Q, U, V */
    double noise;                /**< on the diagonal */
    bool plain;                  /**< J = 1: the sky alone */
    bool alone, apart;           /**< antenna ALONE, all antennas: numbers are no pairs */
} jones_files;

/** One unpolarised source of power 1 at (0.6, 0), or three polarised ones, the first there. */
jones_files jones_files_unpolarised(void);
jones_files jones_files_polarised(void);

/** J of the array: row of an input, column 0 for X. Leakages of X, and of Y, add up to 0, and with
 *  them what the gauge of an unpolarised sky asks for; antenna ALONE leaks nothing. */
double complex jones_files_row(size_t input, size_t column);
double complex jones_files_leakage(size_t input);

/** Header of one channel and time; free it with fixture_header_free. */
void jones_files_header(const jones_files *f, cph_kind kind, cph_type type,
                        cph_data_header *header);

/** Covariance of two inputs at the places of a header. */
double complex jones_files_entry(const jones_files *f, const cph_array *array, size_t p, size_t q);

void jones_files_write(const jones_files *f, const char *path);

#endif
