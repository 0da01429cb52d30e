/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_options.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_method.h"
#include "cli/calibrate_sources.h"
#include "cli/option_values.h"

enum {
    KEY_METHOD = CPH_KEY_VERB,
    KEY_MIN_BASELINE,
    KEY_MAX_BASELINE,
    KEY_GAUGE,
    KEY_REFERENCE,
    KEY_WEAK_BELOW,
    KEY_TOLERANCE,
    KEY_MAX_ITERATIONS,
    KEY_SAMPLES,
    KEY_FILL_CHANNELS
};

#define CPH_CALIBRATE_METHOD(NAME, HELP)          "\n" #NAME ": " HELP
#define CPH_CALIBRATE_METHOD_AS(NAME, WORD, HELP) "\n" WORD ": " HELP
static const struct argp_option own_options[] = {
    {"method", KEY_METHOD, "METHOD", 0, "What gains are found from (default: the first):"
#include "cli/calibrate_methods.def"
     ,
     0},
    {"min-baseline", KEY_MIN_BASELINE, "LENGTH", 0,
     "Use baselines of this length and more, as in 4wl (wavelengths) or 2.5m", 0},
    {"max-baseline", KEY_MAX_BASELINE, "LENGTH", 0, "Use baselines up to this length", 0},
    {"gauge", KEY_GAUGE, "mean|reference|none", 0,
     "What is open in the gains: their mean phase is 0 (default), or that of --reference; or as "
     "they were measured",
     0},
    {"reference", KEY_REFERENCE, "N", 0,
     "Element whose phase is 0 (default: the mean phase of all is 0)", 0},
    {"weak-below", KEY_WEAK_BELOW, "X", 0,
     "Flag gains below X times their median as weak (default: 0.3)", 0},
    {"tolerance", KEY_TOLERANCE, "X", 0,
     "Iterate until gains are this near their limit, relative (default: 3 % of the noise)", 0},
    {"max-iterations", KEY_MAX_ITERATIONS, "N", 0, "Iterate at most so often (default: 300)", 0},
    {"samples", KEY_SAMPLES, "K", 0,
     "Independent samples that a covariance averages, where its file does not say or says wrong",
     0},
    {"fill-channels", KEY_FILL_CHANNELS, "WIDTH", 0,
     "Of elements that lack some channels, take gains there from a smooth curve over frequency, "
     "across gaps up to this wide, as in 3MHz",
     0},
    {0}};

static error_t parse_number(const char *name, const char *arg, double *value,
                            const struct argp_state *state)
{
    cph_error error;
    double number = 0.0;
    const cph_status status = cph_parse_quantity(CPH_NUMBER, arg, &number, &error);
    if (status == CPH_OK && !(number > 0.0))
        return cph_usage(state, "--%s %s: expected a number above 0", name, arg);
    if (status == CPH_OK)
        *value = number;
    return cph_parsed(state, status, &error);
}

static error_t parse_gauge(const char *arg, cph_calibrate_options *o,
                           const struct argp_state *state)
{
    static const char *const names[] = {"mean", "reference", "none"};
    size_t index = 0;
    const error_t code = cph_chosen(state, arg, names, 3, &index);
    o->gauge = (cph_gauge)index;
    o->gauge_given = true;
    return code;
}

static error_t parse_weak(const char *arg, cph_calibrate_options *o, const struct argp_state *state)
{
    cph_error error;
    double share = 0.0;
    const cph_status status = cph_parse_quantity(CPH_NUMBER, arg, &share, &error);
    if (status == CPH_OK && !(share >= 0.0 && share < 1.0))
        return cph_usage(state, "--weak-below %s: expected a number from 0 to below 1", arg);
    if (status == CPH_OK)
        o->weak_below = share;
    return cph_parsed(state, status, &error);
}

void cph_calibrate_note(cph_calibrate_options *options, const struct argp_option *list, int key)
{
    for (; list->name != NULL || list->doc != NULL; list++)
        if (list->name != NULL && list->key == key && options->givens < CPH_CALIBRATE_GIVEN)
            options->given[options->givens++] = list->name;
}

static cph_exit check_taken(const cph_calibrate_options *o)
{
    for (size_t i = 0; i < o->givens; i++) {
        char takers[200];
        if (cph_calibrate_method_takes(o->method, o->given[i]))
            continue;
        cph_calibrate_method_list(o->given[i], sizeof takers, takers);
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--%s: is not for --method %s; it goes with %s", o->given[i],
                               o->method->name, takers);
    }
    if (o->solver_of != NULL && strcmp(o->solver_of, o->method->name) != 0)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--solver: that one is for --method %s, not for %s", o->solver_of,
                               o->method->name);
    return CPH_EXIT_DONE;
}

/* What of sources a method does not use is no more than a mistake: powers would be taken for the
 * scale of its gains. */
static cph_exit check_sources(const cph_calibrate_options *o)
{
    const struct {
        const char *key;
        bool given;
    } keys[] = {{"flux=", cph_calibrate_has_flux(o)}, {"q_over_i=", o->polarised}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char takers[200];
        if (!keys[i].given || cph_calibrate_method_takes(o->method, keys[i].key))
            continue;
        cph_calibrate_method_list(keys[i].key, sizeof takers, takers);
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--source %s: %s is not for --method %s; it goes with %s",
                               o->direction[0].text, keys[i].key, o->method->name, takers);
    }
    return CPH_EXIT_DONE;
}

