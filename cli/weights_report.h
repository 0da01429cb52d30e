/* SPDX-License-Identifier: MIT */
/** @file weights_report.h
 *  What `cophase weights` made, and what it says of it. */
#ifndef CPH_CLI_WEIGHTS_REPORT_H
#define CPH_CLI_WEIGHTS_REPORT_H

#include "cli/adapt.h"
#include "cli/quantise.h"
#include "cli/weights_options.h"
#include "cophase/solutions.h"

typedef struct cph_weights_result {
    cph_weights weights;
    cph_nulls nulls;
    cph_adapted adapted;
    cph_synthesised synthesised; /* of --mask; else empty */
    cph_quantised quantised;     /* of --bits and --states; else empty */
    cph_quietened quietened;     /* of --quiet-below; else empty */
    unsigned char *flag;         /* [channels][N] */
} cph_weights_result;

/** On stderr, unless --quiet: what states do not keep of the weights that were asked for. */
void cph_weights_remark(const cph_weights_options *options, const cph_weights_result *made);

/** Prints it, as text or JSON. */
cph_exit cph_weights_print(const cph_weights_options *options, const cph_weights_result *made);

#endif
