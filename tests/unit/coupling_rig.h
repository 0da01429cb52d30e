/* SPDX-License-Identifier: MIT */
/** @file coupling_rig.h
 *  Elements that hear each other through known gains. */
#ifndef CPH_TESTS_COUPLING_RIG_H
#define CPH_TESTS_COUPLING_RIG_H

#include <complex.h>

#include "cophase/coupling_calib.h"
#include "cophase/random.h"

enum {
    COUPLING_ELEMENTS = 25,
    COUPLING_UNKNOWNS = 2 * COUPLING_ELEMENTS + 2 * COUPLING_ELEMENTS * COUPLING_ELEMENTS
};
#define COUPLING_PITCH 0.012

typedef struct coupling_rig {
    size_t n;
    double position[3 * COUPLING_ELEMENTS];
    double complex t[COUPLING_ELEMENTS], r[COUPLING_ELEMENTS];
    cph_c64 s[COUPLING_ELEMENTS * (COUPLING_ELEMENTS + 1)], near[2][COUPLING_ELEMENTS];
    cph_random random;
    cph_coupling_config config;
    cph_coupling_solution solution;
    cph_c64 gain[2][COUPLING_ELEMENTS];
    double phase_sigma[2][COUPLING_ELEMENTS], amplitude_sigma[2][COUPLING_ELEMENTS];
    unsigned char flag[2][COUPLING_ELEMENTS];
    uint32_t part[2][COUPLING_ELEMENTS];
    cph_error error;
} coupling_rig;

cph_c64 coupling_rig_put(double complex z);
/** Depends on length and direction, not on the sense. */
double complex coupling_rig_coupling(double x, double y);
void coupling_rig_fill(coupling_rig *r, double sigma);
/** nx by ny, skewed where triangular; gains of phases within `spread` of 0. */
void coupling_rig_open(coupling_rig *r, size_t nx, size_t ny, bool skewed, double spread,
                       uint64_t seed);
cph_status coupling_rig_solve(coupling_rig *r);
/** The true gains of what is solved, in the gauge. */
size_t coupling_rig_truth(const coupling_rig *r, int which, cph_c64 *gain);
double coupling_rig_worst(const coupling_rig *r, int which);

#endif
