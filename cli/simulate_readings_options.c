/* SPDX-License-Identifier: MIT */
#include "cli/simulate_readings_options.h"

#include <stdio.h>
#include <string.h>

#include "cli/simulate_options.h"

enum {
    KEY_KIND = CPH_KEY_VERB + 0x80, /* beside those of the verb */
    KEY_STEPS,
    KEY_GROUP,
    KEY_BITS,
    KEY_STATES,
    KEY_UNKNOWN,
    KEY_PAIRS,
    KEY_LEAK,
    KEY_REPEATS,
    KEY_NOISE,
    KEY_ALL,
    KEY_ERRORS,
    KEY_STUCK,
    KEY_HEIGHT,
    KEY_SPACING,
    KEY_MARGIN,
    KEY_PROBE,
    KEY_ELEMENT,
    KEY_EDGES,
    KEY_CSV
};

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "Readings of calibrations instead of a capture:", 1},
    {"kind", KEY_KIND, "KIND", 0,
     "capture (default), rev (power while elements are turned), coded (sums under Hadamard codes)"
     ", near-field (what a probe finds on a plane in front of the array) or coupling (what "
     "elements "
     "hear of each other)",
     1},
    {"bits", KEY_BITS, "B", 0, "Phase shifters of B bits (default: 4)", 1},
    {"states", KEY_STATES, "TABLE", 0,
     "Real ones: adar1000, adar1000:vectors, or a text file of code,phase_deg,gain_db", 1},
    {"states-unknown", KEY_UNKNOWN, NULL, 0,
     "The file tells what states are meant to be, not what they are", 1},
    {"noise", KEY_NOISE, "P", 0,
     "Of a reading: rev, rms over the power of all at rest; coded, power over that of an element; "
     "near-field, power over the mean of all samples; "
     "coupling, likewise of all couplings (default: none)",
     1},
    {"steps", KEY_STEPS, "M", 0, "rev: states a sweep, in even steps (default: all)", 1},
    {"group-size", KEY_GROUP, "G", 0,
     "rev: turn Hadamard groups of every G elements (default: one by one)", 1},
    {"pairs", KEY_PAIRS, NULL, 0, "coded: each code and its opposite", 1},
    {"leak", KEY_LEAK, "P", 0, "coded: power that gets past the switches, over an element's", 1},
    {"repeats", KEY_REPEATS, "R", 0, "coded: each reading so often (default: 1)", 1},
    {"all-states", KEY_ALL, NULL, 0, "coded: all of it in every state of the shifters", 1},
    {"state-errors", KEY_ERRORS, "dB,DEG", 0,
     "with --all-states: how shifters differ, rms of each state", 1},
    {"stuck-bit", KEY_STUCK, "N:BIT=V", 0,
     "with --all-states: a bit of element N's shifter that is always V", 1},
    {"height", KEY_HEIGHT, "LENGTH", 0, "near-field: z of the plane (default: 3wl)", 1},
    {"spacing", KEY_SPACING, "LENGTH", 0, "near-field: from sample to sample (default: 0.4wl)", 1},
    {"margin", KEY_MARGIN, "LENGTH", 0,
     "near-field: by how much the plane reaches beyond the elements (default: 6wl)", 1},
    {"probe-cosine", KEY_PROBE, "Q", 0,
     "near-field: amplitude of the probe, cos(angle from z)^Q (default: 0, the same all over)", 1},
    {"element-cosine", KEY_ELEMENT, "Q", 0, "near-field: likewise of the elements", 1},
    {"edge-errors", KEY_EDGES, "dB,DEG", 0,
     "coupling: rms by which couplings of elements at the edge differ (default: none)", 1},
    {"csv", KEY_CSV, "FILE", 0, "Also write the readings as a text table", 1},
    {0}};

/* Options that not all kinds take; all kinds take the others. */
static const char *const takes[CPH_KIND_COUNT] = {
    [CPH_KIND_CAPTURE] = (" source jammer in-turn coupling samples sample-rate channel-count "
                          "delay-errors time-start type dead-mode moving attitude bursts "),
    [CPH_KIND_REV] = " source bits states states-unknown noise steps group-size csv ",
    [CPH_KIND_CODED] =
        (" source bits states states-unknown noise pairs leak repeats all-states state-errors "
         "stuck-bit csv "),
    [CPH_KIND_NEAR_FIELD] = " noise height spacing margin probe-cosine element-cosine csv ",
    [CPH_KIND_COUPLING] = " noise edge-errors csv "};
static const cph_kind kinds[] = {CPH_KIND_CAPTURE, CPH_KIND_REV, CPH_KIND_CODED,
                                 CPH_KIND_NEAR_FIELD, CPH_KIND_COUPLING};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

cph_readings_choice cph_readings_choice_defaults(void)
{
    return (cph_readings_choice){.kind = CPH_KIND_CAPTURE,
                                 .repeats = 1,
                                 .height = {3.0, true},
                                 .spacing = {0.4, true},
                                 .margin = {6.0, true}};
}

void cph_readings_note(cph_readings_choice *choice, const struct argp_option *list, int key)
{
    for (; list->name != NULL || list->doc != NULL; list++)
        if (list->name != NULL && list->key == key && choice->givens < CPH_SIMULATE_GIVEN)
            choice->given[choice->givens++] = list->name;
}

static bool listed(cph_kind kind, const char *name)
{
    char word[40];
    snprintf(word, sizeof word, " %s ", name);
    return strstr(takes[kind], word) != NULL;
}

