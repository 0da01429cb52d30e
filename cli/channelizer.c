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
                               "%s: /samples has %zu channels; expected a capture without",
                               cli->input, h->channels);
    if (!(h->sample_rate_hz > 0.0))
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: no attribute sample_rate_hz; channels need it", cli->input);
    if (h->real_sampling && isfinite(h->center_freq_hz) && !isfinite(h->if_freq_hz))
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: real samples, but no attribute if_freq_hz: expected where "
                               "center_freq_hz lies in their band",
                               cli->input);
    if (channels == 1 && !h->real_sampling)
        return cph_report_line(cli->name, CPH_EXIT_USAGE,
                               "--channels 1: %s is complex baseband already", cli->input);
    return CPH_EXIT_DONE;
}

/* ---- the output's header ---- */

/* Channels of complex samples lie about the centre, those of real ones from 0 Hz up, where the
 * centre is at the intermediate frequency; baseband is in the middle of it. */
static cph_exit set_frequencies(cph_channelizer *c)
{
    const cph_data_header *const from = c->input->header;
    const size_t channels = c->header.channels;
    const double zero = from->real_sampling
                            ? from->center_freq_hz - from->if_freq_hz
                            : from->center_freq_hz - c->width_hz * (double)(channels / 2);
    const double first = c->baseband != NULL ? zero + 0.25 * from->sample_rate_hz : zero;
    c->header.channel_freq_hz = calloc(channels, sizeof *c->header.channel_freq_hz);
    if (c->header.channel_freq_hz == NULL)
        return cph_report_memory(c->input->cli->name);
    for (size_t k = 0; k < channels; k++)
        c->header.channel_freq_hz[k] = first + c->width_hz * (double)k;
    if (c->baseband != NULL)
        c->header.center_freq_hz = first;
    return zero < 0.0
               ? cph_report_line(c->input->cli->name, CPH_EXIT_INPUT,
                                 "%s: center_freq_hz %.9g puts channel 0 at %.9g Hz, below 0",
                                 c->input->cli->input, from->center_freq_hz, zero)
               : CPH_EXIT_DONE;
}

static cph_exit make_header(cph_channelizer *c, size_t channels)
{
    const cph_data_header *const from = c->input->header;
    c->header = *from;
    c->header.array = (cph_array){0};
    c->header.channel_freq_hz = NULL;
    c->header.type = CPH_C32;
    c->header.real_sampling = false;
    c->header.if_freq_hz = NAN;
    /* Half of a real signal's amplitude is at negative frequencies. */
    c->header.scale = c->first > 0 ? 2.0 * from->scale : from->scale;
    c->header.channels = channels;
    c->header.times = 0;
    c->header.sample_rate_hz = from->sample_rate_hz / (double)c->info.step;
    c->header.time_start_unix_s +=
        ((double)c->input->start + (double)(c->info.length / 2)) / from->sample_rate_hz;
    c->width_hz = from->sample_rate_hz / (double)c->info.channels;
    if (from->array.elements > 0 &&
        cph_array_select(&from->array, c->chosen.index, c->elements, &c->header.array) != CPH_OK)
        return cph_report_memory(c->input->cli->name);
    return set_frequencies(c);
}

/* ---- the bank ---- */

static cph_exit make_baseband(cph_channelizer *c, const cph_channelize_config *config)
{
    const cph_baseband_config own = {.elements = c->elements,
                                     .taps = config->taps == 0 ? 0 : 4 * config->taps,
                                     .type = c->input->header->type,
                                     .exec = config->exec};
    cph_status status = cph_baseband_create(&own, &c->baseband);
    if (status == CPH_OK)
        status = cph_baseband_describe(c->baseband, &c->baseband_info);
    c->info = (cph_channelize_info){
        .channels = 2, .oversample = 1, .step = 2, .length = c->baseband_info.window};
    return status == CPH_OK ? CPH_EXIT_DONE
                            : cph_report_line(c->input->cli->name, cph_exit_of(status),
                                              "baseband: %s", cph_status_name(status));
}

