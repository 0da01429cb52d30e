/* SPDX-License-Identifier: MIT */
/** @file uvh5_rig.h
 *  A small UVH5 file of known voltages: rows in no order, baselines either way round. */
#ifndef CPH_TESTS_UVH5_RIG_H
#define CPH_TESTS_UVH5_RIG_H

#include "data_fixture.h"

enum {
    UVH5_ANTENNAS = 3,
    UVH5_INPUTS = 2 * UVH5_ANTENNAS,
    UVH5_TIMES = 2,
    UVH5_CHANNELS = 2,
    UVH5_PRODUCTS = 4
};
enum { UVH5_ENTRIES = UVH5_INPUTS * UVH5_INPUTS, UVH5_DUMPS = UVH5_TIMES * UVH5_CHANNELS };
enum {
    BASELINES = 6,
    UVH5_ROWS = UVH5_TIMES * BASELINES,
    UVH5_TELESCOPE = 5,
    UVH5_CELLS = UVH5_CHANNELS * UVH5_PRODUCTS
};

/** Numbers of the antennas with data, rising, as they are presented. */
extern const uint32_t uvh5_numbers[UVH5_ANTENNAS];

/** A row of the file: indices of the antennas and of the time. */
typedef struct uvh5_row {
    size_t antenna[2], time;
} uvh5_row;
extern const uvh5_row uvh5_rows[UVH5_ROWS];

/** sum x_p conj(x_q) of two inputs, X first: what the file holds, conjugated where it has them the
 *  other way round. */
cph_c64 uvh5_product(size_t p, size_t q, size_t time, size_t channel);

/** What tells one file from another. */
typedef struct uvh5_variant {
    bool windows;              /**< an axis of spectral windows, as version 0.1 has it */
    size_t rows;               /**< the first so many; 0: all */
    const char *phase;         /**< of phase_type, or NULL: a catalogue of phase centres */
    const unsigned char *flag; /**< [UVH5_ROWS][UVH5_CELLS] or NULL */
} uvh5_variant;

void uvh5_write(const char *path, const uvh5_variant *v);

/** Doubles in a new data set of rank 0, 1 or 2. */
void uvh5_put_doubles(hid_t file, const char *name, int rank, hsize_t first, hsize_t second,
                      const double *value);

#endif
