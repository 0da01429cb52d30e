/* SPDX-License-Identifier: MIT */
/* cophase beamform: a capture and weights, or directions, to beams. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/beamer.h"
#include "cli/flagged.h"
#include "cli/geometry.h"
#include "cli/history.h"
#include "cli/input.h"
#include "cli/steering.h"
#include "cli/verbs.h"
#include "cli/wideband.h"

typedef struct options {
    cph_cli cli;
    const char *weights;
    unsigned weight_bits;
    size_t wideband;    /* channels; 0: not asked for */
    cph_wideband *wide; /* then */
} options;

enum { KEY_WEIGHTS = CPH_KEY_VERB, KEY_WEIGHT_BITS, KEY_WIDEBAND };

static error_t parse_bits(const char *text, const struct argp_state *state, unsigned *bits)
{
    static const struct choice {
        const char *text;
        unsigned bits;
    } choices[] = {{"8", 8}, {"16", 16}, {"32", 32}};
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        if (strcmp(text, choices[i].text) == 0) {
            *bits = choices[i].bits;
            return 0;
        }
    return cph_usage(state, "--weight-bits %s: expected 8, 16 or 32", text);
}

static error_t check_wideband(const options *o, const struct argp_state *state)
{
    if (o->wideband % 2 != 0)
        return cph_usage(state, "--wideband %zu: expected an even number", o->wideband);
    if (o->wideband > 0 &&
        (o->weight_bits > 0 || o->cli.resume || o->cli.channels.count > 0 || o->cli.follow))
        return cph_usage(state, "--wideband goes with none of --weight-bits, --channels, --resume "
                                "and --follow");
    return 0;
}

/* Weights of a file name their inputs; directions choose and calibrate them here. */
static error_t check_sources(const options *o, const struct argp_state *state)
{
    if ((o->weights != NULL) == (o->cli.steer.count > 0 || o->cli.beam_list.path != NULL))
        return cph_usage(state, "expected either --weights FILE or --steer DIRECTION, or "
                                "--beam-list FILE");
    if (o->weights != NULL && (o->cli.calibration != NULL || o->cli.taper_text != NULL ||
                               o->cli.exclude.count > 0 || o->cli.polarization != 0))
        return cph_usage(state, "--weights FILE decides on inputs, calibration and taper: "
                                "--calibration, --taper, --exclude and --pol go with --steer");
    return check_wideband(o, state);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case KEY_WEIGHTS:
        o->weights = arg;
        return 0;
    case KEY_WEIGHT_BITS:
        return parse_bits(arg, state, &o->weight_bits);
    case KEY_WIDEBAND:
        return cph_parsed(
            state, cph_parse_count(arg, 2, CPH_CHANNELIZE_CHANNELS_MAX, &o->wideband, &error),
            &error);
    case ARGP_KEY_END:
        return check_sources(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"weights", KEY_WEIGHTS, "FILE", 0, "Use the weights of FILE", 0},
    {"weight-bits", KEY_WEIGHT_BITS, "BITS", 0,
     "Precision of weights beside integer samples: 8, 16 (default) or 32, float", 0},
    {"wideband", KEY_WIDEBAND, "N", 0,
     "Beams of the whole band by true time delays: weights of N channels each, made one signal "
     "again",
     0},
    {0}};
static const struct argp_child children[] = {{&cph_argp_input, 0, NULL, 0},
                                             {&cph_argp_calibration, 0, NULL, 0},
                                             {&cph_argp_beam, 0, NULL, 0},
                                             {&cph_argp_beam_list, 0, NULL, 0},
                                             {&cph_argp_range, 0, NULL, 0},
                                             {&cph_argp_follow, 0, NULL, 0},
                                             {&cph_argp_channels, 0, NULL, 0},
                                             {&cph_argp_output, 0, NULL, 0},
                                             {&cph_argp_resume, 0, NULL, 0},
                                             {&cph_argp_common, 0, NULL, 0},
                                             {0}};
static const struct argp argp = {
    own,
    parse,
    "CAPTURE",
    "Forms beams y = w^H x of a capture, as a stream: those of a weights file, or one for every "
    "--steer and every line of --beam-list.\v"
    "Examples:\n"
    "  cophase beamform cap.h5 --steer azel:20,10 --calibration cal.h5 -o beams.h5\n"
    "  cophase beamform cap.h5 --weights w.h5 --start 10ms -o beams.h5 --json\n"
    "  cophase beamform cap.h5 --steer azel:20,10 --wideband 64 -o wide.h5",
    children,
    NULL,
    NULL};

