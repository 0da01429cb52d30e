/* SPDX-License-Identifier: MIT */
/** @file hermitian.h
 *  Eigenvalues and vectors of a Hermitian matrix. */
#ifndef COPHASE_ADAPTIVE_HERMITIAN_H
#define COPHASE_ADAPTIVE_HERMITIAN_H

#include "cophase/types.h"

/** a [n][n], of which the lower triangle is read, becomes its unit eigenvectors, one a row; value
 *  [n] the eigenvalues, ascending; of no rows there are none. Errors: NOT_FINITE (in that
 *  triangle); MEMORY; OVERFLOW (n over 23170, LAPACK's integers); SINGULAR (no convergence). a is
 *  unchanged on error. */
CPH_MUST_CHECK cph_status cph_hermitian_eigen(size_t n, cph_c64 *a, double *value);

/** value [n] alone, in the same order; a stays. Errors as of cph_hermitian_eigen. */
CPH_MUST_CHECK cph_status cph_hermitian_values(size_t n, const cph_c64 *a, double *value);

#endif
