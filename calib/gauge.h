/* SPDX-License-Identifier: MIT */
/** @file gauge.h
 *  What covariances leave open: a common phase, and a common scale of gains against fluxes. */
#ifndef CPH_CALIB_GAUGE_H
#define CPH_CALIB_GAUGE_H

#include "cophase/types.h"

/** Turns g [n], none zero, so that the phase of element `reference` is 0; SIZE_MAX: rotated by
 *  -arg(sum g/|g|), then by the mean of the phases in (-pi, pi]. */
void cph_gauge_phase(size_t n, size_t reference, cph_c64 *g);

/** Divides g [n] by the mean of |g|, which is returned. */
double cph_gauge_scale(size_t n, cph_c64 *g);

#endif
