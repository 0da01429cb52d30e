/* SPDX-License-Identifier: MIT */
/* cophase covariance: R = E[x x^H] of a capture, in one dump or several. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/dumps.h"
#include "cli/history.h"
#include "cli/input.h"
#include "cli/input_part.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/verbs.h"

typedef struct options {
    cph_cli cli;
    cph_span integration; /* 0: all in one dump */
} options;

enum { KEY_INTEGRATION = CPH_KEY_VERB };

static const struct argp_option own_options[] = {
    {"integration", KEY_INTEGRATION, "TIME", 0, "Length of a dump (default: everything in one)", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case KEY_INTEGRATION:
        return cph_parsed(state, cph_parse_span(CPH_SPAN, arg, &o->integration, &error), &error);
    case ARGP_KEY_END:
        /* A covariance keeps its inputs' numbers; the verbs that read it leave elements out. */
        if (o->cli.exclude.count > 0 || o->cli.ignore_listed)
            return cph_usage(state, "--exclude and --ignore-listed: a covariance holds every "
                                    "element; give them to the verb that reads it");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&cph_argp_input_whole, 0, NULL, 0}, {&cph_argp_range, 0, NULL, 0},
    {&cph_argp_follow, 0, NULL, 0},      {&cph_argp_channels, 0, NULL, 0},
    {&cph_argp_output, 0, NULL, 0},      {&cph_argp_resume, 0, NULL, 0},
    {&cph_argp_common, 0, NULL, 0},      {0}};
static const struct argp argp = {
    own_options,
    parse,
    "CAPTURE -o FILE",
    "Averages x x^H over a capture of any length, block by block."
    "\v"
    "Times that do not fill a whole dump at the end are left out. Dumps stand on a grid of times: "
    "where "
    "samples were lost a dump averages what there is, and is left out where that is less than "
    "half.\n\n"
    "Examples:\n"
    "  cophase covariance cap.h5 -o cov.h5\n"
    "  cophase covariance cap.h5 --duration 10s --integration 100ms -o cov.h5",
    children,
    NULL,
    NULL};

/* What is averaged, and where it goes. */
typedef struct job {
    const options *o;
    cph_input input;
    cph_selection selection;
    size_t length;       /* times of a dump, of which some may have been lost */
    size_t dumps;        /* in which at least half was recorded */
    size_t *first;       /* [dumps][2] the samples of each, from and to */
    double least;        /* samples recorded in the dump with the fewest */
    double worth;        /* independent ones that they are worth */
    size_t left_out;     /* samples that are in none */
    double *time_unix_s; /* [dumps] */
    cph_data_header header;
} job;

/* All inputs of both polarisations share one matrix: their products are wanted too. */
static cph_exit select_inputs(job *j)
{
    const cph_array *array = &j->input.header->array;
    if (j->input.selections == 1) {
        j->selection = j->input.selection[0];
        return CPH_EXIT_DONE;
    }
    if (array->elements == 0)
        return cph_report_line(j->o->cli.name, CPH_EXIT_INPUT, "%s: no elements", j->o->cli.input);
    size_t *index = calloc(array->elements, sizeof *index);
    if (index == NULL)
        return cph_report_memory(j->o->cli.name);
    for (size_t n = 0; n < array->elements; n++)
        index[n] = n;
    j->selection = (cph_selection){.elements = array->elements, .index = index, .array = *array};
    return CPH_EXIT_DONE;
}

/* Dumps stand on a grid of times; one of which more than half was lost is left out, unless it is
 * the only one. */
static cph_exit place_dumps(job *j, size_t most)
{
    const cph_data_header *header = j->input.header;
    const size_t end = j->input.start + j->input.times;
    const uint64_t begin = cph_data_global(header, j->input.start);
    j->first = calloc(most, 2 * sizeof *j->first);
    if (j->first == NULL)
        return cph_report_memory(j->o->cli.name);
    j->left_out = j->input.times;
    for (size_t d = 0; d < most; d++) {
        const size_t from = cph_data_sample_at(header, begin + d * j->length);
        const size_t next = cph_data_sample_at(header, begin + (d + 1) * j->length);
        const size_t to = next < end ? next : end, count = to - from;
        if (count == 0 || (most > 1 && !cph_dumps_enough(j->length, count)))
            continue;
        j->first[2 * j->dumps] = from;
        j->first[2 * j->dumps++ + 1] = to;
        j->left_out -= count;
    }
    return j->dumps > 0 ? CPH_EXIT_DONE
                        : cph_report_line(j->o->cli.name, CPH_EXIT_INPUT,
                                          "%s: more than half of every dump of %zu times was lost",
                                          j->o->cli.input, j->length);
}

