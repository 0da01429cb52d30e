/* SPDX-License-Identifier: MIT */
/** @file adapt.h
 *  Weights from the data of an input, by the method of the command line. */
#ifndef CPH_CLI_ADAPT_H
#define CPH_CLI_ADAPT_H

#include "cli/input.h"
#include "cli/json.h"
#include "cli/nulls.h"
#include "cophase/solutions.h"

/** Parts that a learning curve is told in. */
enum { CPH_CURVE = 10 };

/** What one beam's weights took. */
typedef struct cph_adapted_beam {
    double load;              /**< robust-capon, white-noise: added to the loading */
    size_t kept;              /**< subspace: waves that are the look's own */
    double output[CPH_CURVE]; /**< trackers: mean power out, each tenth of the samples */
    cph_c64 *digital;         /**< --subarrays: [groups] the weight of each */
    cph_c64 *analogue;        /**< --subarrays: [N] what its elements have before; 0 flagged */
} cph_adapted_beam;

/** What was found on the way, of the last channel. Zero-initialise; free with cph_adapted_free. */
typedef struct cph_adapted {
    double samples;    /**< behind the weights; 0 unknown */
    double rho, load;  /**< loaded */
    size_t live;       /**< elements */
    size_t waves;      /**< subspace: projected out, or kept for the look */
    size_t dimensions; /**< --subarrays, --beamspace: of the weights adapted */
    size_t groups;     /**< --subarrays */
    size_t elements;   /**< N */
    size_t *group;     /**< --subarrays: [N] */
    size_t beams;
    cph_adapted_beam *beam; /**< [beams] */
} cph_adapted;

void cph_adapted_free(cph_adapted *adapted);

/** As cph_steering_input, by the method of the command line: for each channel the covariance of
 *  the dump asked for, or of the capture's range, is averaged, widened, jammed and loaded as asked;
 *  trackers go through the capture's range. flag [channels][N] also receives what the data show
 *  (dead, hot, ...). *weights is to be freed with cph_weights_free on success, *nulls and *adapted
 *  (zero-initialised) always. */
cph_exit cph_adapt_input(const cph_input *input, const cph_selection *selection,
                         cph_weights *weights, cph_nulls *nulls, cph_adapted *adapted,
                         unsigned char *flag);

/** Adds "samples" and "loading", or what else the method of the command line has of all beams. */
void cph_adapted_json(const cph_method *method, const cph_adapted *adapted, json_t *object);
/** Adds what it has of beam b: "load", or "learning". */
void cph_adapted_json_beam(const cph_method *method, const cph_adapted *adapted, size_t b,
                           json_t *beam);
/** The same as lines of text. */
void cph_adapted_print(const cph_method *method, const cph_adapted *adapted);
void cph_adapted_print_beam(const cph_method *method, const cph_adapted *adapted, size_t b);

#endif
