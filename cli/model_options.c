/* SPDX-License-Identifier: MIT */
#include "cli/model_options.h"

#include "cli/calibrate_options.h"
#include "cli/option_values.h"

enum { KEY_ROBUST = CPH_KEY_VERB, KEY_FIT };

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "With --method model, and --robust with jones:", 1},
    {"robust", KEY_ROBUST, "RULE", 0,
     "What bounds the pull of baselines that the model does not describe: huber (default), student "
     "(Student's t, its degrees of freedom estimated) or none",
     1},
    {"fit", KEY_FIT, "WHAT", 0,
     "Say the noise powers of the elements (noise), or let sources but the first stand a little "
     "elsewhere (directions); repeat it for both",
     1},
    {0}};

static error_t choose_rule(cph_model_choice *o, const char *arg, const struct argp_state *state)
{
    static const char *const names[] = {"huber", "student", "none"};
    size_t index = 0;
    const error_t code = cph_chosen(state, arg, names, 3, &index);
    o->plain = index == 2;
    o->rule = index == 1 ? CPH_GAIN_STUDENT : CPH_GAIN_HUBER;
    return code;
}

static error_t choose_fit(cph_model_choice *o, const char *arg, const struct argp_state *state)
{
    static const char *const names[] = {"noise", "directions"};
    size_t index = 0;
    const error_t code = cph_chosen(state, arg, names, 2, &index);
    *(index == 0 ? &o->noise : &o->directions) = true;
    return code;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_calibrate_options *o = state->input;
    cph_calibrate_note(o, options_list, key);
    switch (key) {
    case KEY_ROBUST:
        return choose_rule(&o->model, arg, state);
    case KEY_FIT:
        return choose_fit(&o->model, arg, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_model = {options_list, parse, NULL, NULL, NULL, NULL, NULL};
