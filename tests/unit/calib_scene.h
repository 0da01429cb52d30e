/* SPDX-License-Identifier: MIT */
/** @file calib_scene.h
 *  An array without symmetry, sources and gains, and the covariances they make. */
#ifndef CPH_TESTS_CALIB_SCENE_H
#define CPH_TESTS_CALIB_SCENE_H

#include <complex.h>

#include "cophase/calib.h"
#include "cophase/random.h"

enum { SCENE_ELEMENTS = 40, SCENE_SOURCES = 3 };
#define SCENE_FREQ 150e6

typedef struct scene {
    size_t n, sources;
    double position[3 * SCENE_ELEMENTS], direction[3 * SCENE_SOURCES], flux[SCENE_SOURCES];
    double complex gain[SCENE_ELEMENTS]; /* 0: hears nothing */
    double noise[SCENE_ELEMENTS];
    cph_random random;
    /* The problem and the answer; r has a stride of n + 1. */
    cph_c64 r[SCENE_ELEMENTS * (SCENE_ELEMENTS + 1)];
    cph_gain_problem problem;
    cph_gain_options options;
    cph_gain_solution solution;
    cph_c64 solved[SCENE_ELEMENTS];
    double phase_sigma[SCENE_ELEMENTS], amplitude_sigma[SCENE_ELEMENTS];
    double solved_flux[SCENE_SOURCES];
    unsigned char flag[SCENE_ELEMENTS];
    cph_error error;
} scene;

/** n elements spread over some 6 wavelengths, with height; sources of fluxes 1, 0.6, 0.35; gains of
 *  moduli 0.5 to 1.5 and any phase; no noise; r is exact. Prints the seed. */
void scene_open(scene *s, size_t n, size_t sources, uint64_t seed);

/** Gains of Gaussian errors: rms of 20 log10 |g| in dB, and of the phase in radians. */
void scene_gains(scene *s, double decibel, double radian);

/** r = sum flux (g a)(g a)^H + noise. */
void scene_exact(scene *s);

/** r = the sample covariance of `samples` normal snapshots of that, drawn by Bartlett's
 *  decomposition (Goodman, Ann. Math. Stat. 34, 1963); elements without any power stay 0. */
void scene_sample(scene *s, double samples);

/** cph_gains_solve on all that. */
cph_status scene_solve(scene *s);

/** Largest error of a solved gain that carries the scale: but for the common phase. */
double scene_worst_error(const scene *s);

/** a_n of source i. */
double complex scene_steering(const scene *s, size_t i, size_t n);

double complex scene_get(cph_c64 z);

/** Sum of `shape` exponential variates of mean 1 (Marsaglia & Tsang, ACM TOMS 26, 2000). */
double scene_gamma(cph_random *random, double shape);

#endif
