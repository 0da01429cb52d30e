/* SPDX-License-Identifier: MIT */
/** @file states_options.h
 *  Options of weights that hardware takes, as argp children. Their input is a cph_states_options
 *  of its own, which the verb hands over after cph_cli_children. */
#ifndef CPH_CLI_STATES_OPTIONS_H
#define CPH_CLI_STATES_OPTIONS_H

#include "cli/options.h"
#include "cophase/states.h"

typedef struct cph_states_options {
    size_t phase_bits, amplitude_bits; /**< 0: not given */
    const char *table;                 /**< --states: a name or a file; or NULL */
    bool delay;                        /**< --state-sense delay */
    bool sidelobes;                    /**< --state-search sidelobes */
    bool has_sense, has_search;        /**< the options were given */
    double null_inr;                   /**< linear; 0: not given */
    const char *codes;                 /**< --codes FILE or NULL */
    const cph_exec *exec;              /**< threads over beams, of the verb; NULL: serial */
} cph_states_options;

extern const struct argp
    cph_argp_states_table;                /**< --bits --amplitude-bits --states --state-sense */
extern const struct argp cph_argp_states; /**< these, --state-search --null-inr --codes */

/** Whether weights are to become states. */
bool cph_states_asked(const cph_states_options *options);

/** The file among the inputs that --states names, or NULL. */
const char *cph_states_path(const cph_states_options *options);

/** "adar1000", the file's name, "6 bits", "6+3 bits" in text[64]. */
const char *cph_states_label(const cph_states_options *options, char text[64]);

/** Whether all amplitudes are within 1 dB: of phase shifters, which make no taper. */
bool cph_states_flat(const cph_states *states);

/** The states asked for; free with cph_states_free. */
cph_status cph_states_load(const cph_states_options *options, cph_states *states, cph_error *error);

#endif
