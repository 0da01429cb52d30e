/* SPDX-License-Identifier: MIT */
/* An irregular array with unequal gains and broken elements under a signal and two jammers, and
 * LAPACK's general solver as the oracle of what is done on its covariance. */
#ifndef CPH_TESTS_ADAPTIVE_SCENE_H
#define CPH_TESTS_ADAPTIVE_SCENE_H

#include "cophase/adaptive.h"

enum { SCENE_N = 9, SCENE_LIVE = 7, SCENE_J = 3 };

typedef struct adaptive_scene {
    double position[SCENE_N][3];
    double look[3], jammer[2][3];
    cph_c64 a[SCENE_N];              /* toward the look */
    cph_c64 c[SCENE_J][SCENE_N];     /* toward the look and both jammers */
    cph_c64 gain[SCENE_N];           /* NaN where flagged */
    unsigned char flag[SCENE_N];     /* elements 2 and 7 */
    cph_c64 r[SCENE_N][SCENE_N + 2]; /* NaN in the rows and columns of the flagged */
} adaptive_scene;

/* Jammers of 30 and 20 dB over noise of power 1; condition about 1e4. */
void adaptive_scene_make(adaptive_scene *s);
/* Adds a wave from c, through the gains, to the covariance. */
void adaptive_scene_add(adaptive_scene *s, const cph_c64 *c, double power);
cph_adaptive_config adaptive_scene_config(const adaptive_scene *s);

/* x [SCENE_LIVE] = R_live^-1 (g b)_live, by pivoted elimination; v [SCENE_LIVE] = (g b)_live. */
void adaptive_scene_solve(const adaptive_scene *s, const cph_c64 *b, cph_c64 *v, cph_c64 *x);

/* The index of live element i. */
unsigned adaptive_scene_index(unsigned i);

/* w^H (g c) over the live elements. */
cph_c64 adaptive_scene_response(const adaptive_scene *s, const cph_c64 *w, const cph_c64 *c);

/* The largest |w_n - z_n| over the largest |z_n|. */
double adaptive_scene_difference(unsigned n, const cph_c64 *w, const cph_c64 *z);

#endif
