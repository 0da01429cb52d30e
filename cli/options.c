/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plot/plot.h"
#include "cophase/dispatch.h"

enum { HELP = 512 };
/* Keys without a letter. */
enum {
    KEY_JSON = 0x100,
    KEY_ISA,
    KEY_THREADS,
    KEY_MAX_MEMORY,
    KEY_PLOT,
    KEY_RESUME,
    KEY_POSITIONS,
    KEY_POL,
    KEY_IGNORE_LISTED,
    KEY_EXCLUDE,
    KEY_CALIBRATION,
    KEY_START,
    KEY_DURATION,
    KEY_SKIP_BAD,
    KEY_ELEMENTS,
    KEY_CHANNELS,
    KEY_STEER,
    KEY_TAPER
};

static const double default_max_memory = 0x1p28;

error_t cph_usage(const struct argp_state *state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)cph_report_list(state->name, CPH_EXIT_USAGE, format, args);
    va_end(args);
    return EINVAL;
}

error_t cph_parsed(const struct argp_state *state, cph_status status, const cph_error *error)
{
    if (status == CPH_OK)
        return 0;
    /* --name=value is one word, --name value and -n value are two. */
    const char *word = state->argv[state->next - 1];
    if (strncmp(word, "--", 2) != 0 || strchr(word, '=') == NULL)
        word = state->argv[state->next - 2];
    return cph_usage(state, "%.*s: %s", (int)strcspn(word, "="), word, error->message);
}

error_t cph_cli_children(struct argp_state *state, cph_cli *cli)
{
    /* getopt and cph_usage say what is wrong in one line; argp would add a second ("Try ..."). */
    state->err_stream = NULL;
    const struct argp_child *child = cli->argp->children;
    for (size_t i = 0; child != NULL && child[i].argp != NULL; i++)
        state->child_inputs[i] = cli;
    return 0;
}

error_t cph_cli_take_input(cph_cli *cli, const char *arg)
{
    if (cli->input != NULL)
        return ARGP_ERR_UNKNOWN;
    cli->input = arg;
    return 0;
}

/* ---- common ---- */

