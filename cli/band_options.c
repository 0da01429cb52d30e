/* SPDX-License-Identifier: MIT */
#include "cli/band_options.h"

#include "cli/calibrate_options.h"

enum { KEY_MAX_DELAY = CPH_KEY_VERB, KEY_POLARITY };

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "With --method delay and bandpass:", 4},
    {"max-delay", KEY_MAX_DELAY, "TIME", 0,
     "Search delays up to this, either way (default: half of what a step between channels tells)",
     4},
    {"polarity", KEY_POLARITY, NULL, 0,
     "The phase at 0 Hz is 0 or half a turn, no oscillator being between: say which", 4},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_calibrate_options *o = state->input;
    cph_error error;
    cph_calibrate_note(o, options_list, key);
    switch (key) {
    case KEY_MAX_DELAY:
        return cph_parsed(state, cph_parse_quantity(CPH_SPAN, arg, &o->band.max_delay_s, &error),
                          &error);
    case KEY_POLARITY:
        o->band.polarity = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_band = {options_list, parse, NULL, NULL, NULL, NULL, NULL};
