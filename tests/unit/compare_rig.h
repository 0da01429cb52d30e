/* SPDX-License-Identifier: MIT */
/** @file compare_rig.h
 *  Two calibrations of an array, the second through a known cover. */
#ifndef CPH_TESTS_COMPARE_RIG_H
#define CPH_TESTS_COMPARE_RIG_H

#include "cophase/compare.h"
#include "cophase/random.h"

enum { COMPARE_MOST = 100 };
#define COMPARE_FREQ 11.7e9

/** What a cover does to phase (rad) and ln amplitude at a place, metres from its middle. */
typedef struct cover {
    double common, slope[3], bend[3]; /* bend: x^2, xy, y^2, rad/m^2 */
    double middle[2];
} cover;

typedef struct compare_rig {
    size_t n;
    double position[3 * COMPARE_MOST];
    cph_c64 gain[2][COMPARE_MOST];
    double phase_sigma[2][COMPARE_MOST], amplitude_sigma[2][COMPARE_MOST];
    unsigned char flag[2][COMPARE_MOST];
    cph_gain_estimate estimate[2];
    double phase_residual[COMPARE_MOST], amplitude_residual[COMPARE_MOST];
    cph_random random;
    cph_compare_config config;
    cph_comparison made;
    cph_error error;
} compare_rig;

double compare_wavelength(void);

/** n elements without places; standard errors of 1e-3. Prints the seed. */
void compare_open(compare_rig *r, size_t n, uint64_t seed);

/** The elements become a grid of a x b at this pitch, off the origin, a corner of 3 cut off. */
void compare_grid(compare_rig *r, size_t a, size_t b, double pitch);

double compare_cover_at(const cover *c, const double *place);

/** Any gains before; after, what the covers make of them. */
void compare_lay(compare_rig *r, const cover *phase, const cover *level);

/** Errors of this size in phase and relative amplitude of both, as they are told. */
void compare_disturb(compare_rig *r, double sigma);

#endif