static error_t parse_max_memory(cph_cli *cli, const char *arg, const struct argp_state *state)
{
    double bytes = 0;
    cph_error error;
    cph_status status = cph_parse_quantity(CPH_SIZE, arg, &bytes, &error);
    if (status == CPH_OK)
        cli->max_memory = bytes < 0x1p63 ? (size_t)bytes : SIZE_MAX;
    cli->memory_given = true;
    return cph_parsed(state, status, &error);
}

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    cph_error error;
    switch (key) {
    case KEY_JSON:
        cli->json = true;
        return 0;
    case 'q':
        cli->quiet = true;
        return 0;
    case KEY_ISA:
        cli->isa = arg;
        return arg[0] == '\0' ? cph_usage(state, "--isa: expected a name as of cophase kernels")
                              : 0;
    case KEY_THREADS:
        return cph_parsed(state, cph_parse_count(arg, 1, 4096, &cli->threads, &error), &error);
    case KEY_MAX_MEMORY:
        return parse_max_memory(cli, arg, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option common_options[] = {
    {"json", KEY_JSON, NULL, 0, "Print one JSON object", 0},
    {"quiet", 'q', NULL, 0, "No progress bar, no remarks", 0},
    {"isa", KEY_ISA, "NAME", 0, "Use kernels up to this instruction set (see cophase kernels)", 0},
    {"threads", KEY_THREADS, "N", 0, "Use N threads (default: OpenMP's number)", 0},
    {"max-memory", KEY_MAX_MEMORY, "SIZE", 0, "Memory for streamed data (default: 256M)", 0},
    {0}};
const struct argp cph_argp_common = {common_options, parse_common, NULL, NULL, NULL, NULL, NULL};

/* ---- output ---- */

static error_t parse_output_optional(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    if (key != 'o')
        return ARGP_ERR_UNKNOWN;
    if (arg[0] == '\0')
        return cph_usage(state, "-o: expected a file name");
    cli->output = arg;
    return 0;
}

static error_t parse_output(int key, char *arg, struct argp_state *state)
{
    const cph_cli *cli = state->input;
    if (key == ARGP_KEY_END && cli->output == NULL)
        return cph_usage(state, "no output: expected -o FILE");
    return parse_output_optional(key, arg, state);
}

static const struct argp_option output_options[] = {{"output", 'o', "FILE", 0, "Write to FILE", 0},
                                                    {0}};
const struct argp cph_argp_output = {output_options, parse_output, NULL, NULL, NULL, NULL, NULL};
const struct argp cph_argp_output_optional = {
    output_options, parse_output_optional, NULL, NULL, NULL, NULL, NULL};

static error_t parse_resume(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    (void)arg;
    if (key != KEY_RESUME)
        return ARGP_ERR_UNKNOWN;
    cli->resume = true;
    return 0;
}

static const struct argp_option resume_options[] = {
    {"resume", KEY_RESUME, NULL, 0,
     "Go on with the FILE.partial that this same command left when it was interrupted", 0},
    {0}};
const struct argp cph_argp_resume = {resume_options, parse_resume, NULL, NULL, NULL, NULL, NULL};

/* ---- plot ---- */

static error_t parse_plot(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    if (key != KEY_PLOT)
        return ARGP_ERR_UNKNOWN;
    cph_error error;
    cli->plot = arg;
    return cph_parsed(state, cph_plot_check_path(arg, &error), &error);
}

static const struct argp_option plot_options[] = {
    {"plot", KEY_PLOT, "FILE", 0, "Draw a picture, FILE.svg or FILE.png", 0}, {0}};
const struct argp cph_argp_plot = {plot_options, parse_plot, NULL, NULL, NULL, NULL, NULL};

/* ---- input ---- */

static error_t parse_pol(cph_cli *cli, const char *arg, const struct argp_state *state)
{
    static const struct {
        const char *name;
        char polarization;
    } table[] = {{"X", 'X'}, {"Y", 'Y'}, {"XX", 'X'}, {"YY", 'Y'}, {"I", 0}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(arg, table[i].name) == 0) {
            cli->polarization = table[i].polarization;
            return 0;
        }
    }
    if (strcmp(arg, "XY") == 0 || strcmp(arg, "YX") == 0)
        return cph_usage(state,
                         "--pol %s: cross products have no gains or image of their own; "
                         "expected X Y XX YY or I",
                         arg);
    return cph_usage(state, "--pol '%s': expected X Y XX YY or I", arg);
}

static error_t parse_input(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_ARG:
        return cph_cli_take_input(cli, arg);
    case ARGP_KEY_END:
        return cli->input == NULL ? cph_usage(state, "no input: expected a file") : 0;
    case KEY_POSITIONS:
        cli->positions = arg;
        return 0;
    case KEY_POL:
        return parse_pol(cli, arg, state);
    case KEY_IGNORE_LISTED:
        cli->ignore_listed = true;
        return 0;
    case KEY_EXCLUDE:
        return cph_parsed(state, cph_ranges_add(&cli->exclude, arg, &error), &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* What a verb always refuses is hidden: known, but to say why. */
#define INPUT_OPTIONS(pol, leaving_out)                                                            \
    {                                                                                              \
        {"positions",                                                                              \
         KEY_POSITIONS,                                                                            \
         "FILE",                                                                                   \
         0,                                                                                        \
         "Element positions: a text table of index, name, east, north, up, flag",                  \
         0},                                                                                       \
            {"pol", KEY_POL, "P", 0, "Polarisation: " pol, 0},                                     \
            {"ignore-listed",                                                                      \
             KEY_IGNORE_LISTED,                                                                    \
             NULL,                                                                                 \
             leaving_out,                                                                          \
             "Use elements that their source lists as bad",                                        \
             0},                                                                                   \
            {"exclude", KEY_EXCLUDE, "LIST", leaving_out, "Leave out elements, as in 3,17,20-25",  \
             0},                                                                                   \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

static const struct argp_option input_options[] = INPUT_OPTIONS("X Y XX YY, or I for both", 0);
static const struct argp_option one_pol_options[] = INPUT_OPTIONS("X Y XX YY", 0);
static const struct argp_option whole_options[] =
    INPUT_OPTIONS("X Y XX YY, or I for both", OPTION_HIDDEN);
const struct argp cph_argp_input = {input_options, parse_input, NULL, NULL, NULL, NULL, NULL};
const struct argp cph_argp_input_one_pol = {
    one_pol_options, parse_input, NULL, NULL, NULL, NULL, NULL};
const struct argp cph_argp_input_whole = {whole_options, parse_input, NULL, NULL, NULL, NULL, NULL};

/* ---- calibration, range ---- */

static error_t parse_calibration(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    if (key != KEY_CALIBRATION)
        return ARGP_ERR_UNKNOWN;
    cli->calibration = arg;
    return 0;
}

static const struct argp_option calibration_options[] = {
    {"calibration", KEY_CALIBRATION, "FILE", 0, "Divide by the gains of FILE", 0}, {0}};
const struct argp cph_argp_calibration = {
    calibration_options, parse_calibration, NULL, NULL, NULL, NULL, NULL};

static error_t parse_range(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    cph_error error;
    switch (key) {
    case KEY_START:
        return cph_parsed(state, cph_parse_span(CPH_TIME, arg, &cli->start, &error), &error);
    case KEY_DURATION:
        return cph_parsed(state, cph_parse_span(CPH_SPAN, arg, &cli->duration, &error), &error);
    case KEY_SKIP_BAD:
        cli->skip_bad = true;
        return 0;
    case KEY_ELEMENTS:
        return cph_parsed(state, cph_ranges_add(&cli->elements, arg, &error), &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option range_options[] = {
    {"start", KEY_START, "TIME", 0,
     "Begin this long after the capture's first sample: 10ms, or a number of samples", 0},
    {"duration", KEY_DURATION, "TIME", 0, "Take this much (default: to the end)", 0},
    {"skip-bad", KEY_SKIP_BAD, NULL, 0,
     "Leave out the times of a capture or beams that cannot be read (damaged chunks, a file that "
     "is cut off), as gaps, or dumps of a covariance; they are looked for first",
     0},
    {"elements", KEY_ELEMENTS, "LIST", 0,
     "Read only these elements of a capture, as in 3,17,20-25; the others are not there", 0},
    {0}};
const struct argp cph_argp_range = {range_options, parse_range, NULL, NULL, NULL, NULL, NULL};

static error_t parse_channels(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    cph_error error;
    return key == KEY_CHANNELS
               ? cph_parsed(state, cph_ranges_add(&cli->channels, arg, &error), &error)
               : ARGP_ERR_UNKNOWN;
}

static const struct argp_option channels_options[] = {
    {"channels", KEY_CHANNELS, "LIST", 0, "Read only these channels of a capture, as in 0-3,8", 0},
    {0}};
const struct argp cph_argp_channels = {
    channels_options, parse_channels, NULL, NULL, NULL, NULL, NULL};

bool cph_cli_has_part(const cph_cli *cli)
{
    return cli->start.value > 0.0 || cli->duration.value > 0.0 || cli->elements.count > 0 ||
           cli->channels.count > 0 || cli->skip_bad;
}

/* ---- beams ---- */

static error_t parse_beam(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    cph_error error;
    switch (key) {
    case KEY_STEER:
        return cph_parsed(state, cph_directions_add(&cli->steer, arg, NULL, &error), &error);
    case KEY_TAPER:
        cli->taper_text = arg;
        return cph_parsed(state, cph_parse_taper(arg, &cli->taper, &error), &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option beam_options[] = {
    {"steer", KEY_STEER, "DIRECTION", 0,
     "A beam toward DIRECTION: sky:AZ,EL azel:AZ,EL thetaphi:THETA,PHI uv:U,V", 0},
    {"taper", KEY_TAPER, "TAPER", 0, "Weigh the aperture, one of these (default: uniform):", 0},
    {0}};

/* Adds the list of tapers. */
static char *help_beam(int key, const char *text, void *input)
{
    char forms[HELP], *line = NULL;
    (void)input;
    if (key != KEY_TAPER)
        return text != NULL ? strdup(text) : NULL;
    cph_taper_forms(forms, sizeof forms);
    return asprintf(&line, "%s %s", text, forms) < 0 ? NULL : line;
}

const struct argp cph_argp_beam = {beam_options, parse_beam, NULL, NULL, NULL, help_beam, NULL};

/* ---- parsing ---- */

static cph_exit bind_kernels(cph_cli *cli)
{
    cph_error error = {.status = CPH_OK};
    if (cph_dispatch_init(cli->isa, &error) != CPH_OK)
        return cph_report_line(cli->name, CPH_EXIT_USAGE, "%s", error.message);
    cph_exec_openmp(&cli->exec, cli->threads);
    return CPH_EXIT_DONE;
}

cph_exit cph_cli_parse(const struct argp *argp, int argc, char **argv, void *options)
{
    cph_cli *cli = options;
    cli->name = argv[0];
    cli->argc = argc;
    cli->argv = reallocarray(NULL, (size_t)argc + 1, sizeof *argv);
    if (cli->argv == NULL)
        return cph_report_memory(cli->name);
    memcpy(cli->argv, argv, ((size_t)argc + 1) * sizeof *argv);
    cli->argp = argp;
    cli->max_memory = (size_t)default_max_memory;
    argp_err_exit_status = CPH_EXIT_USAGE;
    int next = argc;
    error_t failed = argp_parse(argp, argc, argv, 0, &next, options);
    if (failed == ENOMEM)
        return cph_report_memory(cli->name);
    if (next < argc)
        return cph_report_line(cli->name, CPH_EXIT_USAGE, "unexpected argument '%s'", argv[next]);
    return failed != 0 ? CPH_EXIT_USAGE : bind_kernels(cli);
}

void cph_cli_free(cph_cli *cli)
{
    cph_ranges_free(&cli->exclude);
    cph_ranges_free(&cli->elements);
    cph_ranges_free(&cli->channels);
    cph_directions_free(&cli->steer);
    cph_directions_free(&cli->method.nulls);
    cph_beam_list_free(&cli->beam_list);
    free(cli->argv);
}
