/* SPDX-License-Identifier: MIT */
/** @file band_options.h
 *  --max-delay --polarity of `cophase calibrate --method delay` and `bandpass`. */
#ifndef CPH_CLI_BAND_OPTIONS_H
#define CPH_CLI_BAND_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

typedef struct cph_band_choice {
    double max_delay_s; /**< 0: as far as the channels tell */
    bool polarity;
} cph_band_choice;

/** Its input is the verb's cph_calibrate_options. */
extern const struct argp cph_argp_band;

#endif