/* ---- weights ---- */

static cph_exit read_weights(const options *o, cph_weights *weights)
{
    cph_error error = {.status = CPH_OK};
    return cph_weights_read(o->weights, weights, &error) == CPH_OK
               ? CPH_EXIT_DONE
               : cph_report_input(o->cli.name, &error);
}

static bool apart(const cph_array *a, size_t i, const cph_array *b, size_t j)
{
    const double *p = a->element[i].position, *q = b->element[j].position;
    const double limit_m = 1e-3;
    return a->has_positions && b->has_positions && a->frame == b->frame &&
           hypot(hypot(p[0] - q[0], p[1] - q[1]), p[2] - q[2]) > limit_m;
}

/* index[k]: the input of the capture that element k of the weights means. */
static cph_exit match_inputs(const options *o, const cph_input *input, const cph_weights *weights,
                             size_t *index)
{
    const cph_array *have = &input->header->array;
    for (size_t k = 0; k < weights->array.elements; k++) {
        const cph_element *wanted = &weights->array.element[k];
        index[k] = cph_array_find(have, wanted);
        if (index[k] == have->elements)
            return cph_report_line(
                o->cli.name, CPH_EXIT_INPUT,
                "%s: weights of element %u%.1s, which %s does not have", o->weights, wanted->number,
                wanted->polarization != 0 ? &wanted->polarization : "", o->cli.input);
        if (apart(&weights->array, k, have, index[k]))
            return cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                                   "%s: element %u stands more than 1 mm from where %s has it",
                                   o->weights, wanted->number, o->cli.input);
    }
    return CPH_EXIT_DONE;
}

/* ---- results ---- */

/* One NaN of one element is in every beam. */
static void remark(const options *o, const cph_beamer *beamer, const cph_weights *weights)
{
    size_t bad = 0;
    for (size_t b = 0; b < weights->beams; b++)
        bad += isfinite(beamer->power[b]) ? 0 : 1;
    if (bad > 0 && !o->cli.quiet)
        fprintf(stderr,
                "%s: %zu of %zu beams are not finite: an element that is not is in use; cophase "
                "info names it\n",
                o->cli.name, bad, weights->beams);
}

/* What either way of forming beams leaves to be told. */
typedef struct told {
    const cph_beamer *beamer;
    const cph_wideband *wide; /* NULL: channel by channel */
} told;

static double power_db(const told *made, size_t beam)
{
    return made->wide != NULL ? cph_wideband_power_db(made->wide, beam)
                              : cph_beamer_power_db(made->beamer, beam);
}

static json_t *describe_beams(const told *made, const cph_weights *weights)
{
    json_t *list = json_array();
    for (size_t b = 0; b < weights->beams; b++) {
        json_t *beam = json_object();
        cph_json_set_text(beam, "name", weights->name[b]);
        cph_json_set_direction(beam, &weights->array, weights->direction + 3 * b);
        cph_json_set_number(beam, "power_db", power_db(made, b));
        cph_json_append(list, beam);
    }
    return list;
}

static cph_exit print_result(const options *o, const cph_input *input, const told *made,
                             const cph_weights *weights, const unsigned char *flag)
{
    json_t *beams = describe_beams(made, weights);
    json_t *flagged = cph_flagged_weights(weights, flag);
    if (o->cli.json) {
        json_t *object = json_object();
        cph_json_set_text(object, "frame", cph_frame_of(&weights->array));
        cph_json_set_text(object, "path", cph_gain_path_name(weights->path));
        cph_json_set_count(object, "elements", weights->array.elements);
        cph_json_set(object, "flagged", flagged);
        cph_json_set_count(object, "channels", input->header->channels);
        cph_json_set_count(object, "times",
                           made->wide != NULL ? made->wide->done : cph_input_times(input));
        if (made->wide != NULL)
            cph_json_set_number(object, "error_db", 20.0 * log10(made->wide->error));
        cph_json_set(object, "beams", beams);
        cph_json_set_text(object, "output", o->cli.output);
        cph_input_follow_json(input, object);
        return cph_json_print(&o->cli, object);
    }
    printf("%zu elements (%zu flagged), %zu times, %zu channels\n", weights->array.elements,
           json_array_size(flagged), cph_input_times(input), input->header->channels);
    for (size_t b = 0; b < weights->beams; b++)
        printf("beam %zu  %-24s %8.2f dB\n", b, weights->name[b], power_db(made, b));
    if (made->wide != NULL)
        printf("waves from there come out within %.1f dB over the whole band\n",
               20.0 * log10(made->wide->error));
    printf("%s\n", o->cli.output);
    json_decref(beams);
    json_decref(flagged);
    return cph_stdout_check(&o->cli);
}

