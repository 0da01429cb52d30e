/* SPDX-License-Identifier: MIT */
/** @file reduced.h
 *  Adaptive weights of many elements in few dimensions: y = z^H (T^H x), so w = T z. T [M][N] holds
 *  subarrays (one weight each) or a fan of beams (beamspace); as weights of a beamforming plan it
 *  makes T^H x from a stream, and K >= 2 M snapshots of that are enough where N of the elements'
 *  would want K >= 2 N (Van Trees, Optimum Array Processing, 2002, sections 3.10 and 6.9). A
 *  covariance S = T^H R T goes into cph_adaptive_create as one of M elements without gains, its
 *  steering vectors are T^H v, v = g a.
 *
 *  Rows of T are orthonormal, so that white noise stays white and loads mean what they mean. A row
 *  that is zero or depends on those before it is zero, and flagged. The part of the signal-to-noise
 *  ratio that is kept for lack of snapshots is (K - M + 2) / (K + 1) on average (Reed, Mallett &
 *  Brennan, IEEE TAES 10 p. 853, 1974, in M dimensions). */
#ifndef COPHASE_REDUCED_H
#define COPHASE_REDUCED_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** group [N] in 0..rows*columns-1: the array cut into `rows` of as many elements each, to one, by
 *  rising y, and each row into `columns` by rising x; group = row * columns + column. Ties by the
 *  other coordinate. position [N][3] metres. Errors: ARGUMENT (no rows or columns, or more groups
 *  than elements); NOT_FINITE; MEMORY; OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_subarrays_grid(size_t elements, const double *position,
                                                     size_t columns, size_t rows, size_t *group);

/** group [N] in 0..groups-1: the array halved across its longer side again and again, by numbers of
 *  elements that differ by one at most where groups is a power of two, for outlines of any shape.
 *  Errors: ARGUMENT (groups not in 1..N); NOT_FINITE; MEMORY; OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_subarrays_split(size_t elements, const double *position,
                                                      size_t groups, size_t *group);

/** Directions of a fan of beams: the look first, then those on the grid of `step` in u and v about
 *  it (0: none along that axis) in the visible half space of the look, the nearest in steps first.
 *  direction [capacity][3]; *count is how many there are, at most capacity. Errors: ARGUMENT,
 *  NOT_FINITE, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_fan_directions(const double look[3], const double step[2],
                                                     size_t capacity, double *direction,
                                                     size_t *count);

/** Rows of T, t [M][N], made orthonormal in place (Gram-Schmidt, twice: to 1e-13); flag [M] becomes
 *  1 where a row is zero, or depends on those before it to 1e-6, and is zero now. Errors: ARGUMENT,
 *  NOT_FINITE (t may be spoilt then), TOO_FEW (all rows are zero). */
CPH_MUST_CHECK CPH_API cph_status cph_reduce_orthonormal(size_t elements, size_t rows, cph_c64 *t,
                                                         unsigned char *flag);

/** b [M] = T^H v, v = g a; elements that no row uses are not read. gain NULL: 1. Errors: ARGUMENT.
 */
CPH_MUST_CHECK CPH_API cph_status cph_reduce_steering(size_t elements, const cph_c64 *gain,
                                                      const cph_c64 *a, size_t rows,
                                                      const cph_c64 *t, cph_c64 *b);

/** s [M][M] = T^H R T of r [N][ld], full; elements that no row uses are not read. Errors: ARGUMENT,
 *  MEMORY, OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_reduce_covariance(size_t elements, const cph_c64 *r,
                                                        size_t ld, size_t rows, const cph_c64 *t,
                                                        cph_c64 *s);

/** w [N] = T z, z [M]. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_reduce_expand(size_t elements, size_t rows, const cph_c64 *t,
                                                    const cph_c64 *z, cph_c64 *w);

CPH_END_DECLS

#endif