static cph_exit cut_dumps(job *j)
{
    const cph_cli *cli = &j->o->cli;
    const cph_data_header *header = j->input.header;
    const size_t begin = j->input.start, end = begin + j->input.times;
    if (j->input.times == 0)
        return cph_report_line(cli->name, CPH_EXIT_INPUT, "%s: /samples holds no times",
                               cli->input);
    const size_t span =
        (size_t)(cph_data_global(header, end - 1) + 1 - cph_data_global(header, begin));
    const cph_span wanted = j->o->integration;
    double length = (double)span;
    if (wanted.value > 0.0) {
        const cph_exit code = cph_input_samples(&j->input, wanted, "--integration", &length);
        if (code != CPH_EXIT_DONE)
            return code;
        if (length < 1.0 || length > (double)span)
            return cph_report_line(cli->name, CPH_EXIT_USAGE,
                                   "--integration %g%s: expected from one sample to the range of "
                                   "%zu",
                                   wanted.value, wanted.samples ? "" : " s", span);
    }
    j->length = (size_t)length;
    return place_dumps(j, span / j->length);
}

/* The length of dumps of a range whose own is not known yet; 0: all of it. */
static cph_exit find_length(job *j)
{
    const cph_span wanted = j->o->integration;
    double length = 0.0;
    const cph_exit code = wanted.value > 0.0
                              ? cph_input_samples(&j->input, wanted, "--integration", &length)
                              : CPH_EXIT_DONE;
    if (code == CPH_EXIT_DONE && wanted.value > 0.0 && length < 1.0)
        return cph_report_line(j->o->cli.name, CPH_EXIT_USAGE,
                               "--integration %g s: expected one sample at least", wanted.value);
    j->length = (size_t)length;
    return code;
}

static cph_exit find_times(job *j)
{
    j->time_unix_s = calloc(j->dumps, sizeof *j->time_unix_s);
    if (j->time_unix_s == NULL)
        return cph_report_memory(j->o->cli.name);
    for (size_t d = 0; d < j->dumps; d++)
        j->time_unix_s[d] = cph_data_middle(j->input.header, j->first[2 * d],
                                            j->first[2 * d + 1] - j->first[2 * d]);
    return CPH_EXIT_DONE;
}

/* Without dumps of one that is followed. */
static void make_header(job *j)
{
    const cph_data_header *from = j->input.header;
    const double rate = from->sample_rate_hz;
    j->header =
        (cph_data_header){.kind = CPH_KIND_COVARIANCE,
                          .applied = from->applied,
                          .gains_conjugate = from->gains_conjugate,
                          .times = j->dumps,
                          .channels = from->channels,
                          .axis_elements = j->selection.elements,
                          .array = j->selection.array,
                          .type = from->type,
                          .scale = 1.0,
                          .sample_rate_hz = NAN,
                          .center_freq_hz = from->center_freq_hz,
                          .if_freq_hz = NAN,
                          .wave_speed_m_s = from->wave_speed_m_s,
                          .channel_freq_hz = from->channel_freq_hz,
                          .time_unix_s = j->time_unix_s,
                          .time_start_unix_s = NAN,
                          .integration_s = j->length > 0 ? (double)j->length / rate : NAN,
                          .n_samples = NAN, /* of all that was read, how much was recorded? */
                          .has_diagonal = true};
}

/* Dumps as they come; then, of all that came, which dumps those were, and what the header lacked.
 */
static cph_exit follow_dumps(job *j, cph_writer *writer)
{
    const cph_dumps dumps = {.input = &j->input, .selection = &j->selection};
    cph_exit code = cph_dumps_follow(&dumps, j->length, writer, &j->least);
    j->input.times = cph_input_times(&j->input);
    if (code == CPH_EXIT_DONE)
        code = cut_dumps(j);
    if (code == CPH_EXIT_DONE)
        code = find_times(j);
    return code;
}