static cph_exit check(cph_calibrate_options *o)
{
    const cph_length min = o->min_baseline, max = o->max_baseline;
    cph_exit code = check_taken(o);
    if (code == CPH_EXIT_DONE)
        code = cph_calibrate_gauge_check(o);
    if (code == CPH_EXIT_DONE)
        code = cph_calibrate_sources_load(o);
    if (code == CPH_EXIT_DONE)
        code = check_sources(o);
    if (code != CPH_EXIT_DONE)
        return code;
    if (min.value > 0.0 && max.value > 0.0 && min.wavelengths == max.wavelengths &&
        min.value > max.value)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--min-baseline is above --max-baseline");
    return o->method->check != NULL ? o->method->check(o) : CPH_EXIT_DONE;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_calibrate_options *o = state->input;
    cph_error error;
    if (key != KEY_METHOD)
        cph_calibrate_note(o, own_options, key);
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case KEY_METHOD:
        return cph_parsed(state, cph_calibrate_method_find(arg, &o->method, &error), &error);
    case KEY_MIN_BASELINE:
        return cph_parsed(state, cph_parse_length(arg, &o->min_baseline, &error), &error);
    case KEY_MAX_BASELINE:
        return cph_parsed(state, cph_parse_length(arg, &o->max_baseline, &error), &error);
    case KEY_GAUGE:
        return parse_gauge(arg, o, state);
    case KEY_WEAK_BELOW:
        return parse_weak(arg, o, state);
    case KEY_REFERENCE:
        return cph_parsed(state, cph_parse_count(arg, 0, UINT32_MAX, &o->reference, &error),
                          &error);
    case KEY_TOLERANCE:
        return parse_number("tolerance", arg, &o->tolerance, state);
    case KEY_MAX_ITERATIONS:
        return cph_parsed(state, cph_parse_count(arg, 1, UINT_MAX, &o->max_iterations, &error),
                          &error);
    case KEY_SAMPLES:
        return parse_number("samples", arg, &o->samples, state);
    case KEY_FILL_CHANNELS:
        return cph_parsed(state, cph_parse_quantity(CPH_FREQUENCY, arg, &o->fill_gap_hz, &error),
                          &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
#define CPH_CALIBRATE_OPTIONS(ARGP) {&(ARGP), 0, NULL, 0},
#include "cli/calibrate_methods.def"
    {&cph_argp_calibrate_sources, 0, NULL, 0},
    {&cph_argp_calibrate_grid, 0, NULL, 0},
    {&cph_argp_input, 0, NULL, 0},
    {&cph_argp_path, 0, NULL, 0},
    {&cph_argp_range, 0, NULL, 0},
    {&cph_argp_output, 0, NULL, 0},
    {&cph_argp_plot, 0, NULL, 0},
    {&cph_argp_common, 0, NULL, 0},
    {0}};
static const struct argp argp = {
    own_options,
    parse,
    "INPUT --source DIRECTION -o FILE\nINPUT --method METHOD -o FILE",
    "Finds the complex gain of each element: from a covariance, or a capture whose covariance is "
    "taken first, and point sources in known directions or a model of the sky; or by another "
    "method, some of which take other inputs. Elements that are "
    "dead, weak, hot, saturated, not finite or listed as bad are flagged and left out. X and Y are "
    "calibrated separately, into one file."
    "\v"
    "Redundant baselines leave the overall amplitude and phase and a phase slope a dimension open: "
    "they are 0, or --source with flux=, or --model, tells amplitude and slopes. "
    "The first source of the model sets the unit of fitted powers; name every source that is "
    "nearly as strong as it. Where there is extended emission, leave out short baselines.\n\n"
    "Examples:\n"
    "  cophase calibrate cap.h5 --source azel:20,10 -o cal.h5\n"
    "  cophase calibrate station.h5 --source sky:299.98,68.94 \\\n"
    "    --source sky:296.00,32.65 -o cal.h5 --plot gains.svg\n"
    "  cophase calibrate burst.hdf5 --positions antennas.txt --pol XX \\\n"
    "    --source sky:282.4,74.4 --min-baseline 4wl -o cal.h5 --json\n"
    "  cophase calibrate lattice.h5 --method redundant -o cal.h5",
    children,
    NULL,
    NULL};

cph_exit cph_calibrate_parse(int argc, char **argv, cph_calibrate_options *options)
{
    *options = (cph_calibrate_options){
        .method = cph_calibrate_method_first(), .reference = SIZE_MAX, .weak_below = -1.0};
    const cph_exit code = cph_cli_parse(&argp, argc, argv, options);
    return code == CPH_EXIT_DONE ? check(options) : code;
}

void cph_calibrate_options_free(cph_calibrate_options *options)
{
    free(options->direction);
    free(options->flux);
    free(options->stokes);
    cph_texts_free(&options->texts);
    cph_grid_choice_free(&options->grid);
    cph_cli_free(&options->cli);
}

bool cph_calibrate_has_flux(const cph_calibrate_options *options)
{
    return options->sources > 0 && !isnan(options->flux[0]);
}
