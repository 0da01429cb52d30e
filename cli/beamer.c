/* SPDX-License-Identifier: MIT */
#include "cli/beamer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/progress.h"
#include "kernels/core/size.h"

/* Beams of one step: large enough to keep threads busy, small beside --max-memory. */
static const size_t out_bytes = (size_t)4 << 20;

/* ---- plans ---- */

/* Plan of one channel: weights [beams][N], times the sample's scale. */
static cph_exit plan_channel(cph_beamer *beamer, const cph_weights *weights, size_t channel,
                             cph_c32 *scaled)
{
    const cph_input *input = beamer->input;
    const cph_data_header *header = input->header;
    const size_t n = weights->array.elements;
    cph_error error = {.status = CPH_OK};
    size_t from = 0;
    if (cph_channel_find(weights->channel_freq_hz, weights->channels,
                         header->channel_freq_hz[channel], &from, &error) != CPH_OK)
        return cph_report_line(input->cli->name, CPH_EXIT_INPUT, "weights: %s", error.message);
    for (size_t b = 0; b < weights->beams; b++) {
        const cph_c32 *w = weights->weights + (b * weights->channels + from) * n;
        for (size_t i = 0; i < n; i++)
            scaled[b * n + i] = (cph_c32){(float)(header->scale * (double)w[i].re),
                                          (float)(header->scale * (double)w[i].im)};
    }
    const cph_beamform_config config = {.elements = n,
                                        .beams = weights->beams,
                                        .type = header->type,
                                        .weight_bits = beamer->weight_bits,
                                        .exec = &input->cli->exec};
    cph_status status = cph_beamform_create(&config, scaled, n, &beamer->plan[channel]);
    return status == CPH_OK
               ? CPH_EXIT_DONE
               : cph_report_line(input->cli->name, cph_exit_of(status),
                                 "weights of channel %zu: %s", channel, cph_status_name(status));
}

static cph_exit make_plans(cph_beamer *beamer, const cph_weights *weights, size_t *reserved)
{
    const size_t n = weights->array.elements;
    const cph_beamform_config config = {.elements = n,
                                        .beams = weights->beams,
                                        .type = beamer->input->header->type,
                                        .weight_bits = beamer->weight_bits};
    size_t plan_bytes = 0, workspace = 0;
    cph_c32 *scaled = reallocarray(NULL, weights->beams * n, sizeof *scaled);
    beamer->plan = calloc(beamer->channels, sizeof(cph_beamform_plan *));
    if (scaled == NULL || beamer->plan == NULL ||
        cph_beamform_plan_size(&config, &plan_bytes) != CPH_OK) {
        free(scaled);
        return cph_report_memory(beamer->input->cli->name);
    }
    cph_exit code = CPH_EXIT_DONE;
    for (size_t c = 0; code == CPH_EXIT_DONE && c < beamer->channels; c++) {
        code = plan_channel(beamer, weights, c, scaled);
        if (code == CPH_EXIT_DONE && cph_beamform_workspace_size(beamer->plan[c]) > workspace)
            workspace = cph_beamform_workspace_size(beamer->plan[c]);
    }
    free(scaled);
    if (code == CPH_EXIT_DONE &&
        posix_memalign(&beamer->workspace, CPH_ALIGNMENT, workspace + 1) != 0)
        code = cph_report_memory(beamer->input->cli->name);
    *reserved = beamer->channels * plan_bytes + workspace;
    return code;
}

/* Room for the beams of some rows; *reserved grows by it. */
static cph_exit make_room(cph_beamer *beamer, size_t *reserved)
{
    size_t row = 0;
    if (!cph_size_mul(beamer->channels, beamer->beams * sizeof(cph_c32), &row) || row == 0)
        return cph_report_line(beamer->input->cli->name, CPH_EXIT_INPUT, "no beams, or too many");
    beamer->rows = row < out_bytes ? out_bytes / row : 1;
    beamer->out = reallocarray(NULL, beamer->rows, row);
    beamer->power = calloc(beamer->beams, sizeof *beamer->power);
    *reserved += beamer->rows * row;
    return beamer->out != NULL && beamer->power != NULL
               ? CPH_EXIT_DONE
               : cph_report_memory(beamer->input->cli->name);
}

