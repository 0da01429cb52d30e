/* SPDX-License-Identifier: MIT */
/* cophase doa: directions of arrival from a covariance or a capture, each with its standard error.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "cli/doa_find.h"
#include "cli/history.h"
#include "cli/option_values.h"
#include "cli/text_output.h"
#include "cli/verbs.h"

enum {
    KEY_METHOD = CPH_KEY_VERB,
    KEY_COUNT,
    KEY_TIME,
    KEY_CHANNEL,
    KEY_GRID,
    KEY_RADIUS,
    KEY_LOADING,
    KEY_NOISE,
    KEY_MIRROR,
    KEY_SMOOTH,
    KEY_CSV
};

static error_t parse_method(cph_doa_options *o, const char *arg, const struct argp_state *state)
{
    const char *names[CPH_WAYS];
    size_t index = 0;
    for (cph_doa_way way = 0; way < CPH_WAYS; way++)
        names[way] = cph_doa_way_name(way);
    const error_t code = cph_chosen(state, arg, names, CPH_WAYS, &index);
    o->way = (cph_doa_way)index;
    return code;
}

static error_t parse_count(cph_doa_options *o, const char *arg, const struct argp_state *state)
{
    cph_error error;
    const bool mdl = strcmp(arg, "mdl") == 0;
    if (mdl || strcmp(arg, "aic") == 0) {
        o->sources = 0;
        o->rule = mdl ? CPH_DOA_MDL : CPH_DOA_AIC;
        return 0;
    }
    if (cph_parse_count(arg, 1, 1000, &o->sources, &error) != CPH_OK)
        return cph_usage(state, "--sources-count %s: expected a number from 1 on, aic or mdl", arg);
    return 0;
}

static error_t parse_radius(cph_doa_options *o, const char *arg, const struct argp_state *state)
{
    double radius = 0.0;
    cph_error error;
    const cph_status status = cph_parse_quantity(CPH_NUMBER, arg, &radius, &error);
    if (status == CPH_OK && !(radius > 0.0 && radius <= 1.0))
        return cph_usage(state, "--radius %s: expected a number above 0, at most 1", arg);
    o->radius = radius;
    return cph_parsed(state, status, &error);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const noises[] = {"equal", "gain"};
    cph_doa_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case KEY_METHOD:
        return parse_method(o, arg, state);
    case KEY_COUNT:
        return parse_count(o, arg, state);
    case KEY_TIME:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->time, &error), &error);
    case KEY_CHANNEL:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->channel, &error), &error);
    case KEY_GRID:
        return cph_parsed(state, cph_parse_count(arg, 3, 10001, &o->grid, &error), &error);
    case KEY_RADIUS:
        return parse_radius(o, arg, state);
    case KEY_LOADING:
        return cph_parsed(state, cph_parse_quantity(CPH_POWER, arg, &o->loading, &error), &error);
    case KEY_NOISE:
        return cph_chosen_second(state, arg, noises, &o->noise_gain);
    case KEY_MIRROR:
        o->forward_backward = true;
        return 0;
    case KEY_SMOOTH:
        return cph_parsed(state, cph_parse_count(arg, 2, 100000, &o->smooth, &error), &error);
    case KEY_CSV:
        o->csv = arg;
        return 0;
    case ARGP_KEY_END:
        return o->loading > 0.0 && o->way != CPH_WAY_CAPON
                   ? cph_usage(state, "--loading is for --method capon")
                   : 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"method", KEY_METHOD, "METHOD", 0,
     "bartlett, capon, music (default) on any array; root-music on a line of equal steps; esprit "
     "on "
     "a line or plane lattice; ml: deterministic maximum likelihood, any array",
     0},
    {"sources-count", KEY_COUNT, "K|aic|mdl", 0,
     "How many sources, or the rule that counts them in the eigenvalues (default: mdl)", 0},
    {"time", KEY_TIME, "N", 0, "Dump of a covariance file (default: 0)", 0},
    {"channel", KEY_CHANNEL, "N", 0, "Channel (default: 0)", 0},
    {"grid", KEY_GRID, "N", 0, "Points along u and along v (default: four a lobe, at least 201)",
     0},
    {"radius", KEY_RADIUS, "R", 0,
     "List what lies where u^2 + v^2 < R^2 (default: all; sources are looked for everywhere)", 0},
    {"loading", KEY_LOADING, "POWER", 0,
     "capon: add this much of the mean eigenvalue to all (-20dB)", 0},
    {"noise", KEY_NOISE, "equal|gain", 0,
     "Noise powers of the elements: equal (default), or as the squares of their gains", 0},
    {"forward-backward", KEY_MIRROR, NULL, 0,
     "Average the calibrated covariance with its mirror image: coherent sources part", 0},
    {"smooth", KEY_SMOOTH, "M", 0,
     "Average the covariances of all M neighbours of a line: coherent sources part", 0},
    {"csv", KEY_CSV, "FILE", 0, "Also write the sources as a table", 0},
    {0}};
static const struct argp_child children[] = {
    {&cph_argp_input_one_pol, 0, NULL, 0}, {&cph_argp_calibration, 0, NULL, 0},
    {&cph_argp_range, 0, NULL, 0},         {&cph_argp_plot, 0, NULL, 0},
    {&cph_argp_common, 0, NULL, 0},        {0}};
static const struct argp argp = {
    own,
    parse,
    "INPUT",
    "Finds the directions of sources, better than a beam resolves them, each with its power and "
    "the standard error that no unbiased estimate is below (Cramer-Rao). INPUT is a covariance "
    "with "
    "autocorrelations, or a capture whose covariance is taken first. The noise is taken to be that "
    "of the receivers, of equal power unless --noise says otherwise; gains should be calibrated. A "
    "line of elements cannot tell the directions around it apart: those in the plane of the line "
    "and boresight are told.\v"
    "Examples:\n"
    "  cophase doa cap.h5\n"
    "  cophase doa cov.h5 --calibration cal.h5 --method esprit --json\n"
    "  cophase doa cap.h5 --method ml --plot spectrum.svg --csv sources.csv",
    children,
    NULL,
    NULL};

static cph_exit check_outputs(const cph_doa_options *o, const char *const *inputs)
{
    const cph_named_output outputs[] = {{"--csv", o->csv}, {"--plot", o->cli.plot}};
    cph_error error = {.status = CPH_OK};
    if (o->csv != NULL && cph_text_check(o->csv, inputs, &error) != CPH_OK)
        return cph_report(o->cli.name, &error);
    return cph_outputs_apart(&o->cli, outputs, sizeof outputs / sizeof *outputs);
}

static cph_exit run(const cph_doa_options *o, const cph_input *input)
{
    const char *inputs[4] = {NULL};
    (void)cph_input_paths(input, inputs);
    cph_error error = {.status = CPH_OK};
    cph_doa_found made = {.doa = NULL};
    cph_exit code = check_outputs(o, inputs);
    if (code == CPH_EXIT_DONE)
        code = cph_doa_find(o, input, &made);
    if (code == CPH_EXIT_DONE && o->csv != NULL &&
        cph_doa_write_csv(o->csv, inputs, input, &made, &error) != CPH_OK)
        code = cph_report(o->cli.name, &error);
    if (code == CPH_EXIT_DONE && o->cli.plot != NULL &&
        cph_doa_draw(o, input, &made, &error) != CPH_OK)
        code = cph_report(o->cli.name, &error);
    if (code == CPH_EXIT_DONE)
        code =
            o->cli.json ? cph_doa_print_json(o, input, &made) : cph_doa_print_text(o, input, &made);
    cph_doa_found_free(&made);
    return code;
}

int cph_verb_doa(int argc, char **argv)
{
    cph_doa_options o = {.way = CPH_WAY_MUSIC, .rule = CPH_DOA_MDL};
    cph_input input;
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = cph_input_open(&o.cli,
                              CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_NEEDS_POSITIONS |
                                  CPH_NEEDS_FREQUENCY,
                              &input);
    if (code == CPH_EXIT_DONE) {
        code = run(&o, &input);
        cph_input_close(&input);
    }
    cph_cli_free(&o.cli);
    return (int)code;
}
