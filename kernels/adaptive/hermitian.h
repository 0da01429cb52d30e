/* SPDX-License-Identifier: MIT */
/** @file hermitian.h
 *  Eigenvalues and vectors of a Hermitian matrix. */
#ifndef COPHASE_ADAPTIVE_HERMITIAN_H
#define COPHASE_ADAPTIVE_HERMITIAN_H

#include "cophase/types.h"

/** a [n][n], of which the lower triangle is read, becomes its unit eigenvectors, one a row; value
 *  [n] the eigenvalues, ascending. Errors: MEMORY; OVERFLOW (n over 23170, LAPACK's integers);
 *  SINGULAR (no convergence). */
CPH_MUST_CHECK cph_status cph_hermitian_eigen(size_t n, cph_c64 *a, double *value);

/** value [n] alone, in the same order; a stays. Errors likewise. */
CPH_MUST_CHECK cph_status cph_hermitian_values(size_t n, const cph_c64 *a, double *value);

#endif
