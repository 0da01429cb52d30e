/* SPDX-License-Identifier: MIT */
/** @file track.h
 *  Weights that follow a moving look: one path of an array (receive or transmit) at one frequency,
 *  calibrated, nulled toward jammers that stay, and as states that hardware can take. All that does
 *  not depend on the direction is worked out beforehand; an update allocates nothing.
 *
 *  Conventions as in adaptive.h: a wave s from direction u arrives as x = g a(u) s, the beam is
 *  y = w^H x, hardware multiplies by c = conj(w). Of a transmit path, sum_n c_n g_n a_n(u) is the
 *  field toward u. */
#ifndef COPHASE_TRACK_H
#define COPHASE_TRACK_H

#include <stdbool.h>

#include "cophase/states.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Most elements, and most nulls at a time. */
#define CPH_TRACK_ELEMENTS_MAX (1 << 20)
#define CPH_TRACK_NULLS_MAX    256

typedef struct cph_track_config {
    size_t elements;           /**< N */
    const double *position;    /**< [N][3] metres */
    double freq_hz;            /**< above 0 */
    const cph_c64 *gain;       /**< [N] observed = gain * true; NULL for 1 */
    const unsigned char *flag; /**< [N] non-zero = left out whatever its gain; NULL for none */
    const double *taper;       /**< [N] not negative; NULL for uniform */
    const cph_states *states;  /**< what an element can be set to; NULL: any weight */
    size_t nulls_max;          /**< how many nulls there may be at a time, at most
                                    CPH_TRACK_NULLS_MAX; 0: none ever */
} cph_track_config;

/** Copies of all that the configuration has, and what follows from them. */
typedef struct cph_track_plan cph_track_plan;

typedef struct cph_track_result {
    double gain_db; /**< signal to noise ratio toward the look (of a transmit path: of the field's
                         power, at equal sum |c|^2) against the weights of
                         cph_weights_conventional: what nulls and states cost, 0 without either */
    double jamming; /**< sum_j inr_j |w^H v_j|^2 / sum |w|^2: what jammers leave, over the noise.
                         10 log10(1 + jamming) is their price in dB */
    double left;    /**< share of the look's power outside the span of the nulls, 1 without; below
                         1/2 there is a jammer in the beam */
    size_t moves;   /**< states that were changed for the nulls */
    bool dim;       /**< nulls took more than half of the look's power after all, beside what
                         rounding to states costs by itself: states too coarse, or elements too few,
                         for them */
} cph_track_result;

/** Reads the configuration. Time O(N + S^1.5) for S states that do not crowd in one place. Free
 *  with cph_track_destroy (NULL is fine). Errors: ARGUMENT; NOT_FINITE (of an unflagged element:
 *  position, gain or taper, or its gain is 0; a state); TOO_FEW (all flagged, or tapers 0);
 *  OVERFLOW; MEMORY. `error` may be NULL. */
CPH_MUST_CHECK CPH_API cph_status cph_track_create(const cph_track_config *config,
                                                   cph_track_plan **plan, cph_error *error);
CPH_API void cph_track_destroy(cph_track_plan *plan);

/** v [N] = g a(u): the effective vector of a wave from the unit vector `direction`, 0 where
 *  flagged. In double, by cph_steer_c64. Errors: ARGUMENT, NOT_FINITE (the direction). */
CPH_MUST_CHECK CPH_API cph_status cph_track_vector(const cph_track_plan *plan,
                                                   const double direction[3], cph_c64 *v);

/** Replaces the nulls by `nulls` (J; 0: none) effective vectors v_j, vector [J][N], entries of
 *  flagged elements not read, from directions (cph_track_vector) or learned (jammer.h). inr [J],
 *  linear and above 0: power of each jammer in an element of unit gain over its noise, what its
 *  null is worth against the loss toward the look; NULL: 1e4 each. No update may be running.
 *  Allocates nothing. Time O(J^2 N). Errors, with the plan as it was: ARGUMENT (J above nulls_max,
 *  a null pointer, an inr); NOT_FINITE; TOO_FEW (more nulls than half the driven elements);
 *  SINGULAR (a vector is 0 or next to a sum of the others). */
CPH_MUST_CHECK CPH_API cph_status cph_track_set_nulls(cph_track_plan *plan, size_t nulls,
                                                      const cph_c64 *vector, const double *inr,
                                                      cph_error *error);

/** J, as last set. */
CPH_API size_t cph_track_nulls(const cph_track_plan *plan);

/** Bytes of a workspace (aligned to 64) that serves one update at a time; for any number of nulls
 *  up to nulls_max. */
CPH_API size_t cph_track_workspace_size(const cph_track_plan *plan);

/** Weights toward the unit vector `direction`, so scaled that the response toward it is 1. Any of
 *  these may be NULL: weights [N], 0 where an element is not driven; state [N], indices of the
 *  states or CPH_STATE_OFF (always that without states); null_db [J] |w^H v_j|^2, so relative to
 *  the look; result. No two outputs may overlap. Re-entrant, with a workspace each.
 *
 *  Without states: the conventional weights, then h = conj(g) w less its part in the span of the
 *  v_j / g (what cph_weights_null does for infinite depth), within rounding of floats: |w^H v_j|
 *  below 4e-6 sum |w_n v_jn|.
 *
 *  With states: c = conj(w), all scaled alike to where the states match it best, without nulls the
 *  nearest state for each element. With nulls: where states' amplitudes lie within a factor of two
 *  the phases move as little as they can to null the beam (Steyskal, IEEE Trans. AP-31 p. 163,
 *  1983), else c moves; then elements change to neighbouring states, the best change of each block
 *  in turn, then pairs of changes, while that lowers
 *      sum_n |s_n - c_n|^2 + sum_j inr_j |sum_n s_n v_jn|^2,
 *  in a fixed order and at most CPH_STATES_SWEEPS times through the array. Where no single change
 *  helps any longer, |sum_n s_n v_jn| is about half a step of an element. Coarse states of few
 *  elements may cost the look itself: of up to 256 elements, and of more where what is found is not
 *  far better than no nulls, the states have at least the signal over noise and jammers of the
 *  nearest ones to the c that was nulled and to the plain beam's c.
 *
 *  Errors: ARGUMENT; NOT_FINITE (the direction); SINGULAR (the nulls leave less than half of the
 *  look's power: a jammer is in the beam). Outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_track_update(const cph_track_plan *plan, void *workspace,
                                                   const double direction[3], cph_c32 *weights,
                                                   uint32_t *state, double *null_db,
                                                   cph_track_result *result);

CPH_END_DECLS

#endif
