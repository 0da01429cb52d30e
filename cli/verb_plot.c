/* SPDX-License-Identifier: MIT */
/* cophase plot: pictures of what a file holds. */
#include <stdint.h>
#include <string.h>

#include "cli/history.h"
#include "cli/option_values.h"
#include "cli/picture.h"
#include "cli/plot/plot.h"
#include "cli/verbs.h"

enum { KEY_KIND = CPH_KEY_VERB, KEY_TIME, KEY_CHANNEL, KEY_ACROSS, KEY_STACKED, KEY_ROWS };

#define PLACED                                                                                     \
    (CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_TAKES_CALIBRATION | CPH_TAKES_WEIGHTS |        \
     CPH_NEEDS_POSITIONS)
static const struct {
    const char *name;
    unsigned needs;
    bool indexed; /* takes --time and --channel */
    cph_picture_draw *draw;
} kinds[CPH_PICTURE_KINDS] = {
    [CPH_PICTURE_EIGENVALUES] = {"eigenvalues", CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE, true,
                                 cph_picture_eigenvalues},
    [CPH_PICTURE_WATERFALL] = {"waterfall",
                               CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_TAKES_BEAMS, false,
                               cph_picture_waterfall},
    [CPH_PICTURE_GAINS] = {"gains", CPH_TAKES_CALIBRATION, true, cph_picture_gains},
    [CPH_PICTURE_ERRORS] = {"errors", CPH_TAKES_CALIBRATION, true, cph_picture_errors},
    [CPH_PICTURE_ARRAY] = {"array", PLACED, false, cph_picture_array},
    [CPH_PICTURE_BASELINES] = {"baselines", PLACED, false, cph_picture_baselines},
};
#undef PLACED

const char *cph_picture_subject(const cph_picture_options *o)
{
    const char *slash = strrchr(o->cli.input, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : o->cli.input;
}

static error_t parse_kind(cph_picture_options *o, const char *arg, const struct argp_state *state)
{
    const char *names[CPH_PICTURE_KINDS];
    size_t index = 0;
    for (cph_picture_kind kind = 0; kind < CPH_PICTURE_KINDS; kind++)
        names[kind] = kinds[kind].name;
    const error_t code = cph_chosen(state, arg, names, CPH_PICTURE_KINDS, &index);
    o->kind = (cph_picture_kind)index;
    return code;
}

static error_t check(const cph_picture_options *o, const struct argp_state *state)
{
    if (!kinds[o->kind].indexed && (o->time > 0 || o->channel > 0))
        return cph_usage(state,
                         "--time and --channel are for --kind eigenvalues, gains and errors");
    if (o->kind != CPH_PICTURE_GAINS && o->stacked)
        return cph_usage(state, "--stacked is for --kind gains");
    if (o->kind != CPH_PICTURE_WATERFALL && (o->has_across || o->rows < CPH_PICTURE_ROWS))
        return cph_usage(state, "--across and --rows are for --kind waterfall");
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const across[] = {"channel", "element"};
    cph_picture_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case KEY_KIND:
        return parse_kind(o, arg, state);
    case KEY_TIME:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->time, &error), &error);
    case KEY_CHANNEL:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->channel, &error), &error);
    case KEY_ROWS:
        return cph_parsed(state, cph_parse_count(arg, 1, CPH_PICTURE_ROWS, &o->rows, &error),
                          &error);
    case KEY_STACKED:
        o->stacked = true;
        return 0;
    case KEY_ACROSS:
        o->has_across = true;
        return cph_chosen_second(state, arg, across, &o->by_element);
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"kind", KEY_KIND, "KIND", 0,
     "eigenvalues (default) of the covariance of a dump and channel; waterfall: power over time of "
     "all channels, or of all elements; of a calibration gains at the places of their elements, "
     "errors: their standard errors; array: where elements stand; baselines between them",
     0},
    {"time", KEY_TIME, "N", 0,
     "eigenvalues: dump of a covariance file; gains, errors: solution (default: 0)", 0},
    {"channel", KEY_CHANNEL, "N", 0, "eigenvalues, gains, errors: channel (default: 0)", 0},
    {"across", KEY_ACROSS, "channel|element", 0,
     "waterfall: a column each (default: channels where there are several)", 0},
    {"rows", KEY_ROWS, "N", 0, "waterfall: at most so many (default and most: 480)", 0},
    {"stacked", KEY_STACKED, NULL, 0, "gains: phases below the amplitudes, not beside them", 0},
    {0}};
static const struct argp_child children[] = {
    {&cph_argp_input, 0, NULL, 0},    {&cph_argp_range, 0, NULL, 0},
    {&cph_argp_channels, 0, NULL, 0}, {&cph_argp_output, 0, NULL, 0},
    {&cph_argp_common, 0, NULL, 0},   {0}};
static const struct argp argp = {
    own,
    parse,
    "INPUT",
    "Draws what a file holds (captures, covariances, calibrations, weights, beams), as FILE.svg or "
    "FILE.png.\v"
    "Examples:\n"
    "  cophase plot cov.h5 -o eigenvalues.svg\n"
    "  cophase plot channels.h5 --kind waterfall -o power.png\n"
    "  cophase plot cal.h5 --kind gains -o gains.svg",
    children,
    NULL,
    NULL};

static cph_exit run(const cph_picture_options *o, const cph_input *input)
{
    json_t *object = json_object();
    cph_json_set_text(object, "kind", kinds[o->kind].name);
    const cph_exit code = kinds[o->kind].draw(o, input, object);
    if (code != CPH_EXIT_DONE || !o->cli.json) {
        json_decref(object);
        return code == CPH_EXIT_DONE ? cph_stdout_check(&o->cli) : code;
    }
    cph_json_set_text(object, "output", o->cli.output);
    return cph_json_print(&o->cli, object);
}

int cph_verb_plot(int argc, char **argv)
{
    cph_picture_options o = {.kind = CPH_PICTURE_EIGENVALUES, .rows = CPH_PICTURE_ROWS};
    cph_input input;
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE && cph_plot_check_path(o.cli.output, &error) != CPH_OK)
        code = cph_report_line(o.cli.name, CPH_EXIT_USAGE, "-o %s", error.message);
    if (code == CPH_EXIT_DONE)
        code = cph_input_open(&o.cli, kinds[o.kind].needs, &input);
    if (code == CPH_EXIT_DONE) {
        code = run(&o, &input);
        cph_input_close(&input);
    }
    cph_cli_free(&o.cli);
    return (int)code;
}
