/* SPDX-License-Identifier: MIT */
/** @file spectrum.h
 *  Eigenvalues of the data, and of what a model leaves of them: is a source missing? */
#ifndef CPH_CALIB_SPECTRUM_H
#define CPH_CALIB_SPECTRUM_H

#include "calib/system.h"

/** The matrix weight (r - g m g*), its diagonal 0; without the second term where gain is NULL. */
typedef struct cph_spectrum {
    const cph_system *system;
    const cph_c64 *gain; /**< [n] */
} cph_spectrum;

/** A cph_product of eigen.h; matrix is a cph_spectrum. */
void cph_spectrum_product(const void *matrix, const cph_c64 *x, cph_c64 *y);

/** second_eigenvalue and residual_excess of a cph_gain_solution. */
CPH_MUST_CHECK cph_status cph_spectrum_measure(const cph_system *system, const cph_c64 *gain,
                                               double *second, double *excess);

#endif
