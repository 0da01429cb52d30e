/* SPDX-License-Identifier: MIT */
#include "cli/channelizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/history.h"
#include "cli/progress.h"
#include "cli/wisdom.h"
#include "kernels/core/fail.h"
#include "kernels/core/heap.h"

/* Output of one step: large enough to keep threads busy, small beside --max-memory. */
static const size_t out_bytes = (size_t)8 << 20;

/* ---- what is there ---- */

static cph_exit check_input(const cph_input *input, size_t channels)
{
    const cph_data_header *const h = input->header;
    const cph_cli *const cli = input->cli;
    if (h->channels != 1)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: /samples has %zu channels; expected a capture without, or "
                               "--channels and one of them",
                               cli->input, h->channels);
    if (!(h->sample_rate_hz > 0.0))
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: no attribute sample_rate_hz; channels need it", cli->input);
    if (h->real_sampling && isfinite(h->center_freq_hz) && !isfinite(h->if_freq_hz))
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: real samples, but no attribute if_freq_hz: expected where "
                               "center_freq_hz lies in their band",
                               cli->input);
    if (channels == 1 && !(h->baseband_error > 0.0))
        return cph_report_line(cli->name, CPH_EXIT_USAGE,
                               "--into 1: %s is complex baseband already", cli->input);
    return CPH_EXIT_DONE;
}

/* ---- the output's header ---- */

/* Channels of complex samples lie about the centre, those of real ones from 0 Hz up. */
static cph_exit set_frequencies(cph_channelizer *c)
{
    const cph_data_header *const from = c->input->header;
    const size_t channels = c->header.channels;
    const double first = from->real_sampling
                             ? cph_data_real_zero(from)
                             : from->channel_freq_hz[0] - c->width_hz * (double)(channels / 2);
    c->header.channel_freq_hz = calloc(channels, sizeof *c->header.channel_freq_hz);
    if (c->header.channel_freq_hz == NULL)
        return cph_report_memory(c->input->cli->name);
    for (size_t k = 0; k < channels; k++)
        c->header.channel_freq_hz[k] = first + c->width_hz * (double)k;
    return first < 0.0
               ? cph_report_line(c->input->cli->name, CPH_EXIT_INPUT,
                                 "%s: center_freq_hz %.9g puts channel 0 at %.9g Hz, below 0",
                                 c->input->cli->input, from->center_freq_hz, first)
               : CPH_EXIT_DONE;
}

/* Of what no bank is for: baseband stays as it is. */
static cph_exit make_header(cph_channelizer *c)
{
    const cph_data_header *const from = c->input->header;
    const bool bank = c->plan != NULL;
    c->header = *from;
    c->header.array = (cph_array){0};
    c->header.channel_freq_hz = NULL;
    c->header.type = CPH_C32;
    c->header.real_sampling = false;
    c->header.has_lost_value = false;
    c->header.if_freq_hz = NAN;
    /* Half of a real signal's amplitude is at negative frequencies. */
    c->header.scale = c->first > 0 ? 2.0 * from->scale : from->scale;
    c->header.independent = bank ? c->info.independent : from->independent;
    c->header.channels = bank ? c->info.channels - c->first : 1;
    c->header.times = 0;
    c->gap = calloc(from->gaps + 2, sizeof *c->gap);
    if (c->gap == NULL)
        return cph_report_memory(c->input->cli->name);
    cph_input_cut(c->input, &c->header, c->gap);
    c->width_hz = from->sample_rate_hz / (double)c->info.channels;
    c->header.sample_rate_hz = from->sample_rate_hz / (double)c->info.step;
    cph_data_begin_later(&c->header, (double)(c->info.length / 2) / from->sample_rate_hz);
    if (from->array.elements > 0 &&
        cph_array_select(&from->array, c->chosen.index, c->elements, &c->header.array) != CPH_OK)
        return cph_report_memory(c->input->cli->name);
    return set_frequencies(c);
}

/* ---- the bank ---- */

static cph_exit make_bank(cph_channelizer *c, const cph_channelize_config *config)
{
    const cph_cli *const cli = c->input->cli;
    cph_channelize_config own = *config;
    own.elements = c->elements;
    const cph_data_header *const from = c->input->header;
    c->marked = from->has_lost_value || (from->real_sampling && from->type == CPH_C32);
    own.type = c->marked ? CPH_C32 : from->type;
    c->type = own.type;
    if (from->real_sampling) {
        own.channels = 2 * config->channels;
        c->first = config->channels;
    }
    char *const wisdom = cph_wisdom_recall(cli);
    cph_status status = cph_channelize_create(&own, &c->plan);
    cph_wisdom_keep(wisdom);
    if (status == CPH_OK)
        status = cph_channelize_describe(c->plan, &c->info);
    if (status == CPH_OK)
        status = cph_channelize_stream_create(c->plan, &c->stream);
    return cph_report_bank(cli->name, status);
}

static cph_exit make_plan(cph_channelizer *c, const cph_channelize_config *config)
{
    c->info = (cph_channelize_info){.channels = 1, .oversample = 1, .step = 1, .length = 1};
    return config->channels == 1 ? CPH_EXIT_DONE : make_bank(c, config);
}

