/* SPDX-License-Identifier: MIT */
/* cophase weights: beam weights toward directions, conventional or from a covariance. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/adapt.h"
#include "cli/described.h"
#include "cli/flagged.h"
#include "cli/gain_path.h"
#include "cli/geometry.h"
#include "cli/history.h"
#include "cli/quantise.h"
#include "cli/repaired.h"
#include "cli/steering.h"
#include "cli/synthesise.h"
#include "cli/text_output.h"
#include "cli/verbs.h"
#include "cli/weights_csv.h"
#include "kernels/core/fail.h"

typedef struct options {
    cph_cli cli;
    bool has_array, described;
    cph_array_spec spec;
    cph_array_file file; /* of an array described in text; else empty */
    double freq_hz;      /* NaN: not given */
    cph_states_options states;
    cph_synthesis_options mask;
    const char *csv; /* --csv or NULL */
} options;

/* What is written, and what is said of it. */
typedef struct result {
    cph_weights weights;
    cph_nulls nulls;
    cph_adapted adapted;
    cph_synthesised synthesised; /* of --mask; else empty */
    cph_quantised quantised;     /* of --bits and --states; else empty */
    unsigned char *flag;         /* [channels][N] */
} result;

enum { KEY_ARRAY = CPH_KEY_VERB, KEY_FREQ, KEY_CSV };

static bool is_generated(const options *o)
{
    return o->has_array && o->spec.kind != CPH_ARRAY_FILE;
}

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* An array and nothing else. */
static bool is_bare(const options *o)
{
    return is_generated(o) || o->described;
}

static error_t check_sources(const options *o, const struct argp_state *state)
{
    const cph_cli *cli = &o->cli;
    if (o->cli.steer.count == 0 && cli->beam_list.path == NULL)
        return cph_usage(state, "no direction: expected --steer DIRECTION or --beam-list FILE");
    if (is_bare(o) && cli->method.kind != CPH_METHOD_CONVENTIONAL)
        return cph_usage(state,
                         "--method %s needs data: expected a capture or covariance "
                         "file, not --array %s",
                         cph_method_name(cli->method.kind), cli->input);
    if (cli->method.kind == CPH_METHOD_CONVENTIONAL && (cli->start_s > 0 || cli->duration_s > 0))
        return cph_usage(state, "--start and --duration go with --method mvdr or lcmv");
    if (same(o->states.codes, cli->output))
        return cph_usage(state, "--codes and -o name the same file");
    if (same(o->csv, cli->output) || same(o->csv, o->states.codes))
        return cph_usage(state, "--csv names the file of -o or --codes");
    if (o->states.null_inr > 0.0 && cli->method.nulls.count == 0)
        return cph_usage(state, "--null-inr goes with --null");
    if (is_bare(o) && isnan(o->freq_hz))
        return cph_usage(state, "%s has no frequency of its own: expected --freq", cli->input);
    if (!is_bare(o) && !isnan(o->freq_hz))
        return cph_usage(
            state, "--freq goes with a generated array or a text of positions, and %s is neither",
            cli->input);
    if (o->described && cli->positions != NULL)
        return cph_usage(state, "--positions goes with a file of data; %s has its own", cli->input);
    if (is_generated(o) && (cli->positions != NULL || cli->polarization != 0 ||
                            cli->ignore_listed || cli->exclude.count > 0))
        return cph_usage(state, "--positions, --pol, --ignore-listed and --exclude go with a file");
    return cph_synthesis_check(&o->mask, cli, state);
}

/* The array stands where an input would, so that there is one of them. */
static error_t parse_array(options *o, char *arg, const struct argp_state *state)
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
    options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        cph_cli_children(state, &o->cli);
        state->child_inputs[0] = &o->states;
        state->child_inputs[1] = &o->mask;
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
    {&cph_argp_synthesis, 0, NULL, 0}, /* first: with their own */
    {&cph_argp_input, 0, NULL, 0},
    {&cph_argp_calibration, 0, NULL, 0},
    {&cph_argp_path, 0, NULL, 0},
    {&cph_argp_beam, 0, NULL, 0},
    {&cph_argp_beam_list, 0, NULL, 0},
    {&cph_argp_method, 0, NULL, 0},
    {&cph_argp_range, 0, NULL, 0},
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

/* ---- results ---- */

static bool is_adaptive(const options *o)
{
    return o->cli.method.kind != CPH_METHOD_CONVENTIONAL;
}

/* Depths of one beam's nulls, of those [beam][null] that are given. */
static json_t *list_depths(const cph_nulls *nulls, const double *worst, size_t beam)
{
    json_t *depths = json_array();
    for (size_t i = 0; i < nulls->count; i++)
        cph_json_append(depths, cph_json_number(10.0 * log10(worst[beam * nulls->count + i])));
    return depths;
}

