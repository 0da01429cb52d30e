/* SPDX-License-Identifier: MIT */
/* cophase convert: a file of any layout as one of another. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/convert.h"
#include "cli/history.h"
#include "cli/json.h"
#include "cli/option_values.h"
#include "cli/progress.h"
#include "cli/verbs.h"
#include "kernels/core/size.h"

enum { KEY_TYPE = CPH_KEY_VERB, KEY_SCALE, KEY_COMPRESS, KEY_TO };

typedef struct options {
    cph_cli cli;
    bool has_type;
    cph_type type;
    double scale; /* NaN: not given */
    cph_compression compression;
    cph_file_layout to;
    char *folder; /* what cli.output points to where it is a folder; else NULL */
} options;

static const char *const compressions[] = {"none", "deflate", "bitshuffle"};

static error_t parse_compression(options *o, const char *arg, const struct argp_state *state)
{
    size_t index = 0;
    const error_t code =
        cph_chosen(state, arg, compressions, sizeof compressions / sizeof compressions[0], &index);
    o->compression = (cph_compression)index;
    return code;
}

static error_t parse_scale(options *o, const char *arg, const struct argp_state *state)
{
    char *end = NULL;
    const double scale = strtod(arg, &end);
    if (end == arg || *end != '\0' || !(scale > 0.0) || isinf(scale))
        return cph_usage(state, "--scale '%s': expected a number above 0", arg);
    o->scale = scale;
    return 0;
}

