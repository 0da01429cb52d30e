/* SPDX-License-Identifier: MIT */
/* cophase weights: conventional beam weights toward directions. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/flagged.h"
#include "cli/geometry.h"
#include "cli/history.h"
#include "cli/quantise.h"
#include "cli/steering.h"
#include "cli/verbs.h"
#include "kernels/core/fail.h"

typedef struct options {
    cph_cli cli;
    bool has_array;
    cph_array_spec spec;
    double freq_hz; /* NaN: not given */
    cph_states_options states;
} options;

enum { KEY_ARRAY = CPH_KEY_VERB, KEY_FREQ };

static bool is_generated(const options *o)
{
    return o->has_array && o->spec.kind != CPH_ARRAY_FILE;
}

static error_t check_sources(const options *o, const struct argp_state *state)
{
    const cph_cli *cli = &o->cli;
    if (o->cli.steer.count == 0)
        return cph_usage(state, "no direction: expected --steer DIRECTION");
    if (o->states.codes != NULL && cli->output != NULL && strcmp(o->states.codes, cli->output) == 0)
        return cph_usage(state, "--codes and -o name the same file");
    if (is_generated(o) && isnan(o->freq_hz))
        return cph_usage(state, "%s has no frequency of its own: expected --freq", cli->input);
    if (!is_generated(o) && !isnan(o->freq_hz))
        return cph_usage(state, "--freq goes with a generated array; %s has its own", cli->input);
    if (is_generated(o) && (cli->positions != NULL || cli->polarization != 0 ||
                            cli->ignore_listed || cli->exclude.count > 0))
        return cph_usage(state, "--positions, --pol, --ignore-listed and --exclude go with a file");
    return 0;
}

/* The array stands where an input would, so that there is one of them. */
static error_t parse_array(options *o, char *arg, const struct argp_state *state)
{
    cph_error error;
    if (o->cli.input != NULL)
        return cph_usage(state, "expected either INPUT or one --array");
    o->cli.input = arg;
    o->has_array = true;
    return cph_parsed(state, cph_parse_array(arg, &o->spec, &error), &error);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        cph_cli_children(state, &o->cli);
        state->child_inputs[0] = &o->states;
        return 0;
    case KEY_ARRAY:
        return parse_array(o, arg, state);
    case KEY_FREQ:
        return cph_parsed(state, cph_parse_quantity(CPH_FREQUENCY, arg, &o->freq_hz, &error),
                          &error);
    case ARGP_KEY_END:
        return check_sources(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"array", KEY_ARRAY, "ARRAY", 0,
     "Instead of INPUT: ula:N,d ura:AxB,d tri:N,d disc:N,d (d as 0.5wl or 12.8mm), or a file", 0},
    {"freq", KEY_FREQ, "HZ", 0, "Frequency of a generated array's weights", 0},
    {0}};
static const struct argp_child children[] = {
    {&cph_argp_states, 0, NULL, 0}, /* first: has options of its own */
    {&cph_argp_input, 0, NULL, 0},  {&cph_argp_calibration, 0, NULL, 0},
    {&cph_argp_beam, 0, NULL, 0},   {&cph_argp_output, 0, NULL, 0},
    {&cph_argp_common, 0, NULL, 0}, {0}};
static const struct argp argp = {
    own,
    parse,
    "INPUT\n--array ARRAY --freq HZ",
    "Makes conventional weights w = t a / (g* sum|t|): a beam of unit response for every "
    "--steer, at each channel of INPUT (any file with an array and frequencies). A beam is "
    "y = w^H x.\v"
    "Examples:\n"
    "  cophase weights cap.h5 --steer azel:20,10 --calibration cal.h5 -o w.h5\n"
    "  cophase weights --array disc:1280,12.8mm --freq 11.7e9 --steer uv:0.1,0 \\\n"
    "    --steer uv:0.2,0 --taper taylor:nbar=4,sll=-30 -o w.h5 --json\n"
    "  cophase weights --array disc:1280,12.8mm --freq 11.7e9 --bits 6 \\\n"
    "    --steer thetaphi:40,0 --null thetaphi:46.8,0 --null thetaphi:10,60 -o w.h5",
    children,
    NULL,
    NULL};