static cph_exit make_bank(cph_channelizer *c, const cph_channelize_config *config)
{
    const cph_cli *const cli = c->input->cli;
    cph_channelize_config own = *config;
    own.elements = c->elements;
    own.type = c->input->header->type;
    if (c->input->header->real_sampling) {
        own.channels = 2 * config->channels;
        c->first = config->channels;
    }
    char *const wisdom = cph_wisdom_recall(cli);
    cph_status status = cph_channelize_create(&own, &c->plan);
    cph_wisdom_keep(wisdom);
    if (status == CPH_ERR_UNSUPPORTED)
        return cph_report_line(cli->name, CPH_EXIT_FAILED,
                               "filter banks need FFTW, which this build is without");
    if (status == CPH_OK)
        status = cph_channelize_describe(c->plan, &c->info);
    if (status == CPH_OK)
        status = cph_channelize_stream_create(c->plan, &c->stream);
    return status == CPH_OK ? CPH_EXIT_DONE
                            : cph_report_line(cli->name, cph_exit_of(status), "filter bank: %s",
                                              cph_status_name(status));
}

static cph_exit make_plan(cph_channelizer *c, const cph_channelize_config *config)
{
    return config->channels == 1 ? make_baseband(c, config) : make_bank(c, config);
}

/* Samples of a step of the block, which complete no more times than there is room for. */
static size_t step_of(const cph_channelizer *c)
{
    return (c->rows - 1) * c->info.step + 1;
}

/* Room for some output times; *reserved is what the bank takes. */
static cph_exit make_room(cph_channelizer *c, size_t *reserved)
{
    const cph_cli *const cli = c->input->cli;
    const size_t sample = c->elements * cph_type_size(c->input->header->type);
    const size_t row = c->info.channels * c->elements * sizeof(cph_c32);
    const size_t least = 16, workspace = cph_channelize_workspace_size(c->plan);
    c->rows = out_bytes / row > least ? out_bytes / row : least;
    const size_t kept =
        (c->baseband != NULL ? c->info.length + step_of(c) : 2 * c->info.length) * sample;
    *reserved = c->rows * row + workspace + kept;
    if (*reserved >= cli->max_memory)
        return cph_report_line(cli->name, CPH_EXIT_LIMIT,
                               "--max-memory %zu is too small: the filter bank takes %zu bytes",
                               cli->max_memory, *reserved);
    c->workspace = cph_heap_aligned(workspace + 1);
    c->out = cph_heap_aligned(c->rows * row);
    c->held = c->baseband != NULL ? malloc(kept + 1) : NULL;
    return c->workspace != NULL && c->out != NULL && (c->baseband == NULL || c->held != NULL)
               ? CPH_EXIT_DONE
               : cph_report_memory(cli->name);
}

/* ---- blocks ---- */

/* Channels of the output alone, one time behind the other. */
static const cph_c32 *pack(cph_channelizer *c, size_t times)
{
    const size_t from = c->info.channels * c->elements, to = c->header.channels * c->elements;
    if (from == to)
        return c->out;
    for (size_t t = 0; t < times; t++)
        memmove(c->out + t * to, c->out + t * from + c->first * c->elements, to * sizeof *c->out);
    return c->out;
}

static cph_status channelize_block(void *context, const cph_block *block, cph_error *error)
{
    cph_channelizer *const c = context;
    const size_t row = c->elements * cph_type_size(c->input->header->type);
    const size_t step = step_of(c);
    const cph_channelize_output output = {c->out, c->info.channels * c->elements, c->elements};
    cph_status status = CPH_OK;
    for (size_t t = 0; status == CPH_OK && t < block->times; t += step) {
        const size_t times = cph_size_min(step, block->times - t);
        const size_t made = cph_channelize_stream_times(c->stream, times);
        status =
            cph_channelize_push(c->stream, c->workspace, (const char *)block->samples + t * row,
                                c->elements, times, &output);
        if (status != CPH_OK)
            return cph_fail(error, status, "filter bank: %s", cph_status_name(status));
        if (made > 0)
            status = cph_capture_append(c->writer, pack(c, made), made, error);
        c->made += made;
    }
    return status;
}

