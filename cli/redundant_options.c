/* SPDX-License-Identifier: MIT */
#include "cli/redundant_options.h"

#include "cli/options.h"

enum { KEY_METHOD = CPH_KEY_VERB + 0x80, KEY_TOLERANCE, KEY_SOLVER }; /* beside the verb's */

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "How gains are found:", 1},
    {"method", KEY_METHOD, "METHOD", 0,
     "model (default): from the sources named; redundant: from baselines of equal length and "
     "direction, which see the same whatever the sky is",
     1},
    {"grid-tolerance", KEY_TOLERANCE, "LENGTH", 0,
     "redundant: baselines that differ by no more are equal (default: 1 % of the shortest)", 1},
    {"solver", KEY_SOLVER, "SOLVER", 0,
     "redundant: lincal (default; Gauss-Newton) or omnical (damped updates, less work each)", 1},
    {0}};

static error_t choose(const char *arg, const char *const names[2], bool *second,
                      const struct argp_state *state)
{
    cph_error error;
    size_t index = 0;
    const cph_status status = cph_parse_choice(arg, names, 2, &index, &error);
    if (status == CPH_OK)
        *second = index == 1;
    return cph_parsed(state, status, &error);
}

static error_t choose_solver(cph_redundant_choice *o, const char *arg,
                             const struct argp_state *state)
{
    static const char *const solvers[] = {"lincal", "omnical"};
    bool damped = false;
    const error_t code = choose(arg, solvers, &damped, state);
    o->method = damped ? CPH_REDUNDANT_OMNICAL : CPH_REDUNDANT_LINCAL;
    o->solver_given = true;
    return code;
}

static error_t check(const cph_redundant_choice *o, const struct argp_state *state)
{
    if (!o->wanted && o->tolerance.value > 0.0)
        return cph_usage(state, "--grid-tolerance: expected --method redundant with it");
    if (!o->wanted && o->solver_given)
        return cph_usage(state, "--solver: expected --method redundant with it");
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const methods[] = {"model", "redundant"};
    cph_redundant_choice *o = state->input;
    cph_error error;
    switch (key) {
    case KEY_METHOD:
        return choose(arg, methods, &o->wanted, state);
    case KEY_TOLERANCE:
        return cph_parsed(state, cph_parse_length(arg, &o->tolerance, &error), &error);
    case KEY_SOLVER:
        return choose_solver(o, arg, state);
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_redundant = {options_list, parse, NULL, NULL, NULL, NULL, NULL};
