/* SPDX-License-Identifier: MIT */
/** @file reflect.h
 *  Householder reflections (Golub & Van Loan, Matrix Computations, 4th ed., 5.1-5.2): a few
 *  vectors as Q R, Q kept as the reflections H_j = I - x_j x_j^H that it is a product of. */
#ifndef COPHASE_ADAPTIVE_REFLECT_H
#define COPHASE_ADAPTIVE_REFLECT_H

#include <stdbool.h>

#include "cophase/types.h"

/** count <= n vectors x [count][n] = Q R: x becomes the reflections, r [count][count] the upper
 *  triangle R (below it nothing is written). false, *which the vector, when one depends on those
 *  before it to `tolerance` of its length. */
bool cph_reflect_factor(size_t n, size_t count, double tolerance, cph_c64 *x, cph_c64 *r,
                        size_t *which);

/** y [n] becomes Q y. */
void cph_reflect_apply(size_t n, size_t count, const cph_c64 *x, cph_c64 *y);
/** y [n] becomes Q^H y. */
void cph_reflect_adjoint(size_t n, size_t count, const cph_c64 *x, cph_c64 *y);

#endif
