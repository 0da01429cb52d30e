/* SPDX-License-Identifier: MIT */
/* cophase fw-verify: a beam image decoded, against the weights it was made from. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/coefficients.h"
#include "cli/fw_verify.h"
#include "cli/history.h"
#include "cli/verbs.h"

/* ---- command line ---- */

enum {
    KEY_WEIGHTS = CPH_KEY_VERB,
    KEY_TIME,
    KEY_CHANNEL,
    KEY_BEAMS,
    KEY_STATES,
    KEY_STEP,
    KEY_LIMIT
};

static error_t init(cph_fw_verify_options *o, struct argp_state *state)
{
    o->step_db = NAN;
    for (size_t k = 0; k < CPH_FW_VERIFY_LIMITS; k++)
        o->limit[k] = NAN;
    return cph_cli_children(state, &o->cli);
}

static error_t check(const cph_fw_verify_options *o, const struct argp_state *state)
{
    if (o->cli.input == NULL)
        return cph_usage(state, "no input: expected a beam image");
    if (o->weights == NULL)
        return cph_usage(state, "expected --weights, the file that the image is to be of");
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_fw_verify_options *o = state->input;
    cph_error error;
    if (key >= KEY_LIMIT && key < KEY_LIMIT + CPH_FW_VERIFY_LIMITS)
        return cph_fw_verify_take_limit(o, (size_t)(key - KEY_LIMIT), arg, state);
    switch (key) {
    case ARGP_KEY_INIT:
        return init(o, state);
    case ARGP_KEY_ARG:
        return cph_cli_take_input(&o->cli, arg);
    case KEY_WEIGHTS:
        o->weights = arg;
        return 0;
    case KEY_TIME:
        o->has_time = true;
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->time, &error), &error);
    case KEY_CHANNEL:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->channel, &error), &error);
    case KEY_BEAMS:
        return cph_parsed(state, cph_ranges_add(&o->beams, arg, &error), &error);
    case KEY_STATES:
        o->image.states = arg;
        return 0;
    case KEY_STEP:
        return cph_parsed(state, cph_parse_quantity(CPH_DECIBEL, arg, &o->step_db, &error), &error);
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"weights", KEY_WEIGHTS, "FILE", 0, "Weights that the image is to be of, or the calibration",
     0},
    {"time", KEY_TIME, "N", 0, "Solution of the calibration (default: 0)", 0},
    {"channel", KEY_CHANNEL, "N", 0, "Their channel (default: 0)", 0},
    {"beams", KEY_BEAMS, "LIST", 0, "Those of their beams that it holds (default: all)", 0},
    {"states", KEY_STATES, "TABLE", 0,
     "What the codes do (default: what the chip is meant to; adar1000: all settings of a linear "
     "vector modulator), as for export",
     0},
    {"gain-step", KEY_STEP, "LEVEL", 0,
     "adar1000: what a step up of the amplifier's code adds, where codes differ", 0},
    {NULL, 0, NULL, 0, "Limits, exit status 4 where one is exceeded:", 1},
    {"max-gain-loss", KEY_LIMIT, "LEVEL", 0, "Loss of the signal to noise ratio", 1},
    {"max-phase-error", KEY_LIMIT + 1, "ANGLE", 0, "Of any element, common phase fitted", 1},
    {"max-gain-error", KEY_LIMIT + 2, "LEVEL", 0, "Of any element, common level fitted", 1},
    {"max-pointing", KEY_LIMIT + 3, "ANGLE", 0, "Shift of the peak", 1},
    {"max-sidelobe-rise", KEY_LIMIT + 4, "LEVEL", 0, "Of the peak sidelobe", 1},
    {"max-lost", KEY_LIMIT + 5, "N", 0, "Elements that only one of the two drives", 1},
    {0}};
static const struct argp_child children[] = {{&cph_argp_data, 0, NULL, 0},
                                             {&cph_argp_output_optional, 0, NULL, 0},
                                             {&cph_argp_common, 0, NULL, 0},
                                             {0}};
