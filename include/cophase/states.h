/* SPDX-License-Identifier: MIT */
/** @file states.h
 *  Weights as hardware can take them: the states of phase shifters, attenuators and vector
 *  modulators, the choice of one state an element, and nulls that hold on those states. */
#ifndef COPHASE_STATES_H
#define COPHASE_STATES_H

#include <stdbool.h>

#include "cophase/pattern.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** The state of an element that is not driven (weight 0). */
#define CPH_STATE_OFF UINT32_MAX
/** Largest number of states of a table, and of bits of an ideal one. */
#define CPH_STATES_MAX      65536
#define CPH_STATES_BITS_MAX 16

/** What a chip can do to the signal of an element: multiply it by value[i], the hardware
 *  coefficient c = conj(w). Owns its arrays; free with cph_states_free. */
typedef struct cph_states {
    size_t count;   /**< at most CPH_STATES_MAX */
    cph_c64 *value; /**< [count] in any unit of amplitude */
    uint32_t *code; /**< [count] what the chip is told */
} cph_states;

/** Zeroed states. Errors: ARGUMENT (count 0 or above CPH_STATES_MAX), MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_states_create(size_t count, cph_states *states);
CPH_API void cph_states_free(cph_states *states);

/** An ideal shifter of 2^phase_bits equal steps, with an attenuator of 2^amplitude_bits equal steps
 *  of amplitude, 1 the largest (0 bits: phase only). Code (m << phase_bits) + k has the
 *  coefficient (m + 1) / 2^amplitude_bits exp(+j 2 pi k / 2^phase_bits): a step up advances.
 *  Errors: ARGUMENT (no phase bit, or more than CPH_STATES_BITS_MAX bits in all), MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_states_ideal(unsigned phase_bits, unsigned amplitude_bits,
                                                   cph_states *states);

typedef enum cph_adar1000 {
    CPH_ADAR1000_PHASES, /**< the 128 phase settings of its data sheet */
    CPH_ADAR1000_VECTORS /**< every setting of the vector modulator, 63 x 63: gain and phase jointly
                          */
} cph_adar1000;

/** The ADAR1000's vector modulator, taken as linear: (I + j Q) / 31, I and Q in [-31, 31]. Code =
 *  (I register << 8) + Q register, each a polarity bit (0x20: positive) above five of magnitude.
 *  PHASES (Analog Devices ADAR1000 data sheet, phase settings): state k is meant to be
 *  2.8125 k degrees; it is 1.3 degrees rms off that, with 0.8 dB of ripple. Errors: ARGUMENT,
 *  MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_states_adar1000(cph_adar1000 which, cph_states *states);

/** The ADAR3000 to ADAR3003: 64 phases of 5.625 degrees, a step up advances, times 64 attenuations
 *  of 0.5 dB, 4096 states. Code = phase + 64 attenuation. Errors: ARGUMENT, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_states_adar300x(cph_states *states);

/** An arc of phases whose nearest state is the same. */
typedef struct cph_states_arc {
    double end;     /**< turns: it reaches from the arc before, of the first one 0, to here */
    uint32_t state; /**< index */
} cph_states_arc;

/** Cuts the turn into arcs by which state is nearest to amplitude exp(j phase): arc [room], rising,
 *  the last one ends at 1. *count is how many there are. Time O(arcs states). Errors: ARGUMENT (a
 *  null pointer, amplitude not above 0), NOT_FINITE, MEMORY (more than `room`: what `arc` holds is
 * for nobody). */
CPH_MUST_CHECK CPH_API cph_status cph_states_arcs(const cph_states *states, double amplitude,
                                                  size_t room, cph_states_arc *arc, size_t *count);

/** For a chip whose steps up delay: conjugates all values. */
CPH_API void cph_states_reverse(cph_states *states);

typedef struct cph_states_config {
    const cph_states *states;
    size_t elements;
    const cph_c64 *weights; /**< [N] w wanted (not conjugated); 0, or below 1e-150 of the largest:
                               not driven */

    size_t nulls;               /**< J, may be 0; at most half the driven elements */
    const cph_c64 *null_vector; /**< [J][N] effective steering vectors g a, as far as g is known */
    const double *inr;          /**< [J] power of each jammer in an element of unit gain over the
                                     noise, linear, above 0: how much a null is worth */

    size_t trials; /**< of the phase that all elements share; 0 is 1, the phase as it is */
    bool feedback; /**< try error feedback too in each trial: the error of an element, no larger
                        than rounding alone makes it, is added to the next one in the order of
                        the elements, so that errors cancel around the look direction */
    const cph_pattern_input *pattern; /**< NULL: the trial with the least error (and least jamming)
                                           is taken; else the one with the lowest peak sidelobe,
                                           and this says where the elements are, their gain and
                                           look (its weights are not used) */
} cph_states_config;

