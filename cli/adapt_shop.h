/* SPDX-License-Identifier: MIT */
/** @file adapt_shop.h
 *  What the files of adaptive weights share: the input, and room for one channel at a time. */
#ifndef CPH_CLI_ADAPT_SHOP_H
#define CPH_CLI_ADAPT_SHOP_H

#include "cli/adapt.h"
#include "cophase/solutions.h"
#include "kernels/core/fail.h"

/** Constraints beside the look and the nulls at most: slopes along two directions. */
enum { CPH_SLOPES = 2 };

typedef struct cph_shop {
    const cph_input *input;
    const cph_selection *selection;
    const cph_method *method;
    cph_weights *weights;
    cph_nulls *nulls;
    cph_adapted *adapted;
    size_t channel;
    unsigned char *flag; /**< [N] of the channel */
    cph_dump dump;
    double samples;  /**< that the dump's rank is at most; 0 unknown */
    cph_c64 *gain;   /**< [N] */
    cph_c64 *ones;   /**< [N] gains of a covariance whose own were taken out; else not used */
    bool calibrated; /**< the covariance's gains were taken out */
    cph_c64 *w;      /**< [N] */
    double *centred; /**< [N][3] positions about the mean of the live ones */
    cph_c64 *c; /**< [1 + nulls + CPH_SLOPES][N]: the look, each null's own direction, slopes */
    cph_c64 *response; /**< [the same], 1 and zeros */
    void *memory;
} cph_shop;

/** Puts the constraints of beam b into shop->c; *count is how many. */
cph_status cph_adapt_constrain(cph_shop *shop, size_t b, size_t *count, cph_error *error);

/** w [count of a constraint's entries]: the weights of constraints c by the method. */
cph_status cph_adapt_solve(const cph_shop *shop, const cph_adaptive *adaptive, size_t count,
                           const cph_c64 *c, cph_c64 *w, cph_adapted_beam *beam, cph_error *error);

/** The weights shop->w of beam b, as it is stored, and its nulls' depths. */
void cph_adapt_store(cph_shop *shop, size_t b);

/** Averages the covariance as --forward-backward asks. */
cph_exit cph_adapt_mirror(cph_shop *shop);
/** Takes gains out of the covariance where an average needs that. */
void cph_adapt_calibrate(cph_shop *shop);
/** The covariance of parts of the line that --smooth asks for, and weights that slide along it. */
cph_exit cph_adapt_smooth(cph_shop *shop);

/** All beams of the channel orthogonal to the strongest waves. */
cph_exit cph_adapt_project(cph_shop *shop);

/** All beams of the channel in the dimensions of --subarrays or --beamspace; a capture is streamed
 *  through them, without a covariance of the elements. */
cph_exit cph_adapt_reduce(cph_shop *shop);

/** The dump asked for, gains and flags. */
cph_exit cph_adapt_look_at_data(cph_shop *shop);

/** Makes the covariance's waves as wide as --null-width asks. */
cph_status cph_adapt_widen(cph_shop *shop, cph_error *error);

/** All beams of the channel by a tracker. */
cph_exit cph_adapt_track(cph_shop *shop);

/** "INPUT: channel C: message" with the exit code of error->status. */
cph_exit cph_adapt_report(const cph_shop *shop, const cph_error *error);

#endif
