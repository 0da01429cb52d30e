/* SPDX-License-Identifier: MIT */
/** @file reciprocity_report.h
 *  What `cophase calibrate --method reciprocity` works on, and what it says. */
#ifndef CPH_CLI_RECIPROCITY_REPORT_H
#define CPH_CLI_RECIPROCITY_REPORT_H

#include "cli/calibrate_method.h"

/** One polarisation in one channel. */
typedef struct cph_reciprocity_part {
    const cph_selection *selection;
    size_t channel;
    size_t soundings; /* in use */
    double sigma[2];  /* rms of phase and amplitude over good elements */
    size_t good;
} cph_reciprocity_part;

typedef struct cph_reciprocity {
    const cph_calibrate_options *o;
    const cph_input *input;
    cph_calibration forward, backward, made;
    cph_reciprocity_part *part;
    size_t parts;
    /* of the part at hand: */
    cph_c64 *factor;      /* [times] what a sounding has in common; NaN: not in use */
    cph_c64 *pair[2];     /* [times] of one element */
    cph_gain_estimate it; /* [elements] */
} cph_reciprocity;

/** On stdout: one JSON object or a table. */
cph_exit cph_reciprocity_tell(const cph_reciprocity *work);

#endif
