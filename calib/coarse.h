/* SPDX-License-Identifier: MIT */
/** @file coarse.h
 *  Steps of StEFCal in float, by the kernel stefcal_c32: what brings gains near the end, from where
 *  steps in double go on. */
#ifndef CPH_CALIB_COARSE_H
#define CPH_CALIB_COARSE_H

#include "calib/system.h"

typedef struct cph_coarse {
    size_t n;
    double scale_m, scale_weight; /**< of the tiles */
    float *tiles, *g, *next, *power, *work;
    void *memory;
    bool packed; /**< tiles are those of the system; cleared by whoever changes it */
} cph_coarse;

/** Change |dg|/|g| below which steps should be taken in double: 100 roundings to float. */
#define CPH_COARSE_LEAST 6e-6

/** Memory for n elements; false where there is none, or nothing to gain. */
bool cph_coarse_open(cph_coarse *coarse, size_t n);
void cph_coarse_close(cph_coarse *coarse);

/** next [n] = the gains of the system with the others held at g, power [n] = their denominators
 *  with the weights in force, each to the error of the kernel. */
void cph_coarse_step(cph_coarse *coarse, const cph_system *system, const cph_c64 *g, cph_c64 *next,
                     double *power);

#endif