static error_t check_given(const cph_readings_choice *o, const char *name,
                           const struct argp_state *state)
{
    char takers[60] = "";
    for (size_t k = 0; k < KINDS; k++) {
        const size_t used = strlen(takers);
        if (!listed(kinds[k], name))
            continue;
        if (kinds[k] == o->kind)
            return 0;
        snprintf(takers + used, sizeof takers - used, "%s%s", used > 0 ? " or " : "",
                 cph_kind_name(kinds[k]));
    }
    return takers[0] == '\0' ? 0
                             : cph_usage(state, "--%s: is not for --kind %s, but for %s", name,
                                         cph_kind_name(o->kind), takers);
}

error_t cph_readings_check(const cph_readings_choice *choice, const struct argp_state *state)
{
    const cph_readings_choice *const o = choice;
    error_t code = 0;
    for (size_t i = 0; i < o->givens && code == 0; i++)
        code = check_given(o, o->given[i], state);
    if (code != 0)
        return code;
    if (o->states.table != NULL && o->states.phase_bits > 0)
        return cph_usage(state, "expected either --bits or --states");
    if (!o->all_states &&
        (o->stuck_count > 0 || o->state_errors[0] > 0.0 || o->state_errors[1] > 0.0))
        return cph_usage(state, "--state-errors and --stuck-bit go with --all-states");
    return 0;
}

static cph_status parse_kind(const char *arg, cph_kind *kind, cph_error *error)
{
    const char *names[KINDS];
    size_t index = 0;
    for (size_t k = 0; k < KINDS; k++)
        names[k] = cph_kind_name(kinds[k]);
    const cph_status status = cph_parse_choice(arg, names, KINDS, &index, error);
    if (status == CPH_OK)
        *kind = kinds[index];
    return status;
}

/* "12:5=1" */
static cph_status parse_stuck(const char *arg, cph_readings_choice *o, cph_error *error)
{
    size_t part[3];
    static const size_t most[3] = {CPH_ELEMENTS_MAX, CPH_STATES_BITS_MAX - 1, 1};
    static const char ends[] = ":=";
    const char *from = arg;
    for (size_t i = 0; i < 3; i++) {
        char word[24];
        const size_t length = i < 2 ? strcspn(from, (const char[]){ends[i], '\0'}) : strlen(from);
        cph_error why;
        if (length >= sizeof word || (i < 2 && from[length] == '\0') ||
            o->stuck_count == CPH_STUCK_MOST)
            return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected ELEMENT:BIT=VALUE, as 12:5=1",
                            arg);
        memcpy(word, from, length);
        word[length] = '\0';
        if (cph_parse_count(word, 0, most[i], &part[i], &why) != CPH_OK)
            return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': %s", arg, why.message);
        from += length + 1;
    }
    o->stuck[o->stuck_count++] = (cph_stuck_bit){part[0], (unsigned)part[1], (unsigned)part[2]};
    return CPH_OK;
}

static cph_status parse_cosine(const char *arg, double *value, cph_error *error)
{
    double q = 0.0;
    const cph_status status = cph_parse_quantity(CPH_NUMBER, arg, &q, error);
    if (status == CPH_OK && q < 0.0)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected an exponent, 0 or more", arg);
    if (status == CPH_OK)
        *value = q;
    return status;
}

static cph_status parse_value(int key, char *arg, cph_readings_choice *o, cph_error *error)
{
    switch (key) {
    case KEY_KIND:
        return parse_kind(arg, &o->kind, error);
    case KEY_BITS:
        return cph_parse_count(arg, 2, CPH_STATES_BITS_MAX, &o->states.phase_bits, error);
    case KEY_NOISE:
        return cph_parse_quantity(CPH_POWER, arg, &o->noise, error);
    case KEY_STEPS:
        return cph_parse_count(arg, 3, CPH_STATES_MAX, &o->steps, error);
    case KEY_GROUP:
        return cph_parse_count(arg, 2, CPH_ELEMENTS_MAX, &o->group, error);
    case KEY_LEAK:
        return cph_parse_quantity(CPH_POWER, arg, &o->leak, error);
    case KEY_REPEATS:
        return cph_parse_count(arg, 1, CPH_ELEMENTS_MAX, &o->repeats, error);
    case KEY_HEIGHT:
        return cph_parse_length(arg, &o->height, error);
    case KEY_SPACING:
        return cph_parse_length(arg, &o->spacing, error);
    case KEY_MARGIN:
        return cph_parse_length(arg, &o->margin, error);
    case KEY_PROBE:
        return parse_cosine(arg, &o->probe_cosine, error);
    case KEY_ELEMENT:
        return parse_cosine(arg, &o->element_cosine, error);
    case KEY_EDGES:
        return cph_parse_gain_errors(arg, o->edge_errors, error);
    case KEY_ERRORS:
        return cph_parse_gain_errors(arg, o->state_errors, error);
    default:
        return parse_stuck(arg, o, error);
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_readings_choice *const o = &((cph_simulate_options *)state->input)->readings;
    cph_error error;
    if (key < KEY_KIND || key > KEY_CSV)
        return ARGP_ERR_UNKNOWN;
    cph_readings_note(o, options_list, key);
    switch (key) {
    case KEY_STATES:
        o->states.table = arg;
        return 0;
    case KEY_UNKNOWN:
        o->unknown = true;
        return 0;
    case KEY_PAIRS:
        o->pairs = true;
        return 0;
    case KEY_ALL:
        o->all_states = true;
        return 0;
    case KEY_CSV:
        o->csv = arg;
        return 0;
    default:
        return cph_parsed(state, parse_value(key, arg, o, &error), &error);
    }
}

const struct argp cph_argp_simulate_readings = {options_list, parse, NULL, NULL, NULL, NULL, NULL};
