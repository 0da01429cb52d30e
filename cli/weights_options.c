/* SPDX-License-Identifier: MIT */
#include "cli/weights_options.h"

#include <math.h>

#include "cli/described.h"

enum { KEY_ARRAY = CPH_KEY_VERB, KEY_FREQ, KEY_CSV };

static bool is_generated(const cph_weights_options *o)
{
    return o->has_array && o->spec.kind != CPH_ARRAY_FILE;
}

bool cph_weights_bare(const cph_weights_options *o)
{
    return is_generated(o) || o->described;
}

bool cph_weights_adaptive(const cph_weights_options *o)
{
    return o->cli.method.kind != CPH_METHOD_CONVENTIONAL;
}

static error_t check_sources(const cph_weights_options *o, const struct argp_state *state)
{
    const cph_cli *cli = &o->cli;
    if (o->cli.steer.count == 0 && cli->beam_list.path == NULL)
        return cph_usage(state, "no direction: expected --steer DIRECTION or --beam-list FILE");
    if (cph_weights_bare(o) && cli->method.kind != CPH_METHOD_CONVENTIONAL)
        return cph_usage(state,
                         "--method %s needs data: expected a capture or covariance "
                         "file, not --array %s",
                         cph_method_name(cli->method.kind), cli->input);
    if (o->states.null_inr > 0.0 && cli->method.nulls.count == 0)
        return cph_usage(state, "--null-inr goes with --null");
    if (cph_weights_bare(o) && isnan(o->freq_hz))
        return cph_usage(state, "%s has no frequency of its own: expected --freq", cli->input);
    if (!cph_weights_bare(o) && !isnan(o->freq_hz))
        return cph_usage(
            state, "--freq goes with a generated array or a text of positions, and %s is neither",
            cli->input);
    if (o->described && cli->positions != NULL)
        return cph_usage(state, "--positions goes with a file of data; %s has its own", cli->input);
    if (is_generated(o) && (cli->positions != NULL || cli->polarization != 0 ||
                            cli->ignore_listed || cli->exclude.count > 0))
        return cph_usage(state, "--positions, --pol, --ignore-listed and --exclude go with a file");
    if (cph_synthesis_asked(&o->mask) && cph_states_asked(&o->states))
        return cph_usage(state, "expected either --mask or states: the nearest states do not keep "
                                "to it, pattern --mask tells what they have");
    const error_t refused =
        cph_synthesis_check(&o->mask, cli, cph_quieten_asked(&o->quieten), state);
    return refused == 0 ? cph_quieten_check(&o->quieten, &o->mask, cli, state) : refused;
}

/* The array stands where an input would, so that there is one of them. */
static error_t parse_array(cph_weights_options *o, char *arg, const struct argp_state *state)
{
    cph_error error;
    if (o->cli.input != NULL)
        return cph_usage(state, "expected either INPUT or one --array");
    o->cli.input = arg;
    o->has_array = true;
    const cph_status status = cph_parse_array(arg, &o->spec, &error);
    o->described = status == CPH_OK && cph_array_is_described(&o->spec);
    return cph_parsed(state, status, &error);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_weights_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        cph_cli_children(state, &o->cli);
        state->child_inputs[0] = &o->states;
        state->child_inputs[1] = &o->mask;
        state->child_inputs[2] = &o->quieten;
        return 0;
    case KEY_ARRAY:
        return parse_array(o, arg, state);
    case KEY_FREQ:
        return cph_parsed(state, cph_parse_quantity(CPH_FREQUENCY, arg, &o->freq_hz, &error),
                          &error);
    case KEY_CSV:
        o->csv = arg;
        return 0;
    case ARGP_KEY_END:
        return check_sources(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"array", KEY_ARRAY, "ARRAY", 0, "Instead of INPUT: " CPH_ARRAY_FORMS, 0},
    {"freq", KEY_FREQ, "HZ", 0, "Frequency of a generated array's weights", 0},
    {"csv", KEY_CSV, "FILE", 0,
     "Also write a table of the weights w and of the coefficients conj(w), a line an element", 0},
    {0}};
static const struct argp_child children[] = {
    {&cph_argp_states, 0, NULL, 0},
    {&cph_argp_synthesis, 0, NULL, 0},
    {&cph_argp_quieten, 0, NULL, 0}, /* first: with their own */
    {&cph_argp_input, 0, NULL, 0},
    {&cph_argp_calibration, 0, NULL, 0},
    {&cph_argp_path, 0, NULL, 0},
    {&cph_argp_beam, 0, NULL, 0},
    {&cph_argp_beam_list, 0, NULL, 0},
    {&cph_argp_method, 0, NULL, 0},
    {&cph_argp_range, 0, NULL, 0},
    {&cph_argp_channels, 0, NULL, 0},
    {&cph_argp_output, 0, NULL, 0},
    {&cph_argp_common, 0, NULL, 0},
    {0}};
static const struct argp argp = {
    own,
    parse,
    "INPUT\n--array ARRAY --freq HZ",
    "Makes beams of unit response for every --steer, at each channel of INPUT: conventional "
    "weights w = t a / (g* sum|t|) from any file with an array and frequencies, with nulls where "
    "asked for; adaptive ones from the covariance of a capture (of all of it, or of --start and "
    "--duration) or of a covariance file, or following a capture. A beam is y = w^H x.\v"
    "Examples:\n"
    "  cophase weights cap.h5 --steer azel:20,10 --calibration cal.h5 -o w.h5\n"
    "  cophase weights --array disc:1280,12.8mm --freq 11.7e9 --steer uv:0.1,0 \\\n"
    "    --steer uv:0.2,0 --taper taylor:nbar=4,sll=-30 -o w.h5 --json\n"
    "  cophase weights cap.h5 --beam-list beams.csv -o w.h5 --csv w.csv\n"
    "  cophase weights cap.h5 --steer azel:20,10 --null azel:-30,5 \\\n"
    "    --null-width 2 -o w.h5\n"
    "  cophase weights cov.h5 --steer azel:20,10 --method mvdr --loading oas \\\n"
    "    -o w.h5\n"
    "  cophase weights --array disc:1280,12.8mm --freq 11.7e9 --element cos \\\n"
    "    --steer thetaphi:40,0 --mask 25.209 --mask-from 7 -o w.h5\n"
    "  cophase weights --array disc:1280,12.8mm --freq 11.7e9 --bits 6 \\\n"
    "    --steer thetaphi:40,0 --null thetaphi:46.8,0 --null thetaphi:10,60 -o w.h5",
    children,
    NULL,
    NULL};

cph_exit cph_weights_parse(int argc, char **argv, cph_weights_options *options)
{
    *options = (cph_weights_options){.freq_hz = NAN};
    const cph_exit code = cph_cli_parse(&argp, argc, argv, options);
    options->states.exec = &options->cli.exec;
    if (cph_quieten_asked(&options->quieten))
        options->cli.path = CPH_GAIN_TRANSMIT;
    return code;
}
