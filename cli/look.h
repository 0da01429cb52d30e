/* SPDX-License-Identifier: MIT */
/** @file look.h
 *  What the samples of a capture, or of beams, look like: all of them, or some from many places. */
#ifndef CPH_CLI_LOOK_H
#define CPH_CLI_LOOK_H

#include "cli/input.h"
#include "cophase/health.h"

/** What a line is as wide as, in columns of a spectrum by transforms: Hann's noise bandwidth. */
#define CPH_LOOK_RESOLUTION 1.5

typedef struct cph_look {
    size_t elements;
    cph_vitals *vitals; /**< [elements], in units of the samples */
    size_t columns;     /**< of the spectra; 0: none */
    size_t points;      /**< of the transforms behind them; 0: columns are channels */
    double *spectrum;   /**< [elements][columns]: cph_health_spectrum */
    size_t times;       /**< looked at, those that were lost among them */
    size_t places;      /**< stretches that they stand in */
} cph_look;

/** Of the chosen range and channels, the listed elements (NULL: the whole axis). Unless `all`, at
 *  most 32 MiB of samples, in stretches at even distances. Zero-initialise; free in any case. */
cph_exit cph_look_at(const cph_input *input, const size_t *element, size_t elements, bool all,
                     cph_look *look);
void cph_look_free(cph_look *look);

#endif
