/* SPDX-License-Identifier: MIT */
/* cophase plot: pictures of what a file holds. */
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/history.h"
#include "cli/option_values.h"
#include "cli/picture.h"
#include "cli/plot/plot.h"
#include "cli/progress.h"
#include "cli/verbs.h"
#include "cophase/pointing.h"
#include "cophase/track_log.h"

enum { KEY_KIND = CPH_KEY_VERB, KEY_TIME, KEY_CHANNEL, KEY_ACROSS, KEY_STACKED, KEY_ROWS };

#define PLACED                                                                                     \
    (CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_TAKES_CALIBRATION | CPH_TAKES_WEIGHTS |        \
     CPH_TAKES_TRACK | CPH_NEEDS_POSITIONS)
static const struct {
    const char *name;
    unsigned needs;
    bool timed, channelled; /* takes --time, --channel */
    cph_picture_draw *draw;
    cph_picture_draw_file *draw_file; /* instead, of files of other kinds */
} kinds[CPH_PICTURE_KINDS] = {
    [CPH_PICTURE_EIGENVALUES] = {"eigenvalues", CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE, true,
                                 true, cph_picture_eigenvalues, NULL},
    [CPH_PICTURE_WATERFALL] = {"waterfall",
                               CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_TAKES_BEAMS, false,
                               false, cph_picture_waterfall, NULL},
    [CPH_PICTURE_GAINS] = {"gains", CPH_TAKES_CALIBRATION, true, true, cph_picture_gains, NULL},
    [CPH_PICTURE_ERRORS] = {"errors", CPH_TAKES_CALIBRATION, true, true, cph_picture_errors, NULL},
    [CPH_PICTURE_ARRAY] = {"array", PLACED, false, false, cph_picture_array, NULL},
    [CPH_PICTURE_BASELINES] = {"baselines", PLACED, false, false, cph_picture_baselines, NULL},
    [CPH_PICTURE_SKY] = {"sky", 0, false, false, NULL, cph_picture_sky},
    [CPH_PICTURE_TRACK_GAIN] = {"track-gain", 0, false, false, NULL, cph_picture_track_gain},
    [CPH_PICTURE_TRACK_NULLS] = {"track-nulls", 0, false, true, NULL, cph_picture_track_nulls},
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
    o->has_kind = true;
    return code;
}

static error_t check(const cph_picture_options *o, const struct argp_state *state)
{
    if (!kinds[o->kind].timed && o->time > 0)
        return cph_usage(state, "--time is for --kind eigenvalues, gains and errors");
    if (!kinds[o->kind].channelled && o->channel > 0)
        return cph_usage(state,
                         "--channel is for --kind eigenvalues, gains, errors and track-nulls");
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
     "all channels, or of all elements; of a calibration gains (default) at the places of their "
     "elements, errors: their standard errors; array: where elements stand; baselines between "
     "them; sky: "
     "satellites of a pointing table or of a log of track (default of these); of such a log "
     "track-gain, and track-nulls: their depth and how far they are from the look",
     0},
    {"time", KEY_TIME, "N", 0,
     "eigenvalues: dump of a covariance file; gains, errors: solution (default: 0)", 0},
    {"channel", KEY_CHANNEL, "N", 0,
     "eigenvalues, gains, errors: channel; track-nulls: column (default: 0)", 0},
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
    "Draws what a file holds (captures, covariances, calibrations, weights, beams, logs of track, "
    "pointing tables), as FILE.svg or FILE.png.\v"
    "Examples:\n"
    "  cophase plot cov.h5 -o eigenvalues.svg\n"
    "  cophase plot channels.h5 --kind waterfall -o power.png\n"
    "  cophase plot cal.h5 -o gains.svg\n"
    "  cophase plot track.h5 --kind track-gain -o gain.svg\n"
    "  cophase plot passes.csv -o sky.svg",
    children,
    NULL,
    NULL};

static cph_exit tell(const cph_picture_options *o, cph_exit code, json_t *object)
{
    if (code != CPH_EXIT_DONE || !o->cli.json) {
        json_decref(object);
        return code == CPH_EXIT_DONE ? cph_stdout_check(&o->cli) : code;
    }
    cph_json_set_text(object, "output", o->cli.output);
    return cph_json_print(&o->cli, object);
}

static json_t *begin(const cph_picture_options *o)
{
    json_t *object = json_object();
    cph_json_set_text(object, "kind", kinds[o->kind].name);
    return object;
}

static cph_exit run(const cph_picture_options *o)
{
    cph_input input;
    cph_exit code = cph_input_open(&o->cli, kinds[o->kind].needs, &input);
    if (code != CPH_EXIT_DONE)
        return code;
    json_t *const object = begin(o);
    code = tell(o, kinds[o->kind].draw(o, &input, object), object);
    cph_input_close(&input);
    return code;
}

/* Neither samples nor elements that could be chosen. */
static cph_exit run_file(const cph_picture_options *o)
{
    const cph_cli *const cli = &o->cli;
    const char *const inputs[] = {cli->input};
    if (cph_cli_has_part(cli) || cli->exclude.count > 0 || cli->positions != NULL)
        return cph_report_line(cli->name, CPH_EXIT_USAGE,
                               "--kind %s draws all of a file: parts, elements and positions are "
                               "for captures",
                               kinds[o->kind].name);
    const cph_exit code = cph_output_check(cli, inputs, 1);
    if (code != CPH_EXIT_DONE)
        return code;
    json_t *const object = begin(o);
    return tell(o, kinds[o->kind].draw_file(o, object), object);
}

/* A file that cannot be read is said where it is drawn. */
static bool is_calibration(const cph_cli *cli)
{
    struct stat about;
    cph_data *data = NULL;
    cph_error unsaid = {.status = CPH_OK};
    if (cli->follow || stat(cli->input, &about) != 0 || !S_ISREG(about.st_mode) ||
        cph_data_open(cli->input, NULL, &data, &unsaid) != CPH_OK)
        return false;
    const bool is = cph_data_header_of(data)->kind == CPH_KIND_CALIBRATION;
    cph_data_close(data);
    return is;
}

static void choose_kind(cph_picture_options *o)
{
    if (cph_pointing_probe(o->cli.input) || cph_track_log_probe(o->cli.input))
        o->kind = CPH_PICTURE_SKY;
    else if (is_calibration(&o->cli))
        o->kind = CPH_PICTURE_GAINS;
}

int cph_verb_plot(int argc, char **argv)
{
    cph_picture_options o = {.kind = CPH_PICTURE_EIGENVALUES, .rows = CPH_PICTURE_ROWS};
    cph_error error = {.status = CPH_OK};
    cph_interrupt_catch();
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE && cph_plot_check_path(o.cli.output, &error) != CPH_OK)
        code = cph_report_line(o.cli.name, CPH_EXIT_USAGE, "-o %s", error.message);
    if (code == CPH_EXIT_DONE && !o.has_kind)
        choose_kind(&o);
    if (code == CPH_EXIT_DONE)
        code = (kinds[o.kind].draw_file != NULL ? run_file : run)(&o);
    cph_cli_free(&o.cli);
    return (int)code;
}