static error_t parse_to(options *o, const char *arg, const struct argp_state *state)
{
    for (unsigned i = 0; i < CPH_FILE_LAYOUTS; i++) {
        if (strcmp(arg, cph_file_layout_name((cph_file_layout)i)) != 0)
            continue;
        o->to = (cph_file_layout)i;
        return 0;
    }
    return cph_usage(state, "--to '%s': expected native, digital-rf, sigmf or uvh5", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case KEY_TYPE:
        o->has_type = true;
        return cph_parsed(state, cph_parse_type(arg, &o->type, &error), &error);
    case KEY_SCALE:
        return parse_scale(o, arg, state);
    case KEY_COMPRESS:
        return parse_compression(o, arg, state);
    case KEY_TO:
        return parse_to(o, arg, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"to", KEY_TO, "LAYOUT", 0,
     "native (default), or of captures: digital-rf, a folder OUTPUT; sigmf, OUTPUT.sigmf-meta, or "
     "OUTPUT.sigmf-collection with a recording an element; of covariances: uvh5",
     0},
    {"type", KEY_TYPE, "TYPE", 0, "Samples of a capture: c8, c16 or c32 (default: as they are)", 0},
    {"scale", KEY_SCALE, "NUMBER", 0,
     "Scale of the output's samples, signal = scale * sample (default: that of the input; where "
     "--type is narrower, times the smallest power of two that saturates no sample)",
     0},
    {"compress", KEY_COMPRESS, "HOW", 0,
     "Of samples: none (default), deflate (shuffled bytes) or bitshuffle (shuffled bits, LZ4)", 0},
    {0}};
static const struct argp_child children[] = {{&cph_argp_input, 0, NULL, 0},
                                             {&cph_argp_range, 0, NULL, 0},
                                             {&cph_argp_follow, 0, NULL, 0},
                                             {&cph_argp_channels, 0, NULL, 0},
                                             {&cph_argp_output, 0, NULL, 0},
                                             {&cph_argp_common, 0, NULL, 0},
                                             {0}};
static const struct argp argp = {
    own,
    parse,
    "INPUT -o OUTPUT",
    "Writes a capture, beams, a covariance or visibilities of any layout that Cophase reads in its "
    "own layout, or that of others."
    "\v"
    "Samples are streamed, whatever the size of the input. Elements that --exclude names and those "
    "of another polarisation than --pol are left out; elements that are listed as bad stay, marked "
    "unless --ignore-listed. Visibilities become a covariance. Integers of another scale are "
    "rounded, half up, and saturated; floats to the nearest integer, half to even.\n\n"
    "Examples:\n"
    "  cophase convert zen.uvh5 -o zen.h5\n"
    "  cophase convert burst.hdf5 --positions antennas.txt --pol X -o x.h5\n"
    "  cophase convert cap.h5 --type c8 --start 1s --duration 100ms -o short.h5\n"
    "  cophase convert cap.h5 --to digital-rf -o channel0",
    children,
    NULL,
    NULL};

/* ---- the header of the output ---- */

static void list_none(cph_array *array)
{
    for (size_t n = 0; n < array->elements; n++)
        array->element[n].listed = false;
}

/* A copy of the input's for what is kept; its array is freed by the caller. gap [header->gaps] */
static cph_status make_header(const cph_conversion *c, cph_data_header *header, cph_data_gap *gap)
{
    const cph_input *input = c->input;
    *header = *input->header;
    header->array = (cph_array){0};
    header->times = input->cli->follow ? 0 : input->times;
    header->type = c->type;
    header->scale = c->scale;
    if (header->kind != CPH_KIND_COVARIANCE)
        cph_input_cut(input, header, gap);
    if (input->header->array.elements == 0)
        return CPH_OK;
    const cph_status status =
        cph_array_select(&input->header->array, c->index, c->elements, &header->array);
    if (status == CPH_OK && input->cli->ignore_listed)
        list_none(&header->array);
    return status;
}

/* ---- native files ---- */

typedef struct target {
    const cph_input *input;
    cph_writer *writer;
} target;

static cph_status append(void *context, const void *samples, size_t times, cph_error *error)
{
    const target *to = context;
    const cph_status status = cph_input_follow_gaps(to->input, to->writer, error);
    return status == CPH_OK ? cph_capture_append(to->writer, samples, times, error) : status;
}

static cph_exit put_samples(cph_conversion *c, const cph_data_header *header,
                            const cph_write_options *write)
{
    const cph_cli *cli = c->input->cli;
    cph_error error = {.status = CPH_OK};
    cph_writer *writer = NULL;
    if (cph_capture_create(cli->output, header, write, &writer, &error) != CPH_OK)
        return cph_report(cli->name, &error);
    target to = {.input = c->input, .writer = writer};
    cph_exit code = cph_conversion_stream(c, append, &to);
    if (code == CPH_EXIT_DONE && cph_conversion_truth(c, writer, &error) != CPH_OK)
        code = cph_report(cli->name, &error);
    c->start_shift_s = cph_writer_start_shift(writer);
    return cph_output_end_once(cli, writer, code);
}

static cph_exit put_matrices(const cph_conversion *c, cph_writer *writer, cph_c64 *r)
{
    const cph_input *input = c->input;
    const cph_cli *cli = input->cli;
    const size_t channels = input->header->channels, count = input->header->times * channels;
    cph_error error = {.status = CPH_OK};
    cph_exit code = CPH_EXIT_DONE;
    cph_progress progress;
    cph_interrupt_catch();
    cph_progress_start(&progress, cli, cli->name, count);
    for (size_t i = 0; code == CPH_EXIT_DONE && i < count; i++) {
        const size_t time = i / channels, channel = i % channels;
        if (cph_interrupted())
            code = cph_report_line(cli->name, CPH_EXIT_FAILED, "interrupted");
        else if (cph_data_read_covariance(input->data, time, channel, c->index, c->elements, r,
                                          &error) != CPH_OK)
            code = cph_report_input(cli->name, &error);
        else if (cph_covariance_put(writer, time, channel, r, &error) != CPH_OK)
            code = cph_report(cli->name, &error);
        cph_progress_update(&progress, i + 1);
    }
    cph_progress_end(&progress);
    return code;
}

static cph_exit put_covariance(const cph_conversion *c, const cph_data_header *header,
                               const cph_write_options *write)
{
    const cph_cli *cli = c->input->cli;
    cph_error error = {.status = CPH_OK};
    cph_writer *writer = NULL;
    size_t entries = 0;
    cph_c64 *r =
        cph_size_mul(c->elements, c->elements, &entries) ? calloc(entries + 1, sizeof *r) : NULL;
    if (r == NULL)
        return cph_report_memory(cli->name);
    if (cph_covariance_create_file(cli->output, header, write, &writer, &error) != CPH_OK) {
        free(r);
        return cph_report(cli->name, &error);
    }
    cph_exit code = put_matrices(c, writer, r);
    if (code == CPH_EXIT_DONE && cph_conversion_truth(c, writer, &error) != CPH_OK)
        code = cph_report(cli->name, &error);
    free(r);
    return cph_output_end_once(cli, writer, code);
}

/* ---- results ---- */

/* As `format` of info calls it. */
static const char *format_of(cph_file_layout layout)
{
    static const char *const names[CPH_FILE_LAYOUTS] = {
        [CPH_FILE_NATIVE] = "cophase",
        [CPH_FILE_DIGITAL_RF] = "digital_rf",
        [CPH_FILE_SIGMF] = "sigmf",
        [CPH_FILE_UVH5] = "uvh5",
    };
    return names[layout];
}

static cph_exit tell(const options *o, const cph_conversion *c)
{
    const cph_data_header *h = c->input->header;
    const bool samples = h->kind != CPH_KIND_COVARIANCE;
    if (!o->cli.json) {
        printf("%s: %s (%s), %zu %s, %zu channels, %zu times", o->cli.output,
               cph_kind_name(h->kind), format_of(o->to), c->elements,
               h->kind == CPH_KIND_BEAMS ? "beams" : "elements", h->channels,
               cph_input_times(c->input));
        if (samples)
            printf(", %s, scale %.9g, %llu samples saturated", cph_type_name(c->type), c->scale,
                   (unsigned long long)c->saturated);
        putchar('\n');
        return cph_stdout_check(&o->cli);
    }
    json_t *object = json_object();
    cph_json_set_text(object, "input", o->cli.input);
    cph_json_set_text(object, "kind", cph_kind_name(h->kind));
    cph_json_set_text(object, "from", h->format);
    cph_json_set_text(object, "to", format_of(o->to));
    cph_json_set_count(object, "elements", c->elements);
    cph_json_set_count(object, "channels", h->channels);
    cph_json_set_count(object, "times", cph_input_times(c->input));
    cph_json_set_text(object, "type", samples ? cph_type_name(c->type) : NULL);
    cph_json_set_number(object, "scale", samples ? c->scale : NAN);
    cph_json_set(object, "saturated", samples ? cph_json_count((size_t)c->saturated) : json_null());
    cph_json_set_text(object, "compression", samples ? compressions[o->compression] : NULL);
    cph_json_set_text(object, "output", o->cli.output);
    cph_input_follow_json(c->input, object);
    return cph_json_print(&o->cli, object);
}

/* ---- the verb ---- */

static cph_exit write_output(const options *o, cph_conversion *c)
{
    const cph_cli *cli = c->input->cli;
    const char *path[3];
    cph_history history;
    cph_data_header header;
    cph_data_gap *gap = calloc(c->input->header->gaps + 1, sizeof *gap);
    if (gap == NULL || make_header(c, &header, gap) != CPH_OK) {
        free(gap);
        return cph_report_memory(cli->name);
    }
    cph_exit code = cph_history_make(cli, path, cph_input_paths(c->input, path), &history);
    if (code == CPH_EXIT_DONE) {
        history.options.compression = o->compression;
        history.options.layout = o->to;
        code = header.kind == CPH_KIND_COVARIANCE ? put_covariance(c, &header, &history.options)
                                                  : put_samples(c, &header, &history.options);
        if (code == CPH_EXIT_DONE)
            cph_conversion_remark(c, &header, o->to);
        cph_history_free(&history);
    }
    cph_array_free(&header.array);
    free(gap);
    return code;
}

static cph_exit run(const options *o, cph_input *input)
{
    cph_conversion c = {
        .input = input, .has_type = o->has_type, .type = o->type, .scale = o->scale};
    if (input->header->kind == CPH_KIND_COVARIANCE &&
        (o->has_type || !isnan(o->scale) || o->compression != CPH_COMPRESSION_NONE))
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "%s: is a covariance; --type, --scale and --compress are for "
                               "samples",
                               o->cli.input);
    const bool samples = input->header->kind != CPH_KIND_COVARIANCE;
    if (o->to != CPH_FILE_NATIVE && samples == (o->to == CPH_FILE_UVH5))
        return cph_report_line(o->cli.name, CPH_EXIT_INPUT, "%s: is %s, %s is of %s", o->cli.input,
                               cph_kind_name(input->header->kind), cph_file_layout_name(o->to),
                               samples ? "covariances" : "samples");
    if (o->to != CPH_FILE_NATIVE && o->compression != CPH_COMPRESSION_NONE)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE, "--compress is for --to native");
    cph_exit code = cph_conversion_make(&c);
    if (code == CPH_EXIT_DONE && input->header->kind != CPH_KIND_COVARIANCE)
        code = cph_conversion_settle(&c, input);
    if (code == CPH_EXIT_DONE)
        code = write_output(o, &c);
    if (code == CPH_EXIT_DONE)
        code = tell(o, &c);
    cph_conversion_free(&c);
    return code;
}

/* Of a folder that is to be made, without slashes behind its name. */
static cph_exit name_folder(options *o)
{
    size_t length = o->cli.output != NULL ? strlen(o->cli.output) : 0;
    if (o->to != CPH_FILE_DIGITAL_RF || length == 0)
        return CPH_EXIT_DONE;
    while (length > 1 && o->cli.output[length - 1] == '/')
        length--;
    o->folder = strndup(o->cli.output, length);
    if (o->folder == NULL)
        return cph_report_memory(o->cli.name);
    o->cli.output = o->folder;
    return CPH_EXIT_DONE;
}

int cph_verb_convert(int argc, char **argv)
{
    options o = {.scale = NAN};
    cph_input input;
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = name_folder(&o);
    if (code == CPH_EXIT_DONE)
        code = cph_input_open(
            &o.cli, CPH_TAKES_CAPTURE | CPH_TAKES_REAL | CPH_TAKES_COVARIANCE | CPH_TAKES_BEAMS,
            &input);
    if (code == CPH_EXIT_DONE) {
        code = run(&o, &input);
        cph_input_close(&input);
    }
    free(o.folder);
    cph_cli_free(&o.cli);
    return (int)code;
}
