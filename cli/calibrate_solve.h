/* SPDX-License-Identifier: MIT */
/** @file calibrate_solve.h
 *  Gains of every polarisation, dump and channel that `cophase calibrate` was asked for. */
#ifndef CPH_CLI_CALIBRATE_SOLVE_H
#define CPH_CLI_CALIBRATE_SOLVE_H

#include "cli/calibrate_options.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cophase/calib.h"
#include "cophase/solutions.h"

/** One solution. */
typedef struct cph_calibrate_row {
    const cph_selection *selection;
    size_t time, channel; /**< of the input: first dump (or interval of a capture), channel */
    size_t slot[2];       /**< time and channel of the calibration */
    size_t base;          /**< of its elements in the arrays of the calibration */
    double freq_hz, time_unix_s;
    cph_error error;         /**< status CPH_OK, or why there is no solution: what follows is then
                                  not set */
    cph_gain_solution found; /**< its arrays are NULL, but for flux [S] */
    size_t flagged;          /**< elements */
    double phase_sigma_deg;  /**< median over the others */
    double amplitude_sigma;  /**< relative; median */
    /* What the method alone has to say: */
    json_t *extra;    /**< under its name in JSON (made for --json only), or NULL */
    char line[240];   /**< in text, of the first row of a polarisation; or "" */
    char remark[200]; /**< on stderr; or "" */

} cph_calibrate_row;

/** What --fill-channels did; calibration.filled has the marks, NULL where it was not asked for. */
typedef struct cph_filled {
    size_t gains, left; /**< filled; still flagged */
} cph_filled;

typedef struct cph_calibrated {
    size_t rows;
    cph_calibrate_row *row;  /**< [rows] by polarisation, then time, then channel */
    double *flux;            /**< [rows][S] */
    cph_calibrate_grid grid; /**< what each is made of */
    size_t times, channels;  /**< solved for: those of the grid */
    size_t *place;           /**< [elements of the file] index into calibration.array */
    double *direction;       /**< [S][3] unit vectors, array frame */
    cph_filled filled;
    cph_calibration calibration; /**< all selections in the order of the file; chi2_dof is that of
                                      all polarisations together */
} cph_calibrated;

/** Solves for all of them. Solutions that fail for want of good data leave their elements UNSOLVED;
 *  only where all of them fail is that the verb's failure, and said. *made is for
 *  cph_calibrated_free in every case. */
cph_exit cph_calibrate_solve(const cph_calibrate_options *options, const cph_input *input,
                             cph_calibrated *made);
void cph_calibrated_free(cph_calibrated *made);

/** Gains and flags [row->selection->elements] of a row. */
void cph_calibrate_gains(const cph_calibrated *made, const cph_calibrate_row *row, cph_c64 *gain,
                         unsigned char *flag);

/** "polarisation X, time 3, channel 7": what tells a row from the others; "" for a single one. */
void cph_calibrate_row_name(const cph_calibrated *made, const cph_calibrate_row *row, size_t size,
                            char *text);

#endif