/* Samples are joined to those that the block before left. */
static cph_status baseband_block(void *context, const cph_block *block, cph_error *error)
{
    cph_channelizer *const c = context;
    const size_t row = c->elements * cph_type_size(c->input->header->type);
    const size_t step = step_of(c);
    cph_status status = CPH_OK;
    for (size_t t = 0; status == CPH_OK && t < block->times; t += step) {
        const size_t times = cph_size_min(step, block->times - t);
        memcpy(c->held + c->kept * row, (const char *)block->samples + t * row, times * row);
        c->kept += times;
        const size_t made = cph_baseband_times(c->baseband, c->kept);
        status = cph_baseband_run(c->baseband, c->held, c->elements, c->kept, c->made, c->out,
                                  c->elements);
        if (status != CPH_OK)
            return cph_fail(error, status, "baseband: %s", cph_status_name(status));
        if (made > 0)
            status = cph_capture_append(c->writer, c->out, made, error);
        c->kept -= 2 * made;
        memmove(c->held, c->held + 2 * made * row, c->kept * row);
        c->made += made;
    }
    return status;
}

static cph_exit close_output(cph_channelizer *c, cph_exit code)
{
    cph_error error = {.status = CPH_OK};
    if (code != CPH_EXIT_DONE && cph_interrupted())
        cph_writer_suspend(c->writer);
    else if (code != CPH_EXIT_DONE)
        cph_writer_abort(c->writer);
    else if (cph_writer_commit(c->writer, &error) != CPH_OK)
        code = cph_report(c->input->cli->name, &error);
    return code;
}

static cph_exit write_output(cph_channelizer *c, size_t reserved)
{
    const cph_input *const input = c->input;
    const cph_cli *const cli = input->cli;
    const cph_stream_config range = {.start = input->start,
                                     .times = input->times,
                                     .element = c->chosen.index,
                                     .elements = c->elements};
    cph_block_task *const task = c->baseband != NULL ? baseband_block : channelize_block;
    const char *path[3];
    cph_history history;
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_history_make(cli, path, cph_input_paths(input, path), &history);
    if (code != CPH_EXIT_DONE)
        return code;
    code =
        cph_capture_create(cli->output, &c->header, &history.options, &c->writer, &error) == CPH_OK
            ? close_output(c, cph_input_stream(input, &range, reserved, task, c))
            : cph_report(cli->name, &error);
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
        code = make_header(c, config->channels);
    if (code == CPH_EXIT_DONE && input->times < c->info.length)
        code = cph_report_line(input->cli->name, CPH_EXIT_INPUT,
                               "%s: %zu samples; so many channels and taps take %zu at least",
                               input->cli->input, input->times, c->info.length);
    if (code == CPH_EXIT_DONE)
        code = make_room(c, &reserved);
    if (code == CPH_EXIT_DONE)
        code = write_output(c, reserved);
    if (code == CPH_EXIT_DONE)
        c->left_out = input->times - c->info.length - (c->made - 1) * c->info.step;
    return code;
}

void cph_channelizer_free(cph_channelizer *c)
{
    cph_channelize_stream_destroy(c->stream);
    cph_channelize_destroy(c->plan);
    cph_baseband_destroy(c->baseband);
    free(c->held);
    cph_conversion_free(&c->chosen);
    cph_array_free(&c->header.array);
    free(c->header.channel_freq_hz);
    free(c->workspace);
    free(c->out);
    *c = (cph_channelizer){0};
}
