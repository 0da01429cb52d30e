/* SPDX-License-Identifier: MIT */
/** @file redundant_scene.h
 *  Arrays on lattices, a sky without symmetry, gains, and the covariances they make. */
#ifndef CPH_TESTS_REDUNDANT_SCENE_H
#define CPH_TESTS_REDUNDANT_SCENE_H

#include <complex.h>

#include "cophase/random.h"
#include "cophase/redundant.h"

enum { RED_ELEMENTS = 40, RED_GROUPS = RED_ELEMENTS * (RED_ELEMENTS - 1) / 2, RED_LD = 41 };
#define RED_FREQ 150e6

typedef enum red_layout {
    RED_LINE,      /**< 10 on a line that is neither x nor y */
    RED_RECTANGLE, /**< 5 x 4, steps of different length */
    RED_HEXAGON,   /**< of side 3: 19 */
    RED_OFF,       /**< the same, one corner (18) off the lattice */
    RED_RAGGED,    /**< 25 of a 7 x 6 lattice, chosen at random, rows skewed */
    RED_BLOCK,     /**< 3 x 3 x 2 in space */
    RED_JITTER,    /**< the hexagon, each position off by up to 2 mm */
    RED_LAYOUTS
} red_layout;

typedef struct red_scene {
    size_t n;
    double position[3 * RED_ELEMENTS];
    double complex gain[RED_ELEMENTS];
    cph_random random;
    double sky[5][4]; /**< u, v, w, flux */
    double freq_hz;
    cph_c64 r[RED_ELEMENTS * RED_LD], model[RED_ELEMENTS * RED_LD];
    double weight[RED_ELEMENTS * RED_ELEMENTS];
    cph_c64 truth[RED_ELEMENTS];
    cph_redundant_plan *plan;
    cph_redundant_problem problem;
    cph_redundant_options options;
    cph_redundant_solution solution;
    cph_c64 solved[RED_ELEMENTS], visibility[RED_GROUPS];
    double phase_sigma[RED_ELEMENTS], amplitude_sigma[RED_ELEMENTS], chi2[RED_ELEMENTS];
    unsigned char flag[RED_ELEMENTS];
    cph_error error;
} red_scene;

/** Positions, sky, gains of 0.5 to 1.5 with any phase, R without noise or diagonal, the plan.
 *  Prints the seed. */
void red_open(red_scene *s, red_layout layout, uint64_t seed);
void red_close(red_scene *s);

/** R from gains and sky at s->freq_hz; RED_JITTER: as if without. truth and model too. */
void red_exact(red_scene *s);

/** Adds circular errors of this power to each baseline, and sets weights to its inverse. */
void red_noise(red_scene *s, double power);

double complex red_get(cph_c64 z);

/** cph_redundant_solve, flags cleared unless keep. */
cph_status red_solve(red_scene *s);

/** Largest |solved - truth| over elements with a gain. */
double red_worst(const red_scene *s);

#endif
