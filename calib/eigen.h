/* SPDX-License-Identifier: MIT */
/** @file eigen.h
 *  Largest eigenvalue of a Hermitian matrix that is known by its products. */
#ifndef CPH_CALIB_EIGEN_H
#define CPH_CALIB_EIGEN_H

#include "cophase/types.h"

/** y = A x, both [n]. */
typedef void cph_product(const void *matrix, const cph_c64 *x, cph_c64 *y);

/** The algebraically largest eigenvalue and its unit vector [n] (may be NULL), by Lanczos with
 *  full reorthogonalisation: at most 60 products. Errors: MEMORY, OVERFLOW, SINGULAR (LAPACK did
 *  not converge, or products are not finite). */
CPH_MUST_CHECK cph_status cph_eigen_largest(size_t n, cph_product *product, const void *matrix,
                                            double *value, cph_c64 *vector);

#endif
