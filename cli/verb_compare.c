/* SPDX-License-Identifier: MIT */
/* cophase compare: what changed between two calibrations of an array, and whether that may be. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare_report.h"
#include "cli/history.h"
#include "cli/verbs.h"

enum { KEY_TIME = CPH_KEY_VERB, KEY_CHANNEL, KEY_WORTH };

static error_t parse_channel(const char *arg, cph_compare_options *o,
                             const struct argp_state *state)
{
    cph_error error;
    if (strcmp(arg, "all") == 0) {
        o->channel = SIZE_MAX;
        return 0;
    }
    return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX - 1, &o->channel, &error), &error);
}

/* Of both, or of each. */
static cph_status parse_times(const char *arg, size_t time[2], cph_error *error)
{
    const char *const comma = strchr(arg, ',');
    char *const first = strndup(arg, comma != NULL ? (size_t)(comma - arg) : strlen(arg));
    size_t made[2] = {0, 0};
    if (first == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_status status = cph_parse_count(first, 0, SIZE_MAX, &made[0], error);
    free(first);
    made[1] = made[0];
    if (status == CPH_OK && comma != NULL)
        status = cph_parse_count(comma + 1, 0, SIZE_MAX, &made[1], error);
    if (status == CPH_OK)
        memcpy(time, made, sizeof made);
    return status;
}

static error_t take_file(char *arg, cph_compare_options *o)
{
    if (o->after != NULL)
        return ARGP_ERR_UNKNOWN;
    if (o->cli.input == NULL)
        o->cli.input = arg;
    else
        o->after = arg;
    return 0;
}

static error_t parse_worth(const char *arg, cph_compare_options *o, const struct argp_state *state)
{
    cph_error error;
    double value[2];
    const cph_status status = cph_parse_pair(CPH_DECIBEL, CPH_DECIBEL, arg, value, &error);
    if (status == CPH_OK && (value[0] < 0.0 || value[1] < 0.0))
        return cph_usage(state, "--worth %s: expected 0dB or more", arg);
    if (status == CPH_OK)
        memcpy(o->worth_db, value, sizeof value);
    return cph_parsed(state, status, &error);
}

static error_t check(const cph_compare_options *o, const struct argp_state *state)
{
    if (o->after == NULL)
        return cph_usage(state, "expected two calibrations, as in cophase compare A.h5 B.h5");
    if (o->cli.steer.count > 1)
        return cph_usage(state, "more than one --steer: a comparison is that of one beam");
    if (o->renewed && isnan(o->limit[CPH_COMPARE_LIMIT_LOSS]) &&
        isnan(o->limit[CPH_COMPARE_LIMIT_SIDELOBE]))
        return cph_usage(state, "--renewed goes with --max-gain-loss or --max-sidelobe-rise");
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_compare_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT: {
        const error_t code = cph_cli_children(state, &o->cli);
        state->child_inputs[0] = o;
        return code;
    }
    case ARGP_KEY_ARG:
        return take_file(arg, o);
    case KEY_TIME:
        return cph_parsed(state, parse_times(arg, o->time, &error), &error);
    case KEY_CHANNEL:
        return parse_channel(arg, o, state);
    case KEY_WORTH:
        return parse_worth(arg, o, state);
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"time", KEY_TIME, "N[,M]", 0,
     "Solution of both files, or that of A and that of B (default: 0)", 0},
    {"channel", KEY_CHANNEL, "N|all", 0, "Channel of A (default: all)", 0},
    {"worth", KEY_WORTH, "DB,DB", 0,
     "What a beam has to regain, or its highest sidelobe to come down by, for the advice to be "
     "\"re-calibrate\" (default: 0.1dB,1dB)",
     0},
    {0}};
static const struct argp_child children[] = {
    {&cph_argp_compare_limits, 0, NULL, 0}, /* first: has options of its own */
    {&cph_argp_beam, 0, NULL, 0},
    {&cph_argp_data, 0, NULL, 0},
    {&cph_argp_plot, 0, NULL, 0},
    {&cph_argp_common, 0, NULL, 0},
    {0}};
static const struct argp argp = {
    own,
    parse,
    "A.h5 B.h5",
    "Compares two calibrations of an array, A before and B after (with a cover laid over it, after "
    "a storm): per polarisation and channel, the change of the gains is split into a common loss, "
    "a tilt (which moves the beam), a curvature and a residual, with errors; and what it does to a "
    "beam toward --steer (default: boresight) is predicted, for the weights of A under B and for "
    "weights made again from B; the advice says whether these are worth it."
    "\v"
    "Elements are matched by number and polarisation, and refused where they stand elsewhere. "
    "--plot draws the change of each. Calibrations whose gauge sets the mean |g| to 1 do not know "
    "a common loss: give powers of the sources.\n\n"
    "Examples:\n"
    "  cophase compare bare.h5 covered.h5\n"
    "  cophase compare bare.h5 covered.h5 --steer azel:20,10 --plot change.svg \\\n"
    "    --max-pointing 0.1 --max-residual-phase 5 --max-sidelobe-rise 1dB",
    children,
    NULL,
    NULL};

static cph_exit run(const cph_compare_options *o, const cph_compare_pair *pair)
{
    cph_verdict verdict[CPH_COMPARE_LIMITS];
    cph_exit code = o->cli.plot != NULL ? cph_compare_draw(o, pair) : CPH_EXIT_DONE;
    if (code != CPH_EXIT_DONE)
        return code;
    const size_t verdicts = cph_compare_limits_judge(o, pair, verdict);
    code = cph_compare_print(o, pair, verdict, verdicts);
    return code == CPH_EXIT_DONE ? cph_compare_limits_exit(o, pair, verdict, verdicts) : code;
}

int cph_verb_compare(int argc, char **argv)
{
    cph_compare_options o = {.channel = SIZE_MAX, .worth_db = {0.1, 1.0}};
    cph_compare_pair pair;
    cph_error error = {.status = CPH_OK};
    for (size_t k = 0; k < CPH_COMPARE_LIMITS; k++)
        o.limit[k] = NAN;
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE && o.cli.steer.count == 0 &&
        cph_directions_add(&o.cli.steer, "uv:0,0", NULL, &error) != CPH_OK)
        code = cph_report(o.cli.name, &error);
    if (code == CPH_EXIT_DONE) {
        const char *const inputs[] = {o.cli.input, o.after, o.cli.settle};
        code = cph_output_check(&o.cli, inputs, o.cli.settle == NULL ? 2 : 3);
    }
    if (code == CPH_EXIT_DONE) {
        code = cph_compare_pair_make(&o, &pair);
        if (code == CPH_EXIT_DONE)
            code = run(&o, &pair);
        cph_compare_pair_free(&pair);
    }
    cph_cli_free(&o.cli);
    return (int)code;
}
