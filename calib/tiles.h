/* SPDX-License-Identifier: MIT */
/** @file tiles.h
 *  Square products and inverses by BLAS on tiles so small that it keeps to the calling thread. On a
 *  machine that has other things to do, waiting for BLAS's threads at each step takes a hundred
 *  times longer than the steps themselves. All matrices are row-major and packed. */
#ifndef CPH_CALIB_TILES_H
#define CPH_CALIB_TILES_H

#include "cophase/types.h"

typedef enum cph_operand { CPH_AS_IT_IS, CPH_TRANSPOSED, CPH_ADJOINT } cph_operand;

/** c = op(a) op(b), all [n][n]; c is neither a nor b. */
void cph_tiles_multiply(size_t n, cph_operand op_a, const cph_c64 *a, cph_operand op_b,
                        const cph_c64 *b, cph_c64 *c);

/** The same for real matrices as they are, and rows of one: a and c [rows][n], b [n][n]. */
void cph_tiles_multiply_real(size_t rows, size_t n, const double *a, const double *b, double *c);

/** a [n][n], symmetric and positive definite, full, becomes its inverse, full, by block elimination
 *  (Gauss and Jordan). SINGULAR when it is not positive definite, not finite, or its condition
 *  number in the 1-norm exceeds 1e13 (a is then lost); MEMORY. */
CPH_MUST_CHECK cph_status cph_tiles_invert(size_t n, double *a);

#endif
