/* SPDX-License-Identifier: MIT */
#include "cli/states_options.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/option_values.h"
#include "cophase/data.h"
#include "cophase/data_text.h"

enum {
    KEY_BITS = CPH_KEY_VERB + 0x80, /* beside those of a verb */
    KEY_AMPLITUDE_BITS,
    KEY_STATES,
    KEY_SENSE,
    KEY_SEARCH,
    KEY_NULL_INR,
    KEY_CODES
};

static const struct argp_option table_options[] = {
    {NULL, 0, NULL, 0, "Weights that hardware takes, each a state of a chip:", 1},
    {"bits", KEY_BITS, "B", 0, "Phase shifters of B bits", 1},
    {"amplitude-bits", KEY_AMPLITUDE_BITS, "A", 0,
     "with attenuators of A bits, equal steps of amplitude (default: phase only)", 1},
    {"states", KEY_STATES, "TABLE", 0,
     "The states of a chip: adar1000 (its 128 phase settings), adar1000:vectors (every setting of "
     "its vector modulator), adar300x (64 phases times 64 attenuations), or a text file of "
     "code,phase_deg,gain_db",
     1},
    {"state-sense", KEY_SENSE, "SENSE", 0,
     "Whether a phase of the table is an advance (default) or a delay", 1},
    {0}};

static const struct argp_option choice_options[] = {
    {"state-search", KEY_SEARCH, "AIM", 0,
     "What the phase common to all elements is chosen for: error (default; the best match) or "
     "sidelobes (the lowest peak sidelobe, with error feedback where that helps; slower)",
     1},
    {"null-inr", KEY_NULL_INR, "POWER", 0,
     "How much a --null is worth on the states: power of the jammer in an element over its noise "
     "(default: 50dB)",
     1},
    {"codes", KEY_CODES, "FILE", 0,
     "Also write the code of every element: beam,channel,element,code", 1},
    {0}};

static error_t parse_bits(const char *arg, size_t *bits, const struct argp_state *state)
{
    cph_error error;
    return cph_parsed(state, cph_parse_count(arg, 1, CPH_STATES_BITS_MAX, bits, &error), &error);
}

static error_t parse_inr(const char *arg, double *inr, const struct argp_state *state)
{
    cph_error error;
    const cph_status status = cph_parse_quantity(CPH_POWER, arg, inr, &error);
    if (status == CPH_OK && !(*inr > 0.0))
        return cph_usage(state, "--null-inr %s: a power above 0 was expected", arg);
    return cph_parsed(state, status, &error);
}

static error_t check_table(const cph_states_options *o, const struct argp_state *state)
{
    if (o->phase_bits > 0 && o->table != NULL)
        return cph_usage(state, "expected either --bits or --states");
    if (o->amplitude_bits > 0 && o->phase_bits == 0)
        return cph_usage(state, "--amplitude-bits goes with --bits");
    if (o->phase_bits + o->amplitude_bits > CPH_STATES_BITS_MAX)
        return cph_usage(state, "--bits and --amplitude-bits: at most %d together",
                         CPH_STATES_BITS_MAX);
    if (!cph_states_asked(o) && o->has_sense)
        return cph_usage(state, "--state-sense goes with --bits or --states");
    return 0;
}

static error_t parse_table(int key, char *arg, struct argp_state *state)
{
    static const char *const senses[] = {"advance", "delay"};
    cph_states_options *o = state->input;
    switch (key) {
    case KEY_BITS:
        return parse_bits(arg, &o->phase_bits, state);
    case KEY_AMPLITUDE_BITS:
        return parse_bits(arg, &o->amplitude_bits, state);
    case KEY_STATES:
        o->table = arg;
        return 0;
    case KEY_SENSE:
        o->has_sense = true;
        return cph_chosen_second(state, arg, senses, &o->delay);
    case ARGP_KEY_END:
        return check_table(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_states_table = {table_options, parse_table, NULL, NULL,
                                           NULL,          NULL,        NULL};

static error_t check(const cph_states_options *o, const struct argp_state *state)
{
    return !cph_states_asked(o) && (o->has_search || o->null_inr > 0.0 || o->codes != NULL)
               ? cph_usage(state,
                           "--state-search, --null-inr and --codes go with --bits or --states")
               : 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const aims[] = {"error", "sidelobes"};
    cph_states_options *o = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = o;
        return 0;
    case KEY_SEARCH:
        o->has_search = true;
        return cph_chosen_second(state, arg, aims, &o->sidelobes);
    case KEY_NULL_INR:
        return parse_inr(arg, &o->null_inr, state);
    case KEY_CODES:
        o->codes = arg;
        return 0;
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child choice_children[] = {{&cph_argp_states_table, 0, NULL, 0}, {0}};
const struct argp cph_argp_states = {choice_options,  parse, NULL, NULL,
                                     choice_children, NULL,  NULL};

/* ---- tables by name ---- */

static cph_status adar1000_phases(cph_states *states)
{
    return cph_states_adar1000(CPH_ADAR1000_PHASES, states);
}

static cph_status adar1000_vectors(cph_states *states)
{
    return cph_states_adar1000(CPH_ADAR1000_VECTORS, states);
}

static const struct {
    const char *name;
    cph_status (*make)(cph_states *states);
} chips[] = {{"adar1000", adar1000_phases},
             {"adar1000:vectors", adar1000_vectors},
             {"adar300x", cph_states_adar300x}};
enum { CHIPS = sizeof chips / sizeof chips[0] };

static size_t chip_of(const char *table)
{
    size_t i = 0;
    while (i < CHIPS && strcmp(table, chips[i].name) != 0)
        i++;
    return i;
}

bool cph_states_asked(const cph_states_options *options)
{
    return options->phase_bits > 0 || options->table != NULL;
}

const char *cph_states_path(const cph_states_options *options)
{
    return options->table != NULL && chip_of(options->table) == CHIPS ? options->table : NULL;
}

const char *cph_states_label(const cph_states_options *options, char text[64])
{
    if (options->table != NULL)
        return options->table;
    if (options->amplitude_bits > 0)
        snprintf(text, 64, "%zu+%zu bits", options->phase_bits, options->amplitude_bits);
    else
        snprintf(text, 64, "%zu bits", options->phase_bits);
    return text;
}

bool cph_states_flat(const cph_states *states)
{
    static const double most_ratio = 1.1220184543019633; /* 1 dB; of an ADAR1000's phases 0.78 dB */
    double least = INFINITY, most = 0.0;
    for (size_t i = 0; i < states->count; i++) {
        const double size = hypot(states->value[i].re, states->value[i].im);
        least = fmin(least, size);
        most = fmax(most, size);
    }
    return states->count > 0 && most <= most_ratio * least;
}

cph_status cph_states_load(const cph_states_options *options, cph_states *states, cph_error *error)
{
    cph_status status;
    if (cph_states_path(options) != NULL) {
        status = cph_states_read(options->table, states, error);
    } else {
        status = options->table != NULL
                     ? chips[chip_of(options->table)].make(states)
                     : cph_states_ideal((unsigned)options->phase_bits,
                                        (unsigned)options->amplitude_bits, states);
        if (status != CPH_OK)
            (void)cph_fail(error, status, "states: %s", cph_status_name(status));
    }
    if (status == CPH_OK && options->delay)
        cph_states_reverse(states);
    return status;
}
