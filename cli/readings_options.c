/* SPDX-License-Identifier: MIT */
#include "cli/readings_options.h"

#include "cli/calibrate_options.h"
#include "cli/option_values.h"

enum { KEY_ROOTS = CPH_KEY_VERB, KEY_STATES, KEY_SENSE, KEY_ARRAY, KEY_FREQ };

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "With readings (--method rev, hadamard, states, coupling, near-field):", 6},
    {"roots", KEY_ROOTS, "RULE", 0,
     "What chooses between the two shares of an element that make the same sweep: closed (default; "
     "the elements turned are all that radiates: shares add up to 1), weak (all are below one "
     "half) or open (only amplitudes that change with the state)",
     6},
    {"states", KEY_STATES, "TABLE", 0,
     "What the shifters really do, in place of the file's states and codes: adar1000, "
     "adar1000:vectors, or a text file of code,phase_deg,gain_db",
     6},
    {"state-sense", KEY_SENSE, "SENSE", 0,
     "Whether a phase of the table is an advance (default) or a delay", 6},
    {"array", KEY_ARRAY, "ARRAY", 0, "Where the elements stand, which tables do not say", 6},
    {"freq", KEY_FREQ, "FREQ", 0, "Frequency, which tables do not say", 6},
    {0}};

static const char *const rules[] = {
    [CPH_REV_CLOSED] = "closed", [CPH_REV_WEAK] = "weak", [CPH_REV_OPEN] = "open"};
enum { RULES = sizeof rules / sizeof rules[0] };

const char *cph_roots_name(cph_rev_rule roots)
{
    return rules[roots];
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const senses[] = {"advance", "delay"};
    cph_calibrate_options *const all = state->input;
    cph_readings_options *const o = &all->readings;
    cph_error error;
    error_t code;
    size_t index = 0;
    cph_calibrate_note(all, options_list, key);
    switch (key) {
    case KEY_ROOTS:
        code = cph_chosen(state, arg, rules, RULES, &index);
        o->roots = (cph_rev_rule)index;
        return code;
    case KEY_STATES:
        o->states.table = arg;
        return 0;
    case KEY_SENSE:
        o->has_sense = true;
        return cph_chosen_second(state, arg, senses, &o->states.delay);
    case ARGP_KEY_END:
        return o->has_sense && o->states.table == NULL
                   ? cph_usage(state, "--state-sense goes with --states")
                   : 0;
    case KEY_ARRAY:
        return cph_parsed(state, cph_parse_array(arg, &o->array, &error), &error);
    case KEY_FREQ:
        return cph_parsed(state, cph_parse_quantity(CPH_FREQUENCY, arg, &o->freq_hz, &error),
                          &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_readings = {options_list, parse, NULL, NULL, NULL, NULL, NULL};