static cph_exit put_times(job *j, cph_writer *writer)
{
    cph_error error = {.status = CPH_OK};
    const bool known = isfinite(j->header.integration_s);
    const double length_s = (double)j->length / j->input.header->sample_rate_hz;
    j->header.integration_s = length_s;
    return cph_covariance_put_times(writer, known ? NAN : length_s, j->time_unix_s, &error) ==
                   CPH_OK
               ? CPH_EXIT_DONE
               : cph_report(j->o->cli.name, &error);
}

static cph_exit write_dumps(job *j, cph_writer *writer)
{
    if (j->o->cli.follow) {
        const cph_exit code = follow_dumps(j, writer);
        if (code != CPH_EXIT_DONE)
            return code;
    }
    const cph_dumps dumps = {
        .input = &j->input, .selection = &j->selection, .count = j->dumps, .range = j->first};
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_dumps_put(&dumps, writer, &j->least);
    if (code == CPH_EXIT_DONE && j->o->cli.follow)
        code = put_times(j, writer);
    if (code != CPH_EXIT_DONE)
        return code;
    j->worth = cph_data_independent(j->input.header, j->least);
    return cph_covariance_put_samples(writer, j->worth, &error) == CPH_OK
               ? CPH_EXIT_DONE
               : cph_report(j->o->cli.name, &error);
}

static cph_exit write_file(job *j)
{
    const cph_cli *cli = &j->o->cli;
    const char *path[3];
    cph_history history;
    cph_error error = {.status = CPH_OK};
    cph_writer *writer = NULL;
    cph_exit code = cph_history_make(cli, path, cph_input_paths(&j->input, path), &history);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_covariance_create_file(cli->output, &j->header, &history.options, &writer, &error) !=
        CPH_OK) {
        cph_history_free(&history);
        return cph_report(cli->name, &error);
    }
    code = write_dumps(j, writer);
    cph_history_free(&history);
    return cph_output_end(cli, writer, code);
}

static cph_exit say(const job *j)
{
    const cph_cli *cli = &j->o->cli;
    if (!cli->json) {
        printf("%s: %zu x %zu elements, %zu channels, %zu dumps of %zu samples", cli->output,
               j->selection.elements, j->selection.elements, j->header.channels, j->dumps,
               j->length);
        if (j->least < (double)j->length)
            printf(" (%.0f where times were lost)", j->least);
        if (j->worth < j->least)
            printf(" (worth %.0f independent ones)", j->worth);
        if (j->left_out > 0)
            printf(" (%zu samples left out)", j->left_out);
        putchar('\n');
        return cph_stdout_check(cli);
    }
    json_t *object = json_object();
    cph_json_set_text(object, "kind", cph_kind_name(CPH_KIND_COVARIANCE));
    cph_json_set_text(object, "output", cli->output);
    cph_json_set_count(object, "elements", j->selection.elements);
    cph_json_set_count(object, "channels", j->header.channels);
    cph_json_set_count(object, "times", j->dumps);
    cph_json_set_number(object, "n_samples", j->worth);
    cph_json_set_count(object, "samples_left_out", j->left_out);
    cph_json_set_number(object, "integration_s", j->header.integration_s);
    cph_input_follow_json(&j->input, object);
    return cph_json_print(cli, object);
}

static cph_exit run(const options *o)
{
    job j = {.o = o};
    cph_exit code = cph_input_open(&o->cli, CPH_TAKES_CAPTURE, &j.input);
    if (code != CPH_EXIT_DONE)
        return code;
    code = select_inputs(&j);
    if (code == CPH_EXIT_DONE)
        code = o->cli.follow ? find_length(&j) : cut_dumps(&j);
    if (code == CPH_EXIT_DONE && !o->cli.follow)
        code = find_times(&j);
    if (code == CPH_EXIT_DONE) {
        make_header(&j);
        code = write_file(&j);
    }
    if (code == CPH_EXIT_DONE)
        code = say(&j);
    if (j.input.selections != 1)
        free(j.selection.index);
    free(j.time_unix_s);
    free(j.first);
    cph_input_close(&j.input);
    return code;
}

int cph_verb_covariance(int argc, char **argv)
{
    options o = {0};
    cph_interrupt_catch();
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = run(&o);
    cph_cli_free(&o.cli);
    return code;
}
