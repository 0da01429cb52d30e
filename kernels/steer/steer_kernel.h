/* SPDX-License-Identifier: MIT */
/** @file steer_kernel.h
 *  Contracts of the kernels steer_c32 and steer_rows_c32, and the rows of a lattice. */
#ifndef COPHASE_STEER_KERNEL_H
#define COPHASE_STEER_KERNEL_H

#include <stdbool.h>

#include "cophase/steer.h"

enum {
    CPH_STEER_PADDING = 16, /**< positions are readable up to the next multiple of this */
    CPH_STEER_ROW = 64      /**< elements of a row at most */
};

/** Positions in metres. */
typedef struct cph_steer_points {
    const double *x, *y, *z;
} cph_steer_points;

/** A wave of one direction and frequency: k in turns a metre; near: |k . r| stays below 2^20 turns
 *  at every position, which makes the phase cheaper. */
typedef struct cph_steer_wave {
    double k[3];
    bool near;
} cph_steer_wave;

/** a[i] = exp(2 pi j k . r[i]) for i < n; a is aligned to the sample and written up to n alone.
 *  The phase is summed in double, rounded to 2^-32 turn (1.5e-9 rad; near: at each of its three
 *  sums) and reduced to an eighth of a turn in integers; polynomials of degree 7 and 6 then give
 *  each part. Error of a part: at most 2e-7 while |k| |r| stays below 1e6 turns. */
typedef void cph_steer_fn(size_t n, const cph_steer_points *r, const cph_steer_wave *wave,
                          cph_c32 *a);

/** Elements [start, start + count), 1 <= count <= CPH_STEER_ROW, each one step from the one before.
 */
typedef struct cph_steer_row {
    size_t start, count;
} cph_steer_row;

/** a[row.start + i] = anchor[k] exp(2 pi j i step) for i < row.count of rows k, which follow
 *  each other without gaps and of which there is one at least: step in turns, an
 *  anchor is the phasor of a row's first element. Each phasor is one product of two that come from
 * an angle, so errors do not grow along a row: at most that of the anchor + 1.4e-7 + 2^-23 a part.
 */
typedef void cph_steer_rows_fn(size_t rows, const cph_steer_row *row, const cph_c32 *anchor,
                               double step, cph_c32 *a);

/** The oracle: the same as cph_steer_fn in double by the C library, phase reduced in turns. */
void cph_steer_c32_ref(size_t n, const cph_steer_points *r, const double k[3], cph_c64 *a);

/** Cuts elements into rows that advance by one common step; *rows = NULL counts only. Elements lie
 *  within 2^-46 of the largest coordinate of an axis from where their row puts them: 1e-7 rad at
 *  1e6 turns. The step is that of the longest rows. */
size_t cph_steer_find_rows(size_t elements, const double *position, double step[3],
                           cph_steer_row *rows);

typedef struct cph_steer_kernels {
    cph_steer_fn *points;
    cph_steer_rows_fn *rows;
} cph_steer_kernels;

/** cph_steer_init for given variants. */
cph_status cph_steer_init_variant(const cph_steer_config *config, cph_steer_kernels kernels,
                                  void *memory, size_t bytes, cph_steer_plan **plan);

#endif
