/* SPDX-License-Identifier: MIT */
/** @file quantise.h
 *  Weights in memory become states of hardware, and what that did to them. */
#ifndef CPH_CLI_QUANTISE_H
#define CPH_CLI_QUANTISE_H

#include "cli/input.h"
#include "cli/json.h"
#include "cli/nulls.h"
#include "cli/states_options.h"
#include "cophase/solutions.h"

/** One beam at one channel. Depths are relative to the look direction, through the gains. */
typedef struct cph_quantised_beam {
    cph_states_result result;
    double look_loss_db; /**< of the response at equal total power of the weights */
    double *before_db;   /**< [nulls] of the weights wanted */
    double *after_db;    /**< [nulls] of the states */
} cph_quantised_beam;

/** Zero-initialise; free with cph_quantised_free. */
typedef struct cph_quantised {
    cph_states states;
    size_t beams, channels, elements, nulls;
    cph_quantised_beam *beam; /**< [beam][channel] */
    double *depth;            /**< what before_db and after_db point into */
    double *null_direction;   /**< [nulls][3] unit vectors, array frame */
    uint32_t *state;          /**< [beam][channel][element] */
} cph_quantised;

/** Replaces weights->weights by those of the states, with nulls where `nulls` says; *depths, of the
 *  weights before, is measured again. gain
 * [channels][N] observed = gain * true, not used where a weight is 0; position [N][3]. */
cph_status cph_quantise(const cph_states_options *options, const uint32_t *chosen,
                        const cph_directions *nulls, const double *position, const cph_c64 *gain,
                        cph_weights *weights, cph_nulls *depths, cph_quantised *quantised,
                        cph_error *error);

/** The same with --null (`chosen`: NULL, or the states that the weights are, [beam][channel][N]),
 * the positions and the gains of an input's selection, as cph_steering_input has them.
 */
cph_exit cph_quantise_input(const cph_states_options *options, const uint32_t *chosen,
                            const cph_input *input, const cph_selection *selection,
                            cph_weights *weights, cph_nulls *depths, cph_quantised *quantised);

/** Sets "states" (table, count, search) and "quantised", a list over beams and channels. */
void cph_quantised_json(const cph_states_options *options, const cph_quantised *quantised,
                        const cph_array *array, json_t *object);

/** Lines for a person. */
void cph_quantised_print(const cph_states_options *options, const cph_directions *nulls,
                         const cph_quantised *quantised);

/** Writes --codes; elements that are not driven have no line. */
cph_status cph_quantised_codes(const char *path, const char *const *inputs,
                               const cph_quantised *quantised, const cph_array *array,
                               cph_error *error);

void cph_quantised_free(cph_quantised *quantised);

#endif
