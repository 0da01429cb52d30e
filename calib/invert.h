/* SPDX-License-Identifier: MIT */
/** @file invert.h
 *  Least squares by the pseudo-inverse, whose rows also carry the standard errors. */
#ifndef CPH_CALIB_INVERT_H
#define CPH_CALIB_INVERT_H

#include "cophase/types.h"

/** inverse [columns][rows] = (A^H A)^-1 A^H of a [rows][columns], both row-major and packed, by QR;
 *  *condition (may be NULL) is an estimate of that of R in the 1-norm. For data y = A x + n with
 *  independent n of power s2 the variance of x_i is s2 times the squared norm of row i.
 *  Errors: ARGUMENT (fewer rows than columns, none), SINGULAR (condition above 1e12, or entries
 *  not finite), MEMORY, OVERFLOW; inverse is then undefined. */
CPH_MUST_CHECK cph_status cph_pseudo_inverse(size_t rows, size_t columns, const cph_c64 *a,
                                             cph_c64 *inverse, double *condition);

#endif
