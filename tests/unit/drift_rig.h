/* SPDX-License-Identifier: MIT */
/** @file drift_rig.h
 *  Gains that wander, and readings of them. */
#ifndef CPH_TESTS_DRIFT_RIG_H
#define CPH_TESTS_DRIFT_RIG_H

#include "cophase/drift.h"
#include "cophase/random.h"

enum { DRIFT_TIMES = 48, DRIFT_ELEMENTS = 6, DRIFT_ALL = DRIFT_TIMES * DRIFT_ELEMENTS };

typedef struct drift_rig {
    size_t times, n;
    double time[DRIFT_TIMES], temperature[DRIFT_TIMES], phase[DRIFT_ALL],
        size[DRIFT_ALL]; /* true, [T][N] */
    cph_c64 gain[DRIFT_ALL];
    double phase_sigma[DRIFT_ALL], amplitude_sigma[DRIFT_ALL];
    unsigned char flag[DRIFT_ALL];
    cph_random random;
    cph_drift_config config;
    cph_c64 found[DRIFT_ALL];
    double found_phase_sigma[DRIFT_ALL], found_amplitude_sigma[DRIFT_ALL];
    unsigned char mark[DRIFT_ALL];
    double slope[4][DRIFT_ELEMENTS];
    cph_drift_solution solution;
    cph_error error;
} drift_rig;

double drift_rig_normal(drift_rig *r);
size_t drift_rig_at(const drift_rig *r, size_t t, size_t n);
void drift_rig_scale(cph_c64 *z, double by);
/** Times with gaps of 5 to 15 s, temperatures without symmetry. */
void drift_rig_open(drift_rig *r, size_t times, size_t n, uint64_t seed);
/** Walks of these rates per root second, slopes that differ between elements where asked for. */
void drift_rig_walk(drift_rig *r, double phase_rate, double amplitude_rate, bool heated);
/** Readings with errors of that size, twice as large for odd elements. */
void drift_rig_read(drift_rig *r, double phase_sigma, double amplitude_sigma);
cph_status drift_rig_solve(drift_rig *r);

#endif