/* ---- the verb ---- */

static cph_exit form_each(const options *o, const cph_input *input, const size_t *index,
                          const cph_weights *weights, const unsigned char *flag,
                          const cph_history *history)
{
    cph_beamer beamer;
    cph_exit code =
        cph_beamer_run(input, index, weights, o->weight_bits, &history->options, &beamer);
    if (code == CPH_EXIT_DONE) {
        remark(o, &beamer, weights);
        code = print_result(o, input, &(told){.beamer = &beamer}, weights, flag);
    }
    cph_beamer_free(&beamer);
    return code;
}

/* `input` is that of a wideband's member. */
static cph_exit form_wide(const options *o, const cph_input *input, const size_t *index,
                          const cph_weights *weights, const unsigned char *flag,
                          const cph_history *history)
{
    cph_wideband *const w = o->wide;
    cph_exit code = cph_wideband_run(w, index, weights, &history->options);
    if (code == CPH_EXIT_DONE)
        code = print_result(o, input, &(told){.wide = w}, weights, flag);
    return code;
}

static cph_exit form_beams(const options *o, const cph_input *input, const size_t *index,
                           const cph_weights *weights, const unsigned char *flag)
{
    const char *paths[4];
    size_t count = cph_input_paths(input, paths);
    paths[count++] = o->weights != NULL ? o->weights : o->cli.beam_list.path;
    cph_history history;
    cph_exit code = cph_history_make(&o->cli, paths, count, &history);
    if (code != CPH_EXIT_DONE)
        return code;
    code = o->wideband > 0 ? form_wide(o, input, index, weights, flag, &history)
                           : form_each(o, input, index, weights, flag, &history);
    cph_history_free(&history);
    return code;
}

static cph_exit run_weights(const options *o, const cph_input *input)
{
    const char *const paths[] = {o->weights};
    cph_exit code = cph_output_check(&o->cli, paths, 1);
    cph_weights weights = {0};
    if (code != CPH_EXIT_DONE || (code = read_weights(o, &weights)) != CPH_EXIT_DONE)
        return code;
    size_t *index = calloc(weights.array.elements + 1, sizeof *index);
    code = index == NULL ? cph_report_memory(o->cli.name) : match_inputs(o, input, &weights, index);
    if (code == CPH_EXIT_DONE)
        code = form_beams(o, input, index, &weights, NULL);
    free(index);
    cph_weights_free(&weights);
    return code;
}

static cph_exit run_steer(const options *o, const cph_input *input)
{
    if (input->selections != 1)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "%s has two polarisations; expected --pol X or --pol Y",
                               o->cli.input);
    const cph_selection *selection = &input->selection[0];
    unsigned char *flag = reallocarray(NULL, input->header->channels, selection->elements);
    if (flag == NULL)
        return cph_report_memory(o->cli.name);
    cph_weights weights = {0};
    cph_exit code =
        cph_steering_input(input, selection, &o->cli.steer, &o->cli.taper, &weights, NULL, flag);
    if (code == CPH_EXIT_DONE) {
        code = form_beams(o, input, selection->index, &weights, flag);
        cph_weights_free(&weights);
    }
    free(flag);
    return code;
}

static cph_exit run(const options *o, const cph_input *input)
{
    return o->weights != NULL ? run_weights(o, input) : run_steer(o, input);
}

/* All that makes weights sees an input with channels. */
static cph_exit run_wide(options *o, const cph_input *input)
{
    cph_wideband w;
    cph_exit code = cph_wideband_open(input, o->wideband, &w);
    o->wide = &w;
    if (code == CPH_EXIT_DONE)
        code = run(o, &w.input);
    cph_wideband_free(&w);
    o->wide = NULL;
    return code;
}

int cph_verb_beamform(int argc, char **argv)
{
    options o = {0};
    cph_input input;
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = cph_beam_list_load(&o.cli);
    if (code == CPH_EXIT_DONE) {
        unsigned needs = CPH_TAKES_CAPTURE | CPH_NEEDS_FREQUENCY;
        code =
            cph_input_open(&o.cli, needs | (o.weights == NULL ? CPH_NEEDS_POSITIONS : 0u), &input);
        if (code == CPH_EXIT_DONE) {
            code = o.wideband > 0 ? run_wide(&o, &input) : run(&o, &input);
            cph_input_close(&input);
        }
    }
    cph_cli_free(&o.cli);
    return code;
}
