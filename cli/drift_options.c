/* SPDX-License-Identifier: MIT */
#include "cli/drift_options.h"

#include "cli/calibrate_options.h"

enum { KEY_TEMPERATURE = CPH_KEY_VERB, KEY_AHEAD, KEY_INTERVAL };

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "With --method drift:", 5},
    {"temperatures", KEY_TEMPERATURE, "FILE", 0,
     "Also finds what temperature does to each element: lines of Unix seconds and temperature, "
     "over all times of the calibration",
     5},
    {"ahead", KEY_AHEAD, "TIME", 0,
     "Adds a solution this long after the last one: what it is predicted to be, as in 600s", 5},
    {"interval", KEY_INTERVAL, "TIME", 0,
     "Solutions are this far apart, where the calibration does not tell their times", 5},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_calibrate_options *o = state->input;
    cph_error error;
    cph_calibrate_note(o, options_list, key);
    switch (key) {
    case KEY_TEMPERATURE:
        o->drift.temperatures = arg;
        return 0;
    case KEY_AHEAD:
        return cph_parsed(state, cph_parse_quantity(CPH_SPAN, arg, &o->drift.ahead_s, &error),
                          &error);
    case KEY_INTERVAL:
        return cph_parsed(state, cph_parse_quantity(CPH_SPAN, arg, &o->drift.interval_s, &error),
                          &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_drift = {options_list, parse, NULL, NULL, NULL, NULL, NULL};
