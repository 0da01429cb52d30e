/* SPDX-License-Identifier: MIT */
#include "cli/reciprocity_options.h"

#include "cli/calibrate_options.h"

enum { KEY_BACKWARD = CPH_KEY_VERB };

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "With --method reciprocity:", 8},
    {"backward", KEY_BACKWARD, "FILE", 0,
     "Calibration of the way back, from the far end to the elements, at the same times", 8},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_calibrate_options *o = state->input;
    cph_calibrate_note(o, options_list, key);
    if (key != KEY_BACKWARD)
        return ARGP_ERR_UNKNOWN;
    o->backward = arg;
    return 0;
}

const struct argp cph_argp_reciprocity = {options_list, parse, NULL, NULL, NULL, NULL, NULL};