/* ---- blocks ---- */

static void add_power(cph_beamer *beamer, const cph_c32 *out, size_t times)
{
    const size_t ld = beamer->channels * beamer->beams;
    for (size_t t = 0; t < times; t++) {
        for (size_t b = 0; b < beamer->beams; b++) {
            double re = (double)out[t * ld + b].re, im = (double)out[t * ld + b].im;
            beamer->power[b] += re * re + im * im;
        }
    }
}

/* There is no beam of what was not recorded. */
static void leave_out(cph_beamer *beamer, size_t channel, size_t first, size_t times)
{
    for (size_t t = first; t < first + times; t++) {
        cph_c32 *out = beamer->out + (t * beamer->channels + channel) * beamer->beams;
        for (size_t b = 0; b < beamer->beams; b++)
            out[b] = (cph_c32){NAN, NAN};
    }
}

static cph_status form(cph_beamer *beamer, size_t channel, const void *samples, size_t times,
                       cph_error *error)
{
    const size_t ld = beamer->channels * beamer->beams;
    cph_c32 *out = beamer->out + channel * beamer->beams;
    cph_status status = cph_beamform_run(beamer->plan[channel], beamer->workspace, samples,
                                         beamer->elements, times, out, ld);
    if (status != CPH_OK)
        return cph_fail(error, status, "beamforming: %s", cph_status_name(status));
    const size_t row = beamer->elements * cph_type_size(beamer->input->header->type);
    for (size_t t = 0, run = 0; t < times; t += run) {
        bool lost = false;
        run = cph_data_run(beamer->input->header, (const char *)samples + t * row, times - t,
                           beamer->elements, &lost);
        if (lost)
            leave_out(beamer, channel, t, run);
        else
            add_power(beamer, out + t * ld, run);
        beamer->recorded += lost ? 0 : run;
    }
    return CPH_OK;
}

static cph_status append(cph_beamer *beamer, size_t times, cph_error *error)
{
    cph_status status = cph_capture_append(beamer->writer, beamer->out, times, error);
    beamer->done += status == CPH_OK ? times : 0;
    return status;
}

/* A block of a capture with one channel, in steps of `rows` times. */
static cph_status form_block(void *context, const cph_block *block, cph_error *error)
{
    cph_beamer *beamer = context;
    const size_t row = beamer->elements * cph_type_size(beamer->input->header->type);
    cph_status status = CPH_OK;
    for (size_t t = 0; status == CPH_OK && t < block->times; t += beamer->rows) {
        size_t times = cph_size_min(beamer->rows, block->times - t);
        status = form(beamer, 0, (const char *)block->samples + t * row, times, error);
        if (status == CPH_OK)
            status = append(beamer, times, error);
    }
    return status;
}

/* A capture with channels: all of them at `times` times from `start` on. */
static cph_status form_channels(cph_beamer *beamer, size_t start, size_t times, void *samples,
                                cph_error *error)
{
    cph_status status = CPH_OK;
    for (size_t c = 0; status == CPH_OK && c < beamer->channels; c++) {
        status = cph_data_read_samples(beamer->input->data, start, times, c, beamer->index,
                                       beamer->elements, samples, error);
        if (status == CPH_ERR_IO) /* of an input, so that it is the input that is bad */
            status = error->status = CPH_ERR_FORMAT;
        if (status == CPH_OK)
            status = form(beamer, c, samples, times, error);
    }
    return status == CPH_OK ? append(beamer, times, error) : status;
}