/* ---- results ---- */

static cph_exit print_json(const options *o, const cph_weights *weights, json_t *flagged,
                           const cph_quantised *quantised)
{
    json_t *object = json_object(), *beams = json_array(), *freq = json_array();
    for (size_t b = 0; b < weights->beams; b++) {
        json_t *beam = json_object();
        cph_json_set_text(beam, "name", weights->name[b]);
        cph_json_set_direction(beam, &weights->array, weights->direction + 3 * b);
        cph_json_append(beams, beam);
    }
    for (size_t c = 0; c < weights->channels; c++)
        cph_json_append(freq, cph_json_number(weights->channel_freq_hz[c]));
    cph_json_set_text(object, "frame", cph_frame_of(&weights->array));
    cph_json_set_count(object, "elements", weights->array.elements);
    cph_json_set_count(object, "used", weights->array.elements - json_array_size(flagged));
    cph_json_set(object, "flagged", flagged);
    cph_json_set_text(object, "taper",
                      o->cli.taper_text != NULL ? o->cli.taper_text
                                                : cph_taper_name(o->cli.taper.kind));
    cph_json_set(object, "channel_freq_hz", freq);
    cph_json_set(object, "beams", beams);
    if (cph_states_asked(&o->states))
        cph_quantised_json(&o->states, quantised, &weights->array, object);
    cph_json_set_text(object, "output", o->cli.output);
    return cph_json_print(&o->cli, object);
}

static cph_exit print_result(const options *o, const cph_weights *weights,
                             const unsigned char *flag, const cph_quantised *quantised)
{
    json_t *flagged = cph_flagged_weights(weights, flag);
    if (o->cli.json)
        return print_json(o, weights, flagged, quantised);
    printf("%zu elements (%zu flagged), %zu channels\n", weights->array.elements,
           json_array_size(flagged), weights->channels);
    cph_flagged_print(flagged);
    json_decref(flagged);
    for (size_t b = 0; b < weights->beams; b++) {
        const double *u = weights->direction + 3 * b;
        printf("beam %zu  %-24s  u %+.4f  v %+.4f\n", b, weights->name[b], u[0], u[1]);
    }
    if (cph_states_asked(&o->states))
        cph_quantised_print(&o->states, quantised);
    printf("%s\n", o->cli.output);
    return cph_stdout_check(&o->cli);
}

/* What a run makes. */
typedef struct product {
    cph_weights weights;
    cph_quantised quantised; /* of --bits and --states; else empty */
} product;

static void product_free(product *made)
{
    cph_weights_free(&made->weights);
    cph_quantised_free(&made->quantised);
}

/* paths [count + 2]: room for the table of states and the end. */
static cph_exit write_product(const options *o, const char **paths, size_t count,
                              const product *made, const unsigned char *flag)
{
    cph_history history;
    cph_error error = {.status = CPH_OK};
    if (cph_states_path(&o->states) != NULL)
        paths[count++] = cph_states_path(&o->states);
    paths[count] = NULL;
    cph_exit code = cph_history_make(&o->cli, paths, count, &history);
    if (code != CPH_EXIT_DONE)
        return code;
    cph_status status = CPH_OK;
    if (o->states.codes != NULL)
        status = cph_quantised_codes(o->states.codes, paths, &made->quantised, &made->weights.array,
                                     &error);
    if (status == CPH_OK)
        status = cph_weights_write(o->cli.output, &made->weights, &history.options, &error);
    if (status != CPH_OK)
        code = cph_report(o->cli.name, &error);
    cph_history_free(&history);
    return code == CPH_EXIT_DONE ? print_result(o, &made->weights, flag, &made->quantised) : code;
}

