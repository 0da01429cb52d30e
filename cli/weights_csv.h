/* SPDX-License-Identifier: MIT */
/** @file weights_csv.h
 *  Weights as a table for a person, a spreadsheet or a controller. */
#ifndef CPH_CLI_WEIGHTS_CSV_H
#define CPH_CLI_WEIGHTS_CSV_H

#include "cophase/data.h"
#include "cophase/solutions.h"

/** Writes a line an element of every beam and channel:
 *  beam,name,direction,channel,freq_hz,element,w_re,w_im,amplitude_db,phase_deg,c_re,c_im,c_phase_deg,
 *  c = conj(w) the hardware coefficient, whose amplitude is that of w; `element` is the number,
 *  `direction` a word of the command line. Elements of weight 0 have no decibels and degrees.
 *  `inputs` (ends with NULL) are not written over. Errors: of cph_text_open and cph_text_commit. */
cph_status cph_weights_csv(const char *path, const char *const *inputs, const cph_weights *weights,
                           cph_error *error);

#endif