static json_t *list_beams(const options *o, const result *made)
{
    const cph_weights *weights = &made->weights;
    json_t *beams = json_array();
    for (size_t b = 0; b < weights->beams; b++) {
        json_t *beam = json_object();
        cph_json_set_text(beam, "name", weights->name[b]);
        cph_json_set_direction(beam, &weights->array, weights->direction + 3 * b);
        if (o->cli.steer.item[b].taper != NULL)
            cph_json_set_text(beam, "taper", o->cli.steer.item[b].taper->text);
        cph_json_set(beam, "null_db", list_depths(&made->nulls, made->nulls.worst, b));
        if (made->nulls.planned != NULL)
            cph_json_set(beam, "null_planned_db",
                         list_depths(&made->nulls, made->nulls.planned, b));
        if (is_adaptive(o))
            cph_adapted_json_beam(&o->cli.method, &made->adapted, b, beam);
        cph_repaired_json(&made->nulls, b, beam);
        cph_json_append(beams, beam);
    }
    return beams;
}

static json_t *list_nulls(const options *o, const result *made)
{
    json_t *nulls = json_array();
    for (size_t i = 0; i < made->nulls.count; i++) {
        json_t *null = json_object();
        cph_json_set_text(null, "name", o->cli.method.nulls.item[i].text);
        cph_json_set_direction(null, &made->weights.array, made->nulls.centre + 3 * i);
        cph_json_append(nulls, null);
    }
    return nulls;
}

static cph_exit print_json(const options *o, const result *made, json_t *flagged)
{
    const cph_weights *weights = &made->weights;
    const cph_method *method = &o->cli.method;
    json_t *object = json_object(), *freq = json_array();
    for (size_t c = 0; c < weights->channels; c++)
        cph_json_append(freq, cph_json_number(weights->channel_freq_hz[c]));
    cph_json_set_text(object, "frame", cph_frame_of(&weights->array));
    cph_json_set_count(object, "elements", weights->array.elements);
    cph_json_set_count(object, "used", weights->array.elements - json_array_size(flagged));
    cph_json_set(object, "flagged", flagged);
    cph_json_set_text(object, "method", cph_method_name(method->kind));
    cph_json_set_text(object, "taper",
                      o->cli.taper_text != NULL ? o->cli.taper_text
                                                : cph_taper_name(o->cli.taper.kind));
    if (is_adaptive(o))
        cph_adapted_json(method, &made->adapted, object);
    cph_json_set_text(object, "path", cph_gain_path_name(o->cli.path));
    cph_json_set_number(object, "null_width_deg", method->null_width * 180.0 / M_PI);
    cph_json_set(object, "nulls", list_nulls(o, made));
    cph_json_set(object, "channel_freq_hz", freq);
    cph_json_set(object, "beams", list_beams(o, made));
    if (cph_synthesis_asked(&o->mask))
        cph_synthesised_json(&o->mask, &made->synthesised, &weights->array, object);
    if (cph_states_asked(&o->states))
        cph_quantised_json(&o->states, &made->quantised, &weights->array, object);
    cph_json_set_text(object, "output", o->cli.output);
    return cph_json_print(&o->cli, object);
}

static void print_beam(const options *o, const result *made, size_t b)
{
    const double *u = made->weights.direction + 3 * b;
    printf("beam %zu  %-24s  u %+.4f  v %+.4f\n", b, made->weights.name[b], u[0], u[1]);
    for (size_t i = 0; i < made->nulls.count; i++)
        printf("  null  %-24s  %.1f dB\n", o->cli.method.nulls.item[i].text,
               10.0 * log10(made->nulls.worst[b * made->nulls.count + i]));
    if (is_adaptive(o))
        cph_adapted_print_beam(&o->cli.method, &made->adapted, b);
    cph_repaired_print(&made->nulls, b);
}

static cph_exit print_result(const options *o, const result *made)
{
    json_t *flagged = cph_flagged_weights(&made->weights, made->flag);
    if (o->cli.json)
        return print_json(o, made, flagged);
    printf("%zu elements (%zu flagged), %zu channels\n", made->weights.array.elements,
           json_array_size(flagged), made->weights.channels);
    cph_flagged_print(flagged);
    json_decref(flagged);
    if (is_adaptive(o))
        cph_adapted_print(&o->cli.method, &made->adapted);
    for (size_t b = 0; b < made->weights.beams; b++)
        print_beam(o, made, b);
    if (cph_synthesis_asked(&o->mask))
        cph_synthesised_print(&o->mask, &made->synthesised);
    if (cph_states_asked(&o->states))
        cph_quantised_print(&o->states, &o->cli.method.nulls, &made->quantised);
    printf("%s\n", o->cli.output);
    return cph_stdout_check(&o->cli);
}

/* paths [count + 5]: room for the tables of states, of beams, of a mask, of an element, and the
 * end. */
