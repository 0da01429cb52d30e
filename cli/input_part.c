/* SPDX-License-Identifier: MIT */
#include "cli/input_part.h"

#include <math.h>
#include <stdlib.h>

#include "cli/json.h"
#include "cli/progress.h"
#include "kernels/core/size.h"

/* ---- inputs and channels ---- */

static cph_exit absent(const cph_input *input, const char *option, const char *what, size_t number)
{
    return cph_report_line(input->cli->name, CPH_EXIT_USAGE, "%s: %s has no %s %zu", option,
                           input->cli->input, what, number);
}

/* Inputs of the listed numbers, of both polarisations; every number must be there. */
static cph_exit find_elements(const cph_input *input, size_t **index, size_t *count)
{
    const cph_array *array = &input->header->array;
    const cph_ranges *wanted = &input->cli->elements;
    size_t *list = calloc(array->elements + 1, sizeof *list), used = 0;
    if (list == NULL)
        return cph_report_memory(input->cli->name);
    for (size_t n = 0; n < array->elements; n++)
        if (cph_ranges_contain(wanted, array->element[n].number))
            list[used++] = n;
    for (size_t i = 0; i < wanted->count; i++)
        for (size_t number = wanted->item[i].first; number <= wanted->item[i].last; number++) {
            size_t k = 0;
            while (k < used && array->element[list[k]].number != number)
                k++;
            if (k == used) {
                free(list);
                return absent(input, "--elements", "element", number);
            }
        }
    *index = list;
    *count = used;
    return CPH_EXIT_DONE;
}

static cph_exit find_channels(const cph_input *input, size_t **index, size_t *count)
{
    const cph_ranges *wanted = &input->cli->channels;
    const size_t channels = input->header->channels;
    cph_error error = {.status = CPH_OK};
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->item[i].last >= channels)
            return absent(input, "--channels", "channel", wanted->item[i].last);
    return cph_ranges_expand(wanted, channels, index, count, &error) == CPH_OK
               ? CPH_EXIT_DONE
               : cph_report_memory(input->cli->name);
}

static cph_exit select_data(cph_input *input)
{
    const cph_cli *cli = input->cli;
    size_t *element = NULL, *channel = NULL, elements = 0, channels = 0;
    cph_error error = {.status = CPH_OK};
    cph_exit code = CPH_EXIT_DONE;
    if (cli->elements.count > 0)
        code = find_elements(input, &element, &elements);
    if (code == CPH_EXIT_DONE && cli->channels.count > 0)
        code = find_channels(input, &channel, &channels);
    if (code == CPH_EXIT_DONE &&
        cph_data_select(input->data, element, elements, channel, channels, &error) != CPH_OK)
        code = cph_report_input(cli->name, &error);
    if (code == CPH_EXIT_DONE)
        input->header = cph_data_header_of(input->data);
    free(element);
    free(channel);
    return code;
}

/* ---- range ---- */

cph_exit cph_input_samples(const cph_input *input, cph_span span, const char *option,
                           double *samples)
{
    const double rate = input->header->sample_rate_hz;
    if (!span.samples && !(rate > 0))
        return cph_report_line(input->cli->name, CPH_EXIT_INPUT,
                               "%s: no attribute sample_rate_hz; %s needs it, or a number of "
                               "samples",
                               input->cli->input, option);
    *samples = span.samples ? span.value : round(span.value * rate);
    return CPH_EXIT_DONE;
}

static cph_exit select_range(cph_input *input)
{
    const cph_cli *cli = input->cli;
    const cph_data_header *header = input->header;
    const bool to_the_end = cli->duration.value == 0;
    double start = 0, times = 0;
    cph_exit code = CPH_EXIT_DONE;
    if (cli->start.value > 0)
        code = cph_input_samples(input, cli->start, "--start", &start);
    if (code == CPH_EXIT_DONE && !to_the_end)
        code = cph_input_samples(input, cli->duration, "--duration", &times);
    if (code != CPH_EXIT_DONE)
        return code;
    const double span = (double)cph_data_span(header); /* counted as if no time had been lost */
    if (to_the_end)
        times = span - start;
    if (times < 1 && !to_the_end)
        return cph_report_line(cli->name, CPH_EXIT_USAGE,
                               "--duration %g s: is shorter than a sample of %s, %g s",
                               cli->duration.value, cli->input, 1 / header->sample_rate_hz);
    if (times < 1 || start + times > span)
        return cph_report_line(cli->name, CPH_EXIT_USAGE,
                               "%s: has %.0f samples (%g s); %.0f from sample %.0f on reach beyond",
                               cli->input, span, span / header->sample_rate_hz,
                               to_the_end ? 1 : times, start);
    input->start = cph_data_sample_at(header, (uint64_t)start);
    input->times = cph_data_sample_at(header, (uint64_t)(start + times)) - input->start;
    if (input->times == 0)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: all of the %.0f samples from sample %.0f on were lost",
                               cli->input, times, start);
    return CPH_EXIT_DONE;
}