/* ---- the verb ---- */

static cph_exit run_file(const options *o)
{
    const unsigned kinds = CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_TAKES_CALIBRATION;
    cph_input input;
    product made = {0};
    cph_exit code =
        cph_input_open(&o->cli, kinds | CPH_NEEDS_POSITIONS | CPH_NEEDS_FREQUENCY, &input);
    if (code != CPH_EXIT_DONE)
        return code;
    const cph_selection *selection = &input.selection[0];
    unsigned char *flag = reallocarray(NULL, input.header->channels, selection->elements);
    if (flag == NULL)
        code = cph_report_memory(o->cli.name);
    else if (input.selections != 1)
        code =
            cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                            "%s has two polarisations; expected --pol X or --pol Y", o->cli.input);
    else
        code = cph_steering_input(&input, selection, &o->cli.steer, &o->cli.taper, &made.weights,
                                  flag);
    if (code == CPH_EXIT_DONE && cph_states_asked(&o->states))
        code = cph_quantise_input(&o->states, &input, selection, &made.weights, &made.quantised);
    if (code == CPH_EXIT_DONE) {
        const char *paths[5];
        const size_t count = cph_input_paths(&input, paths);
        code = write_product(o, paths, count, &made, flag);
    }
    product_free(&made);
    free(flag);
    cph_input_close(&input);
    return code;
}

/* One channel at --freq. */
static cph_status steer_array(const options *o, const cph_array *array, unsigned char *flag,
                              product *made, cph_error *error)
{
    double *position = calloc(array->elements, 3 * sizeof *position);
    cph_c64 *gain = calloc(array->elements, sizeof *gain);
    cph_status status = position == NULL || gain == NULL || flag == NULL
                            ? cph_fail(error, CPH_ERR_MEMORY, "out of memory")
                            : cph_array_positions(array, position);
    if (status == CPH_OK)
        status = cph_steering_gains(o->cli.calibration, array, o->freq_hz, gain, flag, error);
    const cph_steering steering = {.array = array,
                                   .position = position,
                                   .directions = &o->cli.steer,
                                   .taper = &o->cli.taper,
                                   .channels = 1,
                                   .freq_hz = &o->freq_hz,
                                   .gain = gain,
                                   .flag = flag};
    if (status == CPH_OK)
        status = cph_steering_weights(&steering, &made->weights, error);
    if (status == CPH_OK && cph_states_asked(&o->states))
        status = cph_quantise(&o->states, position, gain, &made->weights, &made->quantised, error);
    free(position);
    free(gain);
    return status;
}

static cph_exit run_array(const options *o)
{
    const char *paths[3] = {o->cli.calibration};
    cph_exit code = cph_output_check(&o->cli, paths, 1);
    cph_error error = {.status = CPH_OK};
    cph_array array = {0};
    product made = {0};
    unsigned char *flag = NULL;
    if (code != CPH_EXIT_DONE)
        return code;
    cph_status status = cph_array_build(&o->spec, o->freq_hz, &array, &error);
    if (status == CPH_OK) {
        flag = calloc(array.elements, 1);
        status = steer_array(o, &array, flag, &made, &error);
    }
    code = status == CPH_OK ? write_product(o, paths, paths[0] != NULL, &made, flag)
                            : cph_report_input(o->cli.name, &error);
    product_free(&made);
    free(flag);
    cph_array_free(&array);
    return code;
}

int cph_verb_weights(int argc, char **argv)
{
    options o = {.freq_hz = NAN};
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    const char *const table = cph_states_path(&o.states);
    if (code == CPH_EXIT_DONE && table != NULL)
        code = cph_output_check(&o.cli, &table, 1);
    if (code == CPH_EXIT_DONE)
        code = is_generated(&o) ? run_array(&o) : run_file(&o);
    cph_states_options_free(&o.states);
    cph_cli_free(&o.cli);
    return (int)code;
}
