/* SPDX-License-Identifier: MIT */
#include "cli/redundant_options.h"

#include "cli/calibrate_options.h"
#include "cli/option_values.h"

enum { KEY_TOLERANCE = CPH_KEY_VERB, KEY_SOLVER };

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "With --method redundant:", 2},
    {"grid-tolerance", KEY_TOLERANCE, "LENGTH", 0,
     "Baselines that differ by no more are equal (default: 1 % of the shortest)", 2},
    {"solver", KEY_SOLVER, "SOLVER", 0,
     "lincal (default; Gauss-Newton) or omnical (damped updates, less work each); with near-field "
     "inverse (default) or back-projection",
     2},
    {0}};

/* Of this method, and of the one other that has a choice. */
static error_t choose_solver(cph_calibrate_options *o, const char *arg,
                             const struct argp_state *state)
{
    static const char *const solvers[] = {"lincal", "omnical", "inverse", "back-projection"};
    static const cph_redundant_method method[] = {CPH_REDUNDANT_LINCAL, CPH_REDUNDANT_OMNICAL};
    enum { SOLVERS = sizeof solvers / sizeof solvers[0], OWN = sizeof method / sizeof method[0] };
    size_t index = 0;
    const error_t code = cph_chosen(state, arg, solvers, SOLVERS, &index);
    o->solver_of = index < OWN ? "redundant" : "near-field";
    if (index < OWN)
        o->redundant.method = method[index];
    else
        o->near_field.project = index > OWN;
    return code;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_calibrate_options *o = state->input;
    cph_error error;
    cph_calibrate_note(o, options_list, key);
    switch (key) {
    case KEY_TOLERANCE:
        return cph_parsed(state, cph_parse_length(arg, &o->redundant.tolerance, &error), &error);
    case KEY_SOLVER:
        return choose_solver(o, arg, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_redundant = {options_list, parse, NULL, NULL, NULL, NULL, NULL};
