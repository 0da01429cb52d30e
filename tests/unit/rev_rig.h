/* SPDX-License-Identifier: MIT */
/** @file rev_rig.h
 *  Elements whose phases are turned, and the power that a meter reads. */
#ifndef CPH_TESTS_REV_RIG_H
#define CPH_TESTS_REV_RIG_H

#include <complex.h>
#include <stdbool.h>

#include "cophase/power_calib.h"
#include "cophase/random.h"

enum { REV_N_MOST = 300, REV_M_MOST = 32 };
#define TURN (2.0 * M_PI)

typedef struct rev_rig {
    size_t n, m;
    double complex field[REV_N_MOST], rest; /* of the elements, and of what is never turned */
    cph_c64 state[REV_M_MOST];
    double power[REV_N_MOST * REV_M_MOST];
    unsigned char member[64 * 64];
    cph_random random;
    cph_rev_config config;
    cph_rev_solution solution;
    cph_c64 gain[REV_N_MOST], root[2 * REV_N_MOST];
    double phase_sigma[REV_N_MOST], amplitude_sigma[REV_N_MOST], root_sigma[2 * REV_N_MOST];
    unsigned char flag[REV_N_MOST], choice[REV_N_MOST];
    cph_error error;
} rev_rig;

/** m states of equal amplitude at even steps; n random fields; one sweep an element, closed. Prints
 *  the seed. */
void rev_open(rev_rig *r, size_t n, size_t m, uint64_t seed);

/** A real table: uneven phases, amplitudes that change with them by this share; its rest state is
 *  none of the steps. */
void rev_table(rev_rig *r, double ripple);

/** The field of all at rest. */
double complex rev_total(const rev_rig *r);

/** Readings with noise of this standard deviation; each sweep has a level of its own. */
void rev_measure(rev_rig *r, double sigma);

cph_status rev_solve(rev_rig *r);

/** Largest error of a share; infinite where one is flagged. */
double rev_worst(const rev_rig *r);

#endif
