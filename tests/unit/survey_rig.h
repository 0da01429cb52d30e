/* SPDX-License-Identifier: MIT */
/** @file survey_rig.h
 *  An array that hears sources in known directions, and the bound of what they tell. */
#ifndef CPH_TESTS_SURVEY_RIG_H
#define CPH_TESTS_SURVEY_RIG_H

#include <complex.h>

#include "cophase/random.h"
#include "cophase/survey.h"

enum {
    SURVEY_N_MOST = 12,
    SURVEY_S_MOST = 10,
    SURVEY_X_MOST = 5 * SURVEY_N_MOST + SURVEY_S_MOST + 3
};
#define SURVEY_FREQ       1.4e9
#define SURVEY_WAVELENGTH (CPH_SPEED_OF_LIGHT / SURVEY_FREQ)

typedef struct survey_rig {
    size_t n, looks;
    double nominal[3 * SURVEY_N_MOST], truth[3 * SURVEY_N_MOST], direction[3 * SURVEY_S_MOST],
        freq[SURVEY_S_MOST];
    double complex gain[2][SURVEY_N_MOST], turn[SURVEY_S_MOST];
    double level[SURVEY_S_MOST];
    cph_c64 y[SURVEY_S_MOST * SURVEY_N_MOST], known[SURVEY_N_MOST];
    cph_random random;
    cph_survey_config config;
    cph_survey_positions found;
    cph_survey_orientation turned;
    double position[3 * SURVEY_N_MOST], sigma[3 * SURVEY_N_MOST];
    unsigned char flag[SURVEY_N_MOST];
    cph_error error;
} survey_rig;

cph_c64 survey_put(double complex z);

/** Elements without symmetry over 4 wavelengths, displaced by up to `off` wavelengths; looks at
 *  directions of all heights. Prints the seed. */
void survey_open(survey_rig *r, size_t n, size_t looks, double off, uint64_t seed);

/** Responses of elements at `truth`, with errors of this rms modulus. */
void survey_measure(survey_rig *r, double sigma);

/** cph_survey_locate and, without a start, cph_survey_orient on all that. */
cph_status survey_locate(survey_rig *r);
cph_status survey_orient(survey_rig *r, double search);

/** J^T J of unknowns x, rows of J added one by one, and its inverse by Gauss and Jordan. */
typedef struct survey_fisher {
    size_t unknowns;
    double a[SURVEY_X_MOST][2 * SURVEY_X_MOST];
} survey_fisher;

/** Adds weight row row^T to J^T J; row [unknowns]. */
void survey_add_row(survey_fisher *f, const double *row, double weight);

/** Leaves the inverse in columns `unknowns` and up. */
void survey_invert(survey_fisher *f);

/** Phases of all gains and looks, and `parts` more unknowns from derivative: phase of (s, p). */
void survey_fill(const survey_rig *r, double sigma, survey_fisher *f, size_t parts,
                 void (*derive)(const survey_rig *r, size_t s, size_t p, double *row));

#endif