/** What became of the weights, all computed from the states chosen. */
typedef struct cph_states_result {
    double loss_db;       /**< of the signal to noise ratio against the weights wanted, at least 0:
                               -10 log10(|sum s conj(c)|^2 / (sum |s|^2 sum |c|^2)), c = conj(w) */
    double phase_rms_rad; /**< of the states against the weights wanted, common phase fitted */
    double amplitude_rms; /**< the same, relative, at equal rms amplitude */
    double psll_db;       /**< with `pattern`: peak sidelobe; else NaN */
    bool feedback;        /**< the trial taken used it */
    size_t sweeps;        /**< of the coordinate search in the trial taken */
} cph_states_result;

/** Chooses a state for each driven element: state [N] (CPH_STATE_OFF where the weight is 0) and the
 *  weights that they are, w = scale conj(value[state]), [N], so scaled that the response in common
 *  with the wanted weights is theirs: sum conj(w_wanted) w = sum |w_wanted|^2. `quantised` may be
 *  config->weights, `result` NULL.
 *
 *  All weights are scaled alike, the largest to between half the largest state and all of it, where
 *  the states match them best (a vector modulator has its largest amplitude at some phases only);
 *  amplitudes that no state has are clipped to the range of the states. Without nulls an element
 *  takes the state nearest in the complex plane, so jointly in phase and amplitude. With nulls the
 *  phases first move as little as they can (least sum |c|^2 delta^2) to null the beam there, by
 *  least squares on the linearised response, repeated (Steyskal, IEEE Trans. AP-31 p. 163, 1983);
 *  where amplitudes of the states span more than a factor of two, phases and amplitudes do (least
 *  sum |delta c|^2), which costs half as much;
 *  after rounding, a coordinate search over the states of one element after the other lowers
 *      sum_n |s_n - c_n|^2 + sum_j inr_j |sum_n s_n v_jn|^2
 *  until no single change does (at most CPH_STATES_SWEEPS sweeps). How deep a null becomes is
 *  for the caller to evaluate; with gains unknown by sigma it is cph_states_floor_db on average.
 *
 *  Time: O(trials N (states + sweeps states J)) and a pattern analysis a trial. Serial.
 *  Errors: ARGUMENT (null pointers, no element, all states 0, inr not above 0), OVERFLOW, MEMORY,
 *  NOT_FINITE (a weight, state or null vector), TOO_FEW (no driven element, or too few for the
 *  nulls), SINGULAR (a null within the half-power beam of the weights: the look would go with it;
 * or states that have nothing in common with the weights), and those of cph_pattern_analyse. */
CPH_MUST_CHECK CPH_API cph_status cph_states_choose(const cph_states_config *config,
                                                    uint32_t *state, cph_c64 *quantised,
                                                    cph_states_result *result);

#define CPH_STATES_SWEEPS 64

/** Whether weights [N] are states already but for one factor, as those of cph_states_choose are,
 *  within 1e-6 of the largest state (weights in single precision are): state [N], CPH_STATE_OFF
 *  where a weight is 0, is then such that w = factor conj(value[state]), of several the one that
 *  turns least; else untouched. Also false for null pointers and where all weights are 0. Time: at
 *  most O(N states^2), O(states^2) for weights that are not. */
CPH_MUST_CHECK CPH_API bool cph_states_recognise(const cph_states *states, size_t elements,
                                                 const cph_c64 *weights, uint32_t *state);

/** Mean power, relative to the look direction, that random errors of N equal elements radiate in
 *  any one direction away from it, and so the mean depth of a null: 10 log10((phase^2 +
 *  amplitude^2) / N), phase in rad rms and amplitude relative rms, both small (Mailloux, Phased
 *  Array Antenna Handbook, 2nd edition 2005, section 7.2). NaN without elements. */
CPH_API double cph_states_floor_db(size_t elements, double phase_rms_rad, double amplitude_rms);

CPH_END_DECLS

#endif