/* Room for some output times; *reserved is what the bank takes. */
static cph_exit make_room(cph_channelizer *c, size_t *reserved)
{
    const cph_cli *const cli = c->input->cli;
    const size_t sample = c->elements * cph_type_size(c->type);
    const size_t row = c->info.channels * c->elements * sizeof(cph_c32);
    const size_t least = 16, workspace = cph_channelize_workspace_size(c->plan);
    c->rows = out_bytes / row > least ? out_bytes / row : least;
    const size_t floats = c->marked ? cph_channelizer_step(c) * sample : 0;
    *reserved = c->rows * row + workspace + 2 * c->info.length * sample + floats;
    if (*reserved >= cli->max_memory)
        return cph_report_line(cli->name, CPH_EXIT_LIMIT,
                               "--max-memory %zu is too small: the filter bank takes %zu bytes",
                               cli->max_memory, *reserved);
    c->workspace = cph_heap_aligned(workspace + 1);
    c->out = cph_heap_aligned(c->rows * row);
    c->floats = floats > 0 ? malloc(floats) : NULL;
    return c->workspace != NULL && c->out != NULL && (floats == 0 || c->floats != NULL)
               ? CPH_EXIT_DONE
               : cph_report_memory(cli->name);
}

/* Baseband is what the input reads as. */
static cph_status append_block(void *context, const cph_block *block, cph_error *error)
{
    cph_channelizer *const c = context;
    const cph_status status = cph_input_follow_gaps(c->input, c->writer, error);
    if (status != CPH_OK)
        return status;
    c->made += block->times;
    return cph_capture_append(c->writer, block->samples, block->times, error);
}

static cph_exit too_few(const cph_channelizer *c)
{
    const cph_input *const input = c->input;
    return cph_report_line(input->cli->name, CPH_EXIT_INPUT,
                           "%s: %zu samples%s; so many channels and taps take %zu%s at least",
                           input->cli->input, cph_input_times(input),
                           input->header->gaps > 0 ? " with gaps" : "", c->info.length,
                           input->header->gaps > 0 ? " in a row" : "");
}

/* Of an input that was followed, what is left out is known in the end. */
static cph_exit settle(cph_channelizer *c)
{
    cph_error error = {.status = CPH_OK};
    if (c->plan == NULL)
        return CPH_EXIT_DONE;
    if (cph_channelizer_tell_gaps(c, &error) != CPH_OK)
        return cph_report(c->input->cli->name, &error);
    return c->made > 0 ? CPH_EXIT_DONE : too_few(c);
}

/* Gains of a simulation are the same in all channels. */
static cph_exit put_all(cph_channelizer *c, const cph_stream_config *range, size_t reserved,
                        cph_block_task *task)
{
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_input_stream(c->input, range, reserved, task, c);
    if (code == CPH_EXIT_DONE && range->follow)
        code = settle(c);
    return code != CPH_EXIT_DONE || cph_conversion_truth(&c->chosen, c->writer, &error) == CPH_OK
               ? code
               : cph_report(c->input->cli->name, &error);
}

static cph_exit write_output(cph_channelizer *c, size_t reserved)
{
    const cph_input *const input = c->input;
    const cph_cli *const cli = input->cli;
    const cph_stream_config range = {.start = input->start,
                                     .times = input->times,
                                     .follow = cli->follow,
                                     .element = c->chosen.index,
                                     .elements = c->elements};
    cph_block_task *const task = c->plan != NULL ? cph_channelizer_block : append_block;
    const char *path[3];
    cph_history history;
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_history_make(cli, path, cph_input_paths(input, path), &history);
    if (code != CPH_EXIT_DONE)
        return code;
    code =
        cph_capture_create(cli->output, &c->header, &history.options, &c->writer, &error) == CPH_OK
            ? CPH_EXIT_DONE
            : cph_report(cli->name, &error);
    if (code == CPH_EXIT_DONE)
        code = cph_output_end_once(c->input->cli, c->writer, put_all(c, &range, reserved, task));
    cph_history_free(&history);
    return code;
}

cph_exit cph_channelizer_run(const cph_input *input, const cph_channelize_config *config,
                             cph_channelizer *c)
{
    *c = (cph_channelizer){.input = input, .chosen = {.input = input}};
    size_t reserved = 0;
    cph_exit code = check_input(input, config->channels);
    if (code == CPH_EXIT_DONE)
        code = cph_conversion_make(&c->chosen);
    c->elements = c->chosen.elements;
    if (code == CPH_EXIT_DONE)
        code = make_plan(c, config);
    if (code == CPH_EXIT_DONE)
        code = make_header(c);
    if (code == CPH_EXIT_DONE && c->plan != NULL && !input->cli->follow && !cph_channelizer_gaps(c))
        code = too_few(c);
    if (code == CPH_EXIT_DONE)
        code = make_room(c, &reserved);
    if (code == CPH_EXIT_DONE)
        code = write_output(c, reserved);
    return code;
}

void cph_channelizer_free(cph_channelizer *c)
{
    cph_channelize_stream_destroy(c->stream);
    cph_channelize_destroy(c->plan);
    free(c->floats);
    free(c->gap);
    cph_conversion_free(&c->chosen);
    cph_array_free(&c->header.array);
    free(c->header.channel_freq_hz);
    free(c->workspace);
    free(c->out);
    *c = (cph_channelizer){0};
}