static const struct argp argp = {
    own,
    parse,
    "IMAGE --weights WEIGHTS.h5|CAL.h5",
    "Checks a beam image (export --target adar1000, adar300x or packed), decodes it into weights, "
    "and compares them and their patterns with those it was made from; -o writes what was "
    "decoded.\v"
    "Examples:\n"
    "  cophase fw-verify beams.img --weights w.h5\n"
    "  cophase fw-verify beams.img --weights w.h5 --max-gain-loss 0.1dB --json",
    children,
    NULL,
    NULL};

/* ---- the verb ---- */

static void desk_free(cph_fw_verify *d)
{
    cph_fw_decoded_free(&d->decoded);
    cph_weights_free(&d->weights);
    cph_weights_free(&d->made);
    free(d->index);
    free(d->position);
    free(d->wanted);
    free(d->w);
    free(d->row);
}

static cph_exit choose_beams(cph_fw_verify *d)
{
    const cph_fw_verify_options *o = d->options;
    const cph_exit code = cph_report_ranges(o->cli.name, "--beams", &o->beams, o->weights,
                                            d->weights.beams, &d->index, &d->count);
    if (code == CPH_EXIT_DONE && d->count != d->decoded.image.beams)
        return cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                               "%s: %zu beams, of the weights %zu: say with --beams which they are",
                               o->cli.input, d->decoded.image.beams, d->count);
    return code;
}

static cph_exit read_calibration(cph_fw_verify *d)
{
    const cph_fw_verify_options *o = d->options;
    cph_calibration c = {.times = 0};
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_coefficients_read(&o->cli, o->weights, o->time, o->channel, &c);
    if (code == CPH_EXIT_DONE &&
        cph_coefficients_beam(o->weights, &c, o->time, o->channel, &d->weights, &error) != CPH_OK)
        code = cph_report_input(o->cli.name, &error);
    cph_calibration_free(&c);
    return code;
}

