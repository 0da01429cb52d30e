/* SPDX-License-Identifier: MIT */
/** @file calibrate_jones.h
 *  X and Y of all antennas together: what is solved, and what is said of it. */
#ifndef CPH_CLI_CALIBRATE_JONES_H
#define CPH_CLI_CALIBRATE_JONES_H

#include "cli/calibrate_method.h"
#include "cophase/jones.h"

/** Antennas with both inputs; input 2 k is X of antenna k, 2 k + 1 its Y. */
typedef struct cph_jones_desk {
    size_t antennas;
    cph_selection both; /**< array is empty */
    size_t *place;      /**< [2 antennas] in their selections */
    double *position;   /**< [antennas][3] */
    double *stokes;     /**< [S][4] */
    unsigned char *flag;
    double *sigma;  /**< [5][2 antennas]: of leakage, phase, amplitude, J */
    cph_c64 *value; /**< [4][2 antennas]: gains, leakage, J */
    cph_jones_solution found;
} cph_jones_desk;

/** Line and JSON of one polarisation, 0 or 1, into row. */
void cph_calibrate_jones_say(const cph_calibrate_options *options, const cph_jones_desk *desk,
                             cph_calibrate_row *row, size_t side);

#endif
