/* SPDX-License-Identifier: MIT */
/** @file jones_rig.h
 *  Antennas with two leaking inputs under polarised sources, and what is solved of them. */
#ifndef CPH_TESTS_JONES_RIG_H
#define CPH_TESTS_JONES_RIG_H

#include <complex.h>

#include "cophase/jones.h"
#include "cophase/random.h"

enum { JONES_MOST = 10, JONES_INPUTS = 2 * JONES_MOST, JONES_SOURCES = 3, JONES_LD = 21 };
#define JONES_FREQ 150e6

typedef struct jones_rig {
    size_t n, sources;
    double position[3 * JONES_MOST], direction[3 * JONES_SOURCES], stokes[4 * JONES_SOURCES];
    double noise[JONES_INPUTS];
    double complex jones[JONES_MOST][2][2];
    cph_random random;
    cph_c64 r[JONES_INPUTS * JONES_LD];
    cph_jones_problem problem;
    cph_jones_options options;
    cph_jones_solution solution;
    cph_c64 solved[4 * JONES_MOST], leakage[JONES_INPUTS], gain[JONES_INPUTS];
    double jones_sigma[4 * JONES_MOST], leakage_sigma[JONES_INPUTS], phase_sigma[JONES_INPUTS],
        amplitude_sigma[JONES_INPUTS];
    unsigned char flag[JONES_INPUTS];
    cph_error error;
} jones_rig;

/** n antennas over some 6 wavelengths; gains of moduli 0.6 to 1.4 and any phase, leakages of 0.1
 * rms; unpolarised sources of powers 1, 0.6, 0.35; no noise; r is exact. Prints the seed. */
void jones_rig_open(jones_rig *r, size_t n, size_t sources, uint64_t seed);

/** Stokes parameters of a source. */
void jones_rig_polarise(jones_rig *r, size_t source, double i, double q, double u, double v);

/** r of what the rig holds. */
void jones_rig_exact(jones_rig *r);
/** Entry (a, b) of the covariance of 2 n inputs that these matrices make. */
double complex jones_rig_entry(const jones_rig *r, double complex (*jones)[2][2],
                               const double *noise, size_t a, size_t b);
/** r = the sample covariance of so many normal snapshots (Bartlett's decomposition). */
void jones_rig_sample(jones_rig *r, double samples);

cph_status jones_rig_solve(jones_rig *r);

/** What was solved, [N][2][2]. */
double complex jones_rig_solved(const jones_rig *r, size_t n, size_t row, size_t column);

#endif