static cph_exit read_weights(cph_fw_verify *d)
{
    const cph_fw_verify_options *o = d->options;
    bool weights = false;
    cph_error error = {.status = CPH_OK};
    const cph_exit code = cph_coefficients_kind(&o->cli, o->weights, &weights);
    d->calibration = !weights;
    if (code != CPH_EXIT_DONE || d->calibration)
        return code != CPH_EXIT_DONE ? code : read_calibration(d);
    if (o->has_time || o->cli.settle != NULL)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--time and --data are for calibrations");
    if (cph_weights_read(o->weights, &d->weights, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    d->channel = o->channel;
    return cph_report_index(o->cli.name, "--channel", o->channel, o->weights, d->weights.channels);
}

static cph_exit desk_open(cph_fw_verify *d)
{
    const cph_fw_verify_options *o = d->options;
    cph_error error = {.status = CPH_OK};
    if (cph_fw_decode_open(o->cli.input, &o->image, o->step_db, &d->decoded, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    cph_exit code = read_weights(d);
    const size_t n = d->weights.array.elements;
    if (code == CPH_EXIT_DONE && n != d->decoded.image.elements)
        code = cph_report_line(o->cli.name, CPH_EXIT_INPUT, "%s: %zu elements, %s has %zu",
                               o->cli.input, d->decoded.image.elements, o->weights, n);
    const cph_gain_path path = cph_fw_decoded_path(&d->decoded);
    if (code == CPH_EXIT_DONE && d->weights.path != path)
        code = cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                               "%s: an image to %s, the weights of %s are to %s", o->cli.input,
                               cph_gain_path_name(path), o->weights,
                               cph_gain_path_name(d->weights.path));
    if (code == CPH_EXIT_DONE)
        code = choose_beams(d);
    if (code != CPH_EXIT_DONE)
        return code;
    d->position = calloc(n, 3 * sizeof *d->position);
    d->wanted = calloc(n, sizeof *d->wanted);
    d->w = calloc(n, sizeof *d->w);
    d->row = calloc(d->count, sizeof *d->row);
    if (d->position == NULL || d->wanted == NULL || d->w == NULL || d->row == NULL ||
        cph_weights_create(&d->weights.array, d->count, 1, &d->made) != CPH_OK)
        return cph_report_memory(o->cli.name);
    if (d->calibration || cph_array_positions(&d->weights.array, d->position) != CPH_OK) {
        free(d->position);
        d->position = NULL;
    }
    return CPH_EXIT_DONE;
}

static void keep_made(cph_fw_verify *d, size_t b)
{
    const size_t n = d->weights.array.elements, from = d->index[b];
    cph_weights *made = &d->made;
    for (size_t i = 0; i < n; i++)
        made->weights[b * n + i] = (cph_c32){(float)d->w[i].re, (float)d->w[i].im};
    memcpy(made->direction + 3 * b, d->weights.direction + 3 * from, 3 * sizeof(double));
    memcpy(made->name[b], d->weights.name[from], sizeof made->name[b]);
}

static cph_exit compare_beam(cph_fw_verify *d, size_t b)
{
    const cph_fw_verify_options *o = d->options;
    const size_t n = d->weights.array.elements, beam = d->index[b];
    const cph_c32 *from = d->weights.weights + (beam * d->weights.channels + d->channel) * n;
    cph_error error = {.status = CPH_OK};
    if (cph_fw_decode_beam(&d->decoded, o->cli.input, b, d->w, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    for (size_t i = 0; i < n; i++)
        d->wanted[i] = (cph_c64){(double)from[i].re, (double)from[i].im};
    if (cph_fw_compare(n, d->wanted, d->w, &d->row[b]) != CPH_OK)
        return cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                               "%s: beam %zu has nothing in common with beam %zu of %s",
                               o->cli.input, b, beam, o->weights);
    keep_made(d, b);
    const double freq_hz = d->weights.channel_freq_hz[d->channel];
    if (d->position == NULL || !isfinite(freq_hz))
        return CPH_EXIT_DONE;
    const cph_status status = cph_fw_compare_patterns(
        n, d->position, freq_hz, d->weights.direction + 3 * beam, d->wanted, d->w, &d->row[b]);
    if (status == CPH_ERR_MEMORY)
        return cph_report_memory(o->cli.name);
    return CPH_EXIT_DONE; /* a beam without a pattern, behind its elements: null */
}

static cph_exit write_made(cph_fw_verify *d)
{
    const cph_fw_verify_options *o = d->options;
    const char *const states = cph_image_states_path(&o->image);
    const char *const inputs[] = {o->cli.input, o->weights,
                                  o->cli.settle != NULL ? o->cli.settle : states,
                                  o->cli.settle != NULL ? states : NULL};
    size_t count = 2;
    while (count < 4 && inputs[count] != NULL)
        count++;
    cph_history history;
    cph_error error = {.status = CPH_OK};
    d->made.channel_freq_hz[0] = d->weights.channel_freq_hz[d->channel];
    d->made.precision_bits = 32;
    d->made.path = cph_fw_decoded_path(&d->decoded);
    cph_exit code = cph_history_make(&o->cli, inputs, count, &history);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_weights_write(o->cli.output, &d->made, &history.options, &error) != CPH_OK)
        code = cph_report(o->cli.name, &error);
    cph_history_free(&history);
    return code;
}

static cph_exit run(const cph_fw_verify_options *o)
{
    cph_fw_verify d = {.options = o};
    cph_exit code = desk_open(&d);
    for (size_t b = 0; code == CPH_EXIT_DONE && b < d.count; b++)
        code = compare_beam(&d, b);
    if (code == CPH_EXIT_DONE && o->cli.output != NULL)
        code = write_made(&d);
    if (code == CPH_EXIT_DONE) {
        cph_fw_verify_judge(&d);
        code = cph_fw_verify_tell(&d);
    }
    if (code == CPH_EXIT_DONE)
        code = cph_fw_verify_exit(&d);
    desk_free(&d);
    return code;
}

int cph_verb_fw_verify(int argc, char **argv)
{
    cph_fw_verify_options o = {.channel = 0};
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE && o.cli.output != NULL) {
        const char *const inputs[] = {o.cli.input, o.weights, o.cli.settle,
                                      cph_image_states_path(&o.image)};
        code = cph_output_check(&o.cli, inputs, sizeof inputs / sizeof inputs[0]);
    }
    if (code == CPH_EXIT_DONE)
        code = run(&o);
    cph_ranges_free(&o.beams);
    cph_cli_free(&o.cli);
    return (int)code;
}