static cph_exit write_result(const options *o, const char **paths, size_t count, const result *made)
{
    cph_history history;
    cph_error error = {.status = CPH_OK};
    if (cph_states_path(&o->states) != NULL)
        paths[count++] = cph_states_path(&o->states);
    if (o->cli.beam_list.path != NULL)
        paths[count++] = o->cli.beam_list.path;
    count += cph_synthesis_paths(&o->mask, paths + count);
    paths[count] = NULL;
    if (o->csv != NULL && cph_text_check(o->csv, paths, &error) != CPH_OK)
        return cph_report(o->cli.name, &error);
    cph_exit code = cph_history_make(&o->cli, paths, count, &history);
    if (code != CPH_EXIT_DONE)
        return code;
    cph_status status = CPH_OK;
    if (o->states.codes != NULL)
        status = cph_quantised_codes(o->states.codes, paths, &made->quantised, &made->weights.array,
                                     &error);
    if (status == CPH_OK && o->csv != NULL)
        status = cph_weights_csv(o->csv, paths, &made->weights, &error);
    if (status == CPH_OK)
        status = cph_weights_write(o->cli.output, &made->weights, &history.options, &error);
    if (status != CPH_OK)
        code = cph_report(o->cli.name, &error);
    cph_history_free(&history);
    if (code == CPH_EXIT_DONE)
        code = print_result(o, made);
    return code == CPH_EXIT_DONE
               ? cph_synthesised_verdict(o->cli.name, &o->mask, &made->synthesised)
               : code;
}

/* ---- the verb ---- */

static void result_free(result *made)
{
    cph_weights_free(&made->weights);
    cph_nulls_free(&made->nulls);
    cph_adapted_free(&made->adapted);
    cph_quantised_free(&made->quantised);
    free(made->synthesised.result);
    free(made->flag);
}

static cph_exit make(const options *o, const cph_input *input, result *made)
{
    const cph_selection *selection = &input->selection[0];
    if (input->selections != 1)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "%s has two polarisations; expected --pol X or --pol Y",
                               o->cli.input);
    made->flag = reallocarray(NULL, input->header->channels, selection->elements);
    if (made->flag == NULL)
        return cph_report_memory(o->cli.name);
    return is_adaptive(o) ? cph_adapt_input(input, selection, &made->weights, &made->nulls,
                                            &made->adapted, made->flag)
                          : cph_steering_input(input, selection, &o->cli.steer, &o->cli.taper,
                                               &made->weights, &made->nulls, made->flag);
}

/* Everything that was read but the tables of states and beams. */
static size_t list_paths(const options *o, const cph_input *input, const char *paths[4])
{
    if (!is_bare(o))
        return cph_input_paths(input, paths);
    size_t count = cph_described_paths(&o->file, paths);
    if (o->cli.calibration != NULL)
        paths[count++] = o->cli.calibration;
    return count;
}

static cph_exit run(const options *o)
{
    const unsigned kinds =
        CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | (is_adaptive(o) ? 0U : CPH_TAKES_CALIBRATION);
    cph_input input;
    result made = {0};
    cph_exit code =
        is_bare(o)
            ? cph_input_open_array(&o->cli, &o->spec, o->freq_hz, &input)
            : cph_input_open(&o->cli, kinds | CPH_NEEDS_POSITIONS | CPH_NEEDS_FREQUENCY, &input);
    if (code != CPH_EXIT_DONE)
        return code;
    code = make(o, &input, &made);
    if (code == CPH_EXIT_DONE && cph_synthesis_asked(&o->mask))
        code = cph_synthesise_input(&o->mask, &input, &input.selection[0], made.flag, &made.weights,
                                    &made.synthesised);
    if (code == CPH_EXIT_DONE && cph_states_asked(&o->states))
        code = cph_quantise_input(&o->states, &input, &input.selection[0], &made.weights,
                                  &made.nulls, &made.quantised);
    if (code == CPH_EXIT_DONE) {
        const char *paths[9];
        const size_t count = list_paths(o, &input, paths);
        code = write_result(o, paths, count, &made);
    }
    result_free(&made);
    cph_input_close(&input);
    return code;
}

/* Reads what a description says; the file in a folder stands for the folder from then on. */
static cph_exit read_described(options *o)
{
    cph_error error = {.status = CPH_OK};
    const char *paths[3];
    if (!o->described)
        return CPH_EXIT_DONE;
    if (cph_described_read(&o->spec, &o->file, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    if (cph_gains_described(&o->file, &o->cli, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    o->cli.input = o->file.path;
    return cph_output_check(&o->cli, paths, cph_described_paths(&o->file, paths));
}

int cph_verb_weights(int argc, char **argv)
{
    options o = {.freq_hz = NAN};
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    const char *tables[3] = {cph_states_path(&o.states)};
    const size_t states = tables[0] != NULL;
    o.states.exec = &o.cli.exec;
    if (code == CPH_EXIT_DONE)
        code = read_described(&o);
    if (code == CPH_EXIT_DONE)
        code = cph_output_check(&o.cli, tables,
                                states + cph_synthesis_paths(&o.mask, tables + states));
    if (code == CPH_EXIT_DONE)
        code = cph_beam_list_load(&o.cli);
    if (code == CPH_EXIT_DONE)
        code = run(&o);
    cph_array_file_free(&o.file);
    cph_cli_free(&o.cli);
    return (int)code;
}
