/* SPDX-License-Identifier: MIT */
#include "cli/pattern_options.h"

#include "cli/options.h"
#include "cli/plot/plot.h"
#include "cophase/states.h"

enum {
    KEY_NULL = CPH_KEY_VERB + 0x80, /* beside those of the verb */
    KEY_BITS,
    KEY_ERRORS,
    KEY_IGNORE_LISTED,
    KEY_PLOT_AZEL,
    KEY_PLOT_MONOPULSE
};

/* PHASE,AMPLITUDE, or the other way around where the units say so. */
static error_t parse_errors(const char *arg, cph_pattern_options *o, const struct argp_state *state)
{
    double value[2] = {0.0, 0.0}, turned[2] = {0.0, 0.0};
    cph_error error, second;
    cph_status status = cph_parse_pair(CPH_ANGLE, CPH_DECIBEL, arg, value, &error);
    if (status != CPH_OK &&
        cph_parse_pair(CPH_DECIBEL, CPH_ANGLE, arg, turned, &second) == CPH_OK) {
        value[0] = turned[1];
        value[1] = turned[0];
        status = CPH_OK;
    }
    if (status != CPH_OK)
        return cph_usage(state,
                         "--errors '%s': expected rms errors of phase and amplitude, as in "
                         "5deg,0.5dB",
                         arg);
    if (value[0] < 0.0 || value[1] < 0.0)
        return cph_usage(state, "--errors '%s': rms errors are not negative", arg);
    o->has_errors = true;
    o->error_phase = value[0];
    o->error_db = value[1];
    return 0;
}

static error_t parse_path(const char *arg, const char **path, const struct argp_state *state)
{
    cph_error error;
    *path = arg;
    return cph_parsed(state, cph_plot_check_path(arg, &error), &error);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_pattern_options *o = state->input;
    cph_error error;
    switch (key) {
    case KEY_NULL:
        return cph_parsed(state, cph_directions_add(&o->nulls, arg, NULL, &error), &error);
    case KEY_BITS:
        return cph_parsed(state, cph_parse_count(arg, 1, CPH_STATES_BITS_MAX, &o->bits, &error),
                          &error);
    case KEY_ERRORS:
        return parse_errors(arg, o, state);
    case KEY_IGNORE_LISTED:
        o->ignore_listed = true;
        return 0;
    case KEY_PLOT_AZEL:
        return parse_path(arg, &o->plot_azel, state);
    case KEY_PLOT_MONOPULSE:
        return parse_path(arg, &o->plot_monopulse, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "What else to tell of the beam:", 1},
    {"null", KEY_NULL, "DIRECTION", 0, "The level toward DIRECTION", 1},
    {"bits", KEY_BITS, "B", 0, "Predict what phase shifters of B bits cost", 1},
    {"errors", KEY_ERRORS, "PHASE,AMPLITUDE", 0,
     "Predict what random errors of the elements cost, rms, as in 5deg,0.5dB", 1},
    {"ignore-listed", KEY_IGNORE_LISTED, NULL, 0,
     "Use elements that the file of --array lists as bad", 1},
    {"plot-azel", KEY_PLOT_AZEL, "FILE", 0,
     "Draw the pattern over azimuth and elevation, FILE.svg or FILE.png", 1},
    {"plot-monopulse", KEY_PLOT_MONOPULSE, "FILE", 0,
     "Draw the beam beside the difference of its halves, and their ratio", 1},
    {0}};
const struct argp cph_argp_pattern = {options, parse, NULL, NULL, NULL, NULL, NULL};
