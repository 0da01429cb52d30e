/* SPDX-License-Identifier: MIT */
/** @file states_search.h
 *  What the parts of cph_states_choose share. Private to kernels/weights/states_*.c. */
#ifndef COPHASE_WEIGHTS_STATES_SEARCH_H
#define COPHASE_WEIGHTS_STATES_SEARCH_H

#include "cophase/states.h"
#include "kernels/core/c64.h"

/** N elements as in the config; those not driven have target 0 and state CPH_STATE_OFF. */
typedef struct cph_states_search {
    const cph_states_config *config;
    size_t driven;
    double scale;          /**< largest part of a weight: squares of the others cannot overflow */
    cph_c64 *wanted;       /**< [N] conj(weight) / scale */
    double least, largest; /**< amplitudes of the states */
    cph_c64 *aim;      /**< [N] wanted; with nulls that may use the amplitudes, moved for them */
    cph_c64 *base;     /**< [N] aim in the units of the states, clipped; with nulls by phase alone,
                            turned for them */
    cph_c64 *target;   /**< [N] base, turned by the trial's common phase */
    uint32_t *state;   /**< [N] of this trial */
    uint32_t *best;    /**< [N] of the best trial so far */
    cph_c64 *response; /**< [J] sum_n s_n v_jn */
    double *shift;     /**< [2 N] by how much nulls move the elements, round and outward */
    double *system;    /**< [2 J][2 J + 1] normal equations, right side last */
} cph_states_search;

static inline double cph_states_distance2(cph_c64 a, cph_c64 b)
{
    return cph_c64_power(cph_c64_sub(a, b));
}

/** Moves c [N], phases alone or amplitudes too, as little as it can so that its response to the
 * null vectors vanishes to first order, until it does or no longer falls. c is `aim` or `base`. */
void cph_states_null_targets(cph_states_search *search, cph_c64 *c, bool amplitudes);

/** Coordinate search from search->state toward search->target; returns the sweeps. */
size_t cph_states_descend(cph_states_search *search);

/** sum_n |s_n - target_n|^2 + sum_j inr_j |response_j|^2 of search->state. */
double cph_states_cost(cph_states_search *search);

/** The weights [N] that states are: w = conj(s), scaled so that sum conj(w_wanted) w =
 *  sum |w_wanted|^2. */
void cph_states_weights(const cph_states_search *search, const uint32_t *state, cph_c64 *w);

/** Fills loss and errors of search->best. */
void cph_states_measure(const cph_states_search *search, cph_states_result *result);

/** Whether search->best has anything in common with what was wanted: states that are all alike need
 *  not. */
bool cph_states_form_the_beam(const cph_states_search *search);

#endif
