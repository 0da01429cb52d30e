/* SPDX-License-Identifier: MIT */
/** @file doa_small.h
 *  Dense algebra of a few sources, in double; matrices row-major and packed. All overwrite what
 *  they are given, and return MEMORY, OVERFLOW (LAPACK's integers) or SINGULAR (what LAPACK cannot
 *  solve, or did not converge on). */
#ifndef COPHASE_DOA_SMALL_H
#define COPHASE_DOA_SMALL_H

#include "cophase/types.h"

/** value [n] = the eigenvalues of a [n][n], in no order; the columns of vector [n][n] (NULL: not
 *  wanted) its eigenvectors. */
CPH_MUST_CHECK cph_status cph_doa_eigen(size_t n, cph_c64 *a, cph_c64 *value, cph_c64 *vector);

/** b [n][columns] = A^-1 b. */
CPH_MUST_CHECK cph_status cph_doa_solve(size_t n, cph_c64 *a, size_t columns, cph_c64 *b);

/** x [n][columns] = the least-squares solution of a [rows][n] x = b [rows][columns], rows >= n,
 *  left in the first n rows of b. */
CPH_MUST_CHECK cph_status cph_doa_least_squares(size_t rows, size_t n, cph_c64 *a, size_t columns,
                                                cph_c64 *b);

/** vh [n][n] = the right singular vectors of a [rows][n], conjugate, one a row, those of the
 *  largest values first. */
CPH_MUST_CHECK cph_status cph_doa_right_vectors(size_t rows, size_t n, cph_c64 *a, cph_c64 *vh);

/** The inverse of a symmetric positive definite a [n][n], in place, both triangles: scaled to a
 *  unit diagonal first. SINGULAR also where that scaled matrix has a pivot below 1e-12. */
CPH_MUST_CHECK cph_status cph_doa_invert(size_t n, double *a);

#endif
