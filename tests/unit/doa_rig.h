/* SPDX-License-Identifier: MIT */
/* A known sky over a known array: its covariance, exact or of drawn snapshots. */
#ifndef CPH_TESTS_DOA_RIG_H
#define CPH_TESTS_DOA_RIG_H

#include "cophase/array.h"
#include "cophase/doa.h"
#include "cophase/random.h"

enum { DOA_N = 40, DOA_S = 4 };
#define DOA_FREQ_HZ      1.5e9
#define DOA_WAVELENGTH_M (CPH_SPEED_OF_LIGHT / DOA_FREQ_HZ)

typedef struct doa_rig {
    size_t n, sources;
    double position[DOA_N][3];
    cph_c64 gain[DOA_N];
    unsigned char flag[DOA_N];
    double direction[DOA_S][3];
    cph_c64 power[DOA_S * DOA_S]; /* [sources][sources] */
    double noise;
    cph_c64 r[DOA_N * DOA_N]; /* [n][n] */
} doa_rig;

/* Gains of 1, nothing flagged, noise of 1, no sources; takes over the array. */
void doa_rig_make(doa_rig *rig, cph_array *array);
/* The same of a line along x, half a wavelength apart. */
void doa_rig_line(doa_rig *rig, size_t n);
/* A source at (u, v), independent of those before it. */
void doa_rig_add(doa_rig *rig, double u, double v, double power);
/* r = V P V^H + noise, NaN in the rows and columns of the flagged. */
void doa_rig_exact(doa_rig *rig);
/* r of drawn snapshots, for independent sources. */
void doa_rig_draw(doa_rig *rig, size_t samples, cph_random *random);
cph_doa_config doa_rig_config(const doa_rig *rig, double samples);
/* r exact, and decomposed as one of so many samples. */
cph_doa *doa_rig_decompose(doa_rig *rig, double samples);

/* The source whose (u, v) is nearest, and how far that is. */
size_t doa_rig_nearest(const doa_rig *rig, const double *u, double *off);
/* The largest distance of a source from the nearest of `count` directions. */
double doa_rig_worst(const doa_rig *rig, const double *direction, size_t count);

#endif