/* Of a capture that is followed: the range begins with a sample that is there. */
static cph_exit await_range(cph_input *input)
{
    const cph_cli *cli = input->cli;
    const cph_data_header *header = input->header;
    double start = 0, times = 0;
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_input_samples(input, cli->start, "--start", &start);
    if (code == CPH_EXIT_DONE && cli->duration.value > 0.0)
        code = cph_input_samples(input, cli->duration, "--duration", &times);
    if (code != CPH_EXIT_DONE)
        return code;
    input->until =
        cli->duration.value > 0.0 ? (uint64_t)start + (uint64_t)fmax(times, 1.0) : UINT64_MAX;
    if (cph_data_await(input->data, (uint64_t)start, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    const uint64_t span = cph_data_span(header);
    if (span <= (uint64_t)start)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: has %llu samples, and no more came; expected some from sample "
                               "%.0f on",
                               cli->input, (unsigned long long)span, start);
    input->start = cph_data_sample_at(header, (uint64_t)start);
    input->times = cph_input_times(input);
    return CPH_EXIT_DONE;
}

size_t cph_input_times(const cph_input *input)
{
    const cph_data_header *header = input->header;
    if (!input->cli->follow || input->data == NULL)
        return input->times;
    const size_t end = input->until < cph_data_span(header)
                           ? cph_data_sample_at(header, input->until)
                           : header->times;
    return end - cph_size_min(input->start, end);
}

cph_status cph_input_follow_gaps(const cph_input *input, cph_writer *writer, cph_error *error)
{
    const cph_data_header *header = input->header;
    if (!input->cli->follow || header->gaps == 0)
        return CPH_OK;
    const size_t times = cph_input_times(input);
    if (cph_data_gaps_cut(header, input->start, times, NULL) <= cph_capture_gaps_told(writer))
        return CPH_OK;
    cph_data_gap *gap = calloc(header->gaps, sizeof *gap);
    if (gap == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    const size_t gaps = cph_data_gaps_cut(header, input->start, times, gap);
    const cph_status status = cph_capture_gaps(writer, gap, gaps, error);
    free(gap);
    return status;
}

void cph_input_follow_json(const cph_input *input, json_t *object)
{
    if (!input->cli->follow)
        return;
    const bool reached = cph_data_span(input->header) >= input->until;
    const bool closed = cph_data_follow_end(input->data) == CPH_FOLLOW_CLOSED;
    cph_json_set_text(object, "follow_ended", reached ? "duration" : closed ? "closed" : "quiet");
}

/* What --start and --duration say, or all. */
static cph_exit find_range(cph_input *input)
{
    const cph_cli *cli = input->cli;
    if (cli->follow)
        return await_range(input);
    input->start = 0;
    input->times = input->header->times;
    return cli->start.value > 0.0 || cli->duration.value > 0.0 ? select_range(input)
                                                               : CPH_EXIT_DONE;
}

/* ---- damage ---- */

enum { TOLD = 8 }; /* places that are told one by one */

typedef struct damage {
    const cph_cli *cli;
    const char *what; /* "samples", "dumps" */
    cph_progress progress;
    size_t places, times;
} damage;

static void tell_damage(void *context, size_t start, size_t times, const cph_error *why)
{
    damage *d = context;
    d->places++;
    d->times += times;
    if (d->places > TOLD || d->cli->quiet)
        return;
    cph_progress_end(&d->progress);
    (void)cph_report_line(d->cli->name, CPH_EXIT_DONE, "%s %zu to %zu are left out: %s", d->what,
                          start, start + times - 1, why->message);
}

static bool go_on(void *context, size_t done)
{
    damage *d = context;
    cph_progress_update(&d->progress, done);
    return !cph_interrupted();
}

/* Of the range; of all where that counts other samples. */
static cph_exit skip_damage(cph_input *input)
{
    const cph_cli *cli = input->cli;
    damage d = {.cli = cli,
                .what = input->header->kind == CPH_KIND_COVARIANCE ? "dumps" : "samples"};
    const cph_damage_config config = {.start = input->start,
                                      .times = input->times,
                                      .max_memory = cli->max_memory,
                                      .tell = tell_damage,
                                      .go_on = go_on,
                                      .context = &d};
    cph_error error = {.status = CPH_OK};
    cph_interrupt_catch();
    cph_progress_start(&d.progress, cli, "looking for damage", input->times);
    const cph_status status = cph_data_skip_damage(input->data, &config, &error);
    cph_progress_end(&d.progress);
    if (status != CPH_OK)
        return cph_report_input(cli->name, &error);
    if (d.places > TOLD && !cli->quiet)
        (void)cph_report_line(cli->name, CPH_EXIT_DONE, "%zu %s are left out at %zu places in all",
                              d.times, d.what, d.places);
    input->header = cph_data_header_of(input->data);
    return CPH_EXIT_DONE;
}

void cph_input_cut(const cph_input *input, cph_data_header *header, cph_data_gap *gap)
{
    const cph_data_header *whole = input->header;
    const uint64_t before = cph_data_global(whole, input->start);
    if (before > 0)
        cph_data_begin_later(header, (double)before / whole->sample_rate_hz);
    header->gaps =
        input->cli->follow ? 0 : cph_data_gaps_cut(whole, input->start, input->times, gap);
    header->gap = gap;
}

/* Real samples of one band about a carrier; of sound or in channels they are something else. */
static bool is_band(const cph_data_header *header, unsigned needs)
{
    const bool radio = header->wave_speed_m_s == 0.0 || (needs & CPH_NEEDS_BASEBAND) != 0;
    return header->kind == CPH_KIND_CAPTURE && header->real_sampling && header->channels == 1 &&
           radio && (needs & CPH_TAKES_REAL) == 0;
}

/* Real samples as complex baseband, for who has no use for mirror images. */
static cph_exit make_complex(cph_input *input)
{
    enum { ENOUGH = 512 }; /* more than the window of the filter */
    cph_error error = {.status = CPH_OK};
    if (cph_data_await(input->data, ENOUGH, &error) != CPH_OK ||
        cph_data_baseband(input->data, &error) != CPH_OK)
        return cph_report_input(input->cli->name, &error);
    input->header = cph_data_header_of(input->data);
    input->times = input->header->times;
    return CPH_EXIT_DONE;
}

static cph_exit check_part(const cph_input *input)
{
    const cph_cli *cli = input->cli;
    const struct {
        const char *name;
        bool given;
    } parts[] = {{"--start", cli->start.value > 0.0},
                 {"--duration", cli->duration.value > 0.0},
                 {"--elements", cli->elements.count > 0},
                 {"--channels", cli->channels.count > 0},
                 {"--follow", cli->follow}};
    if (input->header->kind == CPH_KIND_CAPTURE && input->data != NULL)
        return CPH_EXIT_DONE;
    const char *name = cli->input != NULL ? cli->input : "the array";
    const char *kind = cph_kind_name(input->header->kind);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].given)
            return cph_report_line(cli->name, CPH_EXIT_USAGE,
                                   "%s: is of kind %s; %s is for captures", name, kind,
                                   parts[i].name);
    if (cli->skip_bad && (input->data == NULL || !cph_data_skips(input->data)))
        return cph_report_line(cli->name, CPH_EXIT_USAGE,
                               "%s: is of kind %s (%s); --skip-bad is for captures, beams, and "
                               "covariances in Cophase's and AAVS' layouts",
                               name, kind, input->header->format);
    return CPH_EXIT_DONE;
}

cph_exit cph_input_part(cph_input *input, unsigned needs)
{
    const cph_cli *cli = input->cli;
    input->times = input->header->times;
    cph_exit code = check_part(input);
    if (code == CPH_EXIT_DONE && (cli->elements.count > 0 || cli->channels.count > 0))
        code = select_data(input);
    const bool band = is_band(input->header, needs);
    if (code == CPH_EXIT_DONE && cli->skip_bad && !band)
        code = find_range(input);
    if (code == CPH_EXIT_DONE && cli->skip_bad)
        code = skip_damage(input);
    if (code == CPH_EXIT_DONE && band)
        code = make_complex(input);
    return code == CPH_EXIT_DONE ? find_range(input) : code;
}
