/* SPDX-License-Identifier: MIT */
/** @file spectrum.h
 *  Eigenvalues of the data, and of what a model leaves of them: is a source missing? */
#ifndef CPH_CALIB_SPECTRUM_H
#define CPH_CALIB_SPECTRUM_H

#include "calib/system.h"

/** Unit vector [n] of the largest eigenvalue of robust x, its diagonal 0, x being the system's r or
 *  m. Errors: MEMORY, OVERFLOW, SINGULAR. */
CPH_MUST_CHECK cph_status cph_spectrum_dominant(const cph_system *system, const cph_c64 *x,
                                                cph_c64 *vector);

/** second_eigenvalue and residual_excess of a cph_gain_solution for gains [n]. Errors likewise. */
CPH_MUST_CHECK cph_status cph_spectrum_measure(const cph_system *system, const cph_c64 *gain,
                                               double *second, double *excess);

#endif
