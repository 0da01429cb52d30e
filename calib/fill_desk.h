/* SPDX-License-Identifier: MIT */
/** @file fill_desk.h
 *  What cph_fill_solve works on: readings without delays and common factors. */
#ifndef CPH_CALIB_FILL_DESK_H
#define CPH_CALIB_FILL_DESK_H

#include "calib/fill.h"
#include "cophase/fill.h"

typedef struct cph_fill_desk {
    const cph_fill_config *c;
    void *memory;
    size_t *order; /**< [C] channels by rising frequency */
    double *place; /**< [C] of those: (frequency - first_hz)/unit_hz */
    double first_hz, unit_hz;
    bool *used;      /**< [C] some element has a reading */
    bool *steady;    /**< [N] has a reading wherever any has */
    cph_c64 *common; /**< [C] factor of a channel */
    cph_c64 *rest;   /**< [C][N] readings without factor, delay and fit; NaN: none */
    double fit_hz;
    cph_c64 *fit;    /**< [N] at fit_hz */
    double *delay_s; /**< [N] */
    bool *dead;      /**< [N] no delay fits */
    /* Readings of each element, [N][C] packed: */
    size_t *count; /**< [N] */
    double *x, *y[2], *variance[2];
    double q[2];
    cph_fill_state *before[2], *after[2]; /**< [C] */
} cph_fill_desk;

/** Takes the config, which is checked: all but curves and q. Free in every case. */
cph_status cph_fill_prepare(cph_fill_desk *desk, cph_error *error);
void cph_fill_desk_free(cph_fill_desk *desk);

#endif
