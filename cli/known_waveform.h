/* SPDX-License-Identifier: MIT */
/** @file known_waveform.h
 *  --waveform --max-lag of `cophase calibrate --method waveform`. */
#ifndef CPH_CLI_KNOWN_WAVEFORM_H
#define CPH_CLI_KNOWN_WAVEFORM_H

#include <argp.h>

#include "cli/input.h"

typedef struct cph_waveform_choice {
    const char *path; /**< a capture of one element, or a table of re,im lines; NULL: not given */
    double max_lag_s; /**< delays searched, either way; 0: all */
} cph_waveform_choice;

/** Its input is the verb's cph_calibrate_options. */
extern const struct argp cph_argp_waveform;

typedef struct cph_known_waveform {
    size_t length;
    cph_c32 *sample; /**< [length] in units of the signal */
} cph_known_waveform;

/** Reads it; says what is wrong, also where its file has another sample rate than the input. */
cph_exit cph_known_waveform_read(const char *path, const cph_input *input,
                                 cph_known_waveform *waveform);
void cph_known_waveform_free(cph_known_waveform *waveform);

#endif
