/* SPDX-License-Identifier: MIT */
/** @file look.h
 *  What a beam that stands still gives toward a target that moves through it. */
#ifndef COPHASE_TRACK_LOOK_H
#define COPHASE_TRACK_LOOK_H

#include "cophase/types.h"

/** Places of the target while the beam stands: start, middle, end. */
enum { CPH_LOOKS = 3 };

typedef struct cph_look {
    double power[CPH_LOOKS]; /**< |sum c a|^2 toward each of them */
    double total;            /**< sum |c|^2 */
    double peak;             /**< of the beam's top near the middle: the quadratic in log power that
                                  has the middle's value, slope and curvature; at least the middle's
                                  power. NaN where it is no top there */
} cph_look;

/** c [N] = conj(w) g; a [CPH_LOOKS][N] steering vectors toward the places; position [N][3] metres;
 *  u: unit vector toward the middle. In double from a on. N at least 1, freq_hz above 0. */
void cph_look_measure(size_t elements, const double *position, double freq_hz, const cph_c64 *c,
                      const cph_c32 *a, const double u[3], cph_look *look);

/** The power alone toward one direction: |sum c a|^2. */
double cph_look_power(size_t elements, const cph_c64 *c, const cph_c32 *a);

#endif
