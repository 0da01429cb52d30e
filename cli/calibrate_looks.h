/* SPDX-License-Identifier: MIT */
/** @file calibrate_looks.h
 *  Sources in known directions, one a dump, as `--method pilot` hears each of them. */
#ifndef CPH_CLI_CALIBRATE_LOOKS_H
#define CPH_CLI_CALIBRATE_LOOKS_H

#include "cli/calibrate_method.h"

typedef struct cph_pilot_looks {
    const cph_calibrate_options *o;
    const cph_input *input;
    size_t looks;        /**< S: pilots times channels, channels of a pilot together */
    double *direction;   /**< [S][3] */
    double *freq_hz;     /**< [S] */
    cph_c64 *response;   /**< [S][N] of the selection at hand */
    double *scratch;     /**< [3 N] */
    unsigned char *flag; /**< [N] of all elements, in the order of made.calibration.array */
    cph_calibrated made; /**< of the pilots */
} cph_pilot_looks;

/** What is known before anything is read: a source for each dump, elements with positions. */
cph_exit cph_pilot_looks_check(const cph_calibrate_options *options, const cph_input *input);

/** Hears the pilots. *looks is for cph_pilot_looks_free in every case. */
cph_exit cph_pilot_looks_open(const cph_calibrate_options *options, const cph_input *input,
                              cph_pilot_looks *looks);
void cph_pilot_looks_free(cph_pilot_looks *looks);

/** Responses of a selection (by its number), NaN where flagged. True where standard errors are
 *  known: the noise of every response is then 1; else they are gains as `pilot` scales them. flag
 *  [N]: that of an element in the last look, where it is flagged in every one. */
bool cph_pilot_looks_take(cph_pilot_looks *looks, size_t selection, unsigned char *flag);

#endif
