/* SPDX-License-Identifier: MIT */
/** @file coupling_looks.h
 *  The steps of coupling matrices from looks of unknown power and phase. */
#ifndef CPH_CALIB_COUPLING_LOOKS_H
#define CPH_CALIB_COUPLING_LOOKS_H

#include "cophase/coupling_calib.h"

typedef struct cph_looks_desk {
    const cph_coupling_looks_config *config;
    size_t n, s;         /* N, S */
    size_t live;         /* rows in use */
    size_t *row;         /* [live] their elements */
    cph_c64 *alpha;      /* [S] */
    cph_c64 *tried;      /* [S] */
    cph_c64 *x;          /* [S][N] alpha_s a_s */
    cph_c64 *inverse;    /* [N][S] pseudo-inverse of x */
    cph_c64 *projector;  /* [S][S] I - x inverse */
    cph_c64 *matrix;     /* [live][N] C */
    cph_c64 *clean;      /* [S][live] C a_s */
    cph_c64 *left;       /* [S][live] y_s - alpha_s C a_s */
    cph_c64 *normal;     /* [S][S] equations of alpha, the open factor pinned */
    cph_c64 *solved;     /* [S][S] their inverse */
    double residual;     /* sum |left|^2 */
    double condition[2]; /* of x, of normal */
    unsigned iterations;
    cph_stop stop;
} cph_looks_desk;

/** From desk->alpha all the rest but normal and solved. Errors: MEMORY, OVERFLOW, SINGULAR. */
CPH_MUST_CHECK cph_status cph_looks_fit(cph_looks_desk *desk, const cph_c64 *alpha);

/** desk->normal and its inverse. Errors: MEMORY, OVERFLOW, SINGULAR. */
CPH_MUST_CHECK cph_status cph_looks_equations(cph_looks_desk *desk);

/** The answer in its gauge, with errors; room [S] and [N]. `diagonal` holds C_nn of the rows in
 *  the gauge, and `factor` is what C was multiplied by for it. */
void cph_looks_deliver(const cph_looks_desk *desk, const cph_c64 *diagonal, cph_c64 factor,
                       cph_c64 *room, cph_coupling_looks *solution);

#endif
