/* SPDX-License-Identifier: MIT */
/** @file adapt.h
 *  Weights from the covariance of an input: MVDR, and LCMV with the nulls of the command line. */
#ifndef CPH_CLI_ADAPT_H
#define CPH_CLI_ADAPT_H

#include "cli/input.h"
#include "cli/nulls.h"

/** What the factored covariances had in common. Zero-initialise. */
typedef struct cph_adapted {
    double samples;   /**< behind the covariance of the last channel; 0 unknown */
    double rho, load; /**< loaded there */
    size_t live;      /**< elements */
} cph_adapted;

/** As cph_steering_input, by the method of the command line: for each channel the covariance of
 *  the dump asked for, or of the capture's range, is widened, jammed and loaded as asked. flag
 *  [channels][N] also receives what the data show (dead, hot, ...). *weights is to be freed with
 *  cph_weights_free on success, *nulls (zero-initialised) with cph_nulls_free always. */
cph_exit cph_adapt_input(const cph_input *input, const cph_selection *selection,
                         cph_weights *weights, cph_nulls *nulls, cph_adapted *adapted,
                         unsigned char *flag);

#endif
