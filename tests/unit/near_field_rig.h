/* SPDX-License-Identifier: MIT */
/** @file near_field_rig.h
 *  A scan of the field before elements of known excitations. */
#ifndef CPH_TESTS_NEAR_FIELD_RIG_H
#define CPH_TESTS_NEAR_FIELD_RIG_H

#include <complex.h>

#include "cophase/near_field.h"
#include "cophase/random.h"

enum { NEAR_ELEMENTS = 20, NEAR_SIDE = 64, NEAR_SAMPLES = NEAR_SIDE * NEAR_SIDE };
#define NEAR_FREQ       10e9
#define NEAR_WAVELENGTH (CPH_SPEED_OF_LIGHT / NEAR_FREQ)
#define NEAR_WAVENUMBER (2.0 * M_PI / NEAR_WAVELENGTH)

typedef struct near_field_rig {
    size_t n;
    double complex gain[NEAR_ELEMENTS];
    double position[3 * NEAR_ELEMENTS];
    cph_c64 field[NEAR_SAMPLES], image[NEAR_SAMPLES];
    cph_random random;
    cph_near_field_scan scan;
    cph_near_field_options options;
    cph_near_field_solution solution;
    cph_c64 solved[NEAR_ELEMENTS];
    double phase_sigma[NEAR_ELEMENTS], amplitude_sigma[NEAR_ELEMENTS], resolution[NEAR_ELEMENTS];
    unsigned char flag[NEAR_ELEMENTS];
    cph_error error;
} near_field_rig;

cph_c64 near_field_rig_put(double complex z);
/** Without symmetry, so that a mirrored direction is another value. */
cph_c64 near_field_rig_lopsided(const void *context, const double u[3]);
/** A grid of nx by ny elements `pitch` wavelengths apart, off the middle of a scan of `side`
 * samples 0.4 wavelengths apart, 3 wavelengths above them. */
void near_field_rig_open(near_field_rig *r, size_t nx, size_t ny, double pitch, size_t side,
                         uint64_t seed);
/** The sum over elements of spherical waves. */
double complex near_field_rig_at(const near_field_rig *r, size_t n, size_t j, size_t i);
void near_field_rig_measure(near_field_rig *r, double sigma);
cph_status near_field_rig_project(near_field_rig *r, double max_sine, cph_c64 *image);
cph_status near_field_rig_solve(near_field_rig *r);
double near_field_rig_worst(const near_field_rig *r, const double complex *expected);

#endif
