/* SPDX-License-Identifier: MIT */
/** @file calibrate_band.h
 *  Channels of a band, each by itself, for --method delay and bandpass. */
#ifndef CPH_CLI_CALIBRATE_BAND_H
#define CPH_CLI_CALIBRATE_BAND_H

#include "cli/calibrate_method.h"
#include "cophase/band.h"

/** Numbers of elements of a solution. */
enum {
    CPH_BAND_PHASE,
    CPH_BAND_AMPLITUDE,
    CPH_BAND_DELAY,
    CPH_BAND_DELAY_SIGMA,
    CPH_BAND_CHI2,
    CPH_BAND_NUMBERS
};

/** What one band after the other uses: C channels, N elements. Zero-initialise; free with
 *  cph_band_desk_free. */
typedef struct cph_band_desk {
    bool shape; /**< the bandpass, too */
    size_t channels, elements;
    cph_gain_solution *solved;          /**< [C] of the channels, without their arrays */
    cph_c64 *r;                         /**< [N][N] without the way to the elements */
    cph_c64 *response, *model, *passed; /**< [C][N] */
    double *coherence;                  /**< [C][N] */
    double *sigma[2];                   /**< [C][N] of phase and relative amplitude */
    unsigned char *flag;                /**< [C][N] */
    cph_c64 *gain;                      /**< [N] */
    cph_c64 *steering;                  /**< [N] */
    double *number;                     /**< [NUMBERS][N] */
    double *place;                      /**< [N][3] all in one */
    double *freq_hz;                    /**< [C] */
    unsigned char *state;               /**< [N] flags of the solution */
    signed char *polarity;              /**< [N] */
    cph_band_config config;
    cph_band_solution found;
} cph_band_desk;

void cph_band_desk_free(cph_band_desk *desk);
cph_exit cph_band_desk_make(cph_band_desk *desk, const cph_cli *cli, size_t channels,
                            size_t elements);

/** Gains of channel c of a row by itself into passed, sigma and flag, without the way to the
 *  elements; NaN where there are none. What is wrong with its data is no matter to the others. */
cph_exit cph_band_desk_load(cph_band_desk *desk, cph_calibrate_bench *bench, cph_calibrate_row *row,
                            size_t c, cph_calibrated *made);

#endif