static cph_exit run_channels(cph_beamer *beamer, size_t reserved)
{
    const cph_input *input = beamer->input;
    const size_t row = beamer->elements * cph_type_size(input->header->type);
    const size_t left = input->cli->max_memory > reserved ? input->cli->max_memory - reserved : 0;
    if (row == 0 || left < row)
        return cph_report_line(input->cli->name, CPH_EXIT_LIMIT, "--max-memory is too small");
    const size_t step = cph_size_min(cph_size_min(beamer->rows, left / row), input->times);
    void *samples = reallocarray(NULL, step, row);
    if (samples == NULL)
        return cph_report_memory(input->cli->name);
    cph_error error = {.status = CPH_OK};
    cph_status status = CPH_OK;
    cph_progress progress;
    cph_interrupt_catch();
    cph_progress_start(&progress, input->cli, input->cli->name, input->times);
    for (size_t t = 0; status == CPH_OK && t < input->times; t += step) {
        status = cph_interrupted()
                     ? cph_fail(&error, CPH_ERR_INTERRUPTED, "interrupted")
                     : form_channels(beamer, input->start + t, cph_size_min(step, input->times - t),
                                     samples, &error);
        cph_progress_update(&progress, t);
    }
    cph_progress_end(&progress);
    free(samples);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report(input->cli->name, &error);
}

/* ---- the file ---- */

static cph_exit open_output(cph_beamer *beamer, const cph_weights *weights,
                            const cph_write_options *options)
{
    const cph_input *input = beamer->input;
    cph_data_header header = *input->header;
    header.kind = CPH_KIND_BEAMS;
    header.type = CPH_C32;
    header.scale = 1;
    header.real_sampling = false;
    header.times = 0;
    header.beams = beamer->beams;
    header.array = weights->array;
    header.has_lost_value = false;
    cph_error error = {.status = CPH_OK};
    cph_data_gap *gap = calloc(header.gaps + 1, sizeof *gap);
    if (gap == NULL)
        return cph_report_memory(input->cli->name);
    cph_input_cut(input, &header, gap);
    const cph_status status =
        cph_capture_create(input->cli->output, &header, options, &beamer->writer, &error);
    free(gap);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report(input->cli->name, &error);
}

static cph_exit close_output(cph_beamer *beamer, cph_exit code)
{
    cph_writer *writer = beamer->writer;
    cph_error error = {.status = CPH_OK};
    beamer->writer = NULL;
    if (writer == NULL)
        return code;
    if (code == CPH_EXIT_DONE)
        return cph_writer_commit(writer, &error) == CPH_OK
                   ? CPH_EXIT_DONE
                   : cph_report(beamer->input->cli->name, &error);
    if (cph_interrupted())
        cph_writer_suspend(writer);
    else
        cph_writer_abort(writer);
    return code;
}

cph_exit cph_beamer_run(const cph_input *input, const size_t *index, const cph_weights *weights,
                        unsigned weight_bits, const cph_write_options *options, cph_beamer *beamer)
{
    *beamer = (cph_beamer){.input = input,
                           .channels = input->header->channels,
                           .beams = weights->beams,
                           .elements = weights->array.elements,
                           .index = index,
                           .weight_bits = weight_bits};
    const cph_stream_config range = {.start = input->start,
                                     .times = input->times,
                                     .element = index,
                                     .elements = beamer->elements};
    size_t reserved = 0;
    cph_exit code = make_plans(beamer, weights, &reserved);
    if (code == CPH_EXIT_DONE)
        code = make_room(beamer, &reserved);
    if (code == CPH_EXIT_DONE)
        code = open_output(beamer, weights, options);
    if (code == CPH_EXIT_DONE)
        code = beamer->channels == 1 ? cph_input_stream(input, &range, reserved, form_block, beamer)
                                     : run_channels(beamer, reserved);
    return close_output(beamer, code);
}

double cph_beamer_power_db(const cph_beamer *beamer, size_t beam)
{
    return 10 * log10(beamer->power[beam] / (double)beamer->recorded);
}

void cph_beamer_free(cph_beamer *beamer)
{
    for (size_t c = 0; beamer->plan != NULL && c < beamer->channels; c++)
        cph_beamform_destroy(beamer->plan[c]);
    free(beamer->plan);
    free(beamer->workspace);
    free(beamer->out);
    free(beamer->power);
    *beamer = (cph_beamer){0};
}
