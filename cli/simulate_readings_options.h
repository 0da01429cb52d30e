/* SPDX-License-Identifier: MIT */
/** @file simulate_readings_options.h
 *  Options of `cophase simulate --kind`, as an argp child whose input begins with a
 *  cph_simulate_options. */
#ifndef CPH_CLI_SIMULATE_READINGS_OPTIONS_H
#define CPH_CLI_SIMULATE_READINGS_OPTIONS_H

#include "cli/options.h"
#include "cli/states_options.h"

enum { CPH_SIMULATE_GIVEN = 64, CPH_STUCK_MOST = 64 };

/** A bit of an element's shifter that does not move. */
typedef struct cph_stuck_bit {
    size_t element;
    unsigned bit, value;
} cph_stuck_bit;

typedef struct cph_readings_choice {
    cph_kind kind;                       /**< CAPTURE, REV, CODED, NEAR_FIELD or COUPLING */
    cph_states_options states;           /**< of the shifters: table, phase_bits */
    bool unknown;                        /**< --states-unknown */
    size_t steps, group;                 /**< rev: 0: all states, one element a sweep */
    bool pairs, all_states;              /**< coded */
    size_t repeats;                      /**< coded; 1 unless given */
    double noise, leak;                  /**< powers, 0 unless given */
    double state_errors[2];              /**< coded: rms, dB and radians */
    cph_length height, spacing, margin;  /**< near-field; z of the plane,
                                              of samples, of the scan beyond the elements */
    double probe_cosine, element_cosine; /**< near-field; 0 unless given */
    double edge_errors[2];               /**< coupling: rms, dB and radians */
    size_t stuck_count;
    cph_stuck_bit stuck[CPH_STUCK_MOST];
    const char *csv;                       /**< or NULL */
    const char *given[CPH_SIMULATE_GIVEN]; /**< long names of the options given */
    size_t givens;
} cph_readings_choice;

extern const struct argp cph_argp_simulate_readings;

/** The defaults. */
cph_readings_choice cph_readings_choice_defaults(void);

/** Notes that the option with this key of a list was given. */
void cph_readings_note(cph_readings_choice *choice, const struct argp_option *list, int key);

/** At the end: whether all that was given goes with the kind; cph_usage. */
error_t cph_readings_check(const cph_readings_choice *choice, const struct argp_state *state);

#endif
