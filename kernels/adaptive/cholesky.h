/* SPDX-License-Identifier: MIT */
/** @file cholesky.h
 *  Hermitian positive definite systems in double, in place. Matrices are row-major and packed; the
 *  upper triangle is neither read nor written. */
#ifndef COPHASE_ADAPTIVE_CHOLESKY_H
#define COPHASE_ADAPTIVE_CHOLESKY_H

#include "cophase/types.h"

/** A pivot at most this much of the diagonal it came from is rounding, or as good as. */
#define CPH_LEAST_PIVOT 1e-12
/** A pivot this far below zero is not. */
#define CPH_INDEFINITE_PIVOT (-1e-9)

/** a [n][n] becomes L, A = L L^H, its diagonal real and positive. Stops at the first pivot that is
 *  too small, and returns it relative to its diagonal, its row in *row; else returns 1. Large ones
 *  go by blocks. */
double cph_cholesky_factor(size_t n, cph_c64 *a, size_t *row);

/** The same for n rows that are ld apart. diagonal [n]: what pivots are measured against; NULL: A's
 *  own. */
double cph_cholesky_factor_tile(size_t n, size_t ld, const double *diagonal, cph_c64 *a,
                                size_t *row);
/** cph_cholesky_factor by blocks of products of matrices. Pivots differ by rounding alone. */
double cph_cholesky_factor_blocks(size_t n, cph_c64 *a, size_t *row);

/** x [n] becomes L^-1 x. */
void cph_cholesky_forward(size_t n, const cph_c64 *l, cph_c64 *x);
/** x [n] becomes L^-H x. */
void cph_cholesky_backward(size_t n, const cph_c64 *l, cph_c64 *x);
/** x [n] becomes L^H x. */
void cph_cholesky_adjoint(size_t n, const cph_c64 *l, cph_c64 *x);

#endif
