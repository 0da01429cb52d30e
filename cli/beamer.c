/* SPDX-License-Identifier: MIT */
#include "cli/beamer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/history.h"
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
    const size_t room = cph_size_min(out_bytes, beamer->input->cli->max_memory / 4);
    beamer->rows = row < room ? room / row : 1;
    beamer->out = reallocarray(NULL, beamer->rows, row);
    beamer->power = calloc(beamer->beams, sizeof *beamer->power);
    beamer->lost = calloc(beamer->rows, beamer->channels);
    *reserved += beamer->rows * row;
    return beamer->out != NULL && beamer->power != NULL && beamer->lost != NULL
               ? CPH_EXIT_DONE
               : cph_report_memory(beamer->input->cli->name);
}

/* ---- blocks ---- */

/* There is no beam of what was not recorded. */
static void leave_out(cph_beamer *beamer, size_t channel, size_t first, size_t times)
{
    for (size_t t = first; t < first + times; t++) {
        const size_t i = t * beamer->channels + channel;
        beamer->lost[i] = 1;
        for (size_t b = 0; b < beamer->beams; b++)
            beamer->out[i * beamer->beams + b] = (cph_c32){NAN, NAN};
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
    }
    return CPH_OK;
}

/* In the order of the file, so that it is the same sum however the file was made. */
static void add_power(cph_beamer *beamer, size_t times)
{
    for (size_t i = 0; i < times * beamer->channels; i++) {
        beamer->recorded += beamer->lost[i] == 0;
        for (size_t b = 0; beamer->lost[i] == 0 && b < beamer->beams; b++) {
            const cph_c32 y = beamer->out[i * beamer->beams + b];
            const double re = (double)y.re, im = (double)y.im;
            beamer->power[b] += re * re + im * im;
        }
    }
    memset(beamer->lost, 0, times * beamer->channels);
    beamer->done += times;
}

static cph_status append(cph_beamer *beamer, size_t times, cph_error *error)
{
    const cph_status status = cph_capture_append(beamer->writer, beamer->out, times, error);
    if (status == CPH_OK)
        add_power(beamer, times);
    *cph_writer_tally(beamer->writer) = beamer->recorded;
    return status;
}

static bool is_nan(const cph_beamer *beamer, size_t i)
{
    for (size_t b = 0; b < beamer->beams; b++)
        if (!isnan(beamer->out[i * beamer->beams + b].re))
            return false;
    return true;
}

/* What a resumed file holds already. Beams are NaN where times were lost; where more are, a sample
 * was. */
static cph_exit look_back(cph_beamer *beamer)
{
    const size_t before = cph_writer_times(beamer->writer);
    cph_error error = {.status = CPH_OK};
    while (beamer->done < before) {
        const size_t times = cph_size_min(beamer->rows, before - beamer->done);
        if (cph_capture_look(beamer->writer, beamer->done, times, beamer->out, &error) != CPH_OK)
            return cph_report(beamer->input->cli->name, &error);
        for (size_t i = 0; i < times * beamer->channels; i++)
            beamer->lost[i] = is_nan(beamer, i);
        add_power(beamer, times);
    }
    const uint64_t recorded = *cph_writer_tally(beamer->writer);
    for (size_t b = 0; b < beamer->beams && recorded != beamer->recorded; b++)
        beamer->power[b] = NAN;
    beamer->recorded = recorded;
    return CPH_EXIT_DONE;
}

/* A block of all channels, in steps of `rows` times. */
static cph_status form_block(void *context, const cph_block *block, cph_error *error)
{
    cph_beamer *beamer = context;
    const size_t row = beamer->elements * cph_type_size(beamer->input->header->type);
    const char *samples = block->samples;
    cph_status status = cph_input_follow_gaps(beamer->input, beamer->writer, error);
    for (size_t t = 0; status == CPH_OK && t < block->times; t += beamer->rows) {
        const size_t times = cph_size_min(beamer->rows, block->times - t);
        for (size_t c = 0; status == CPH_OK && c < beamer->channels; c++)
            status = form(beamer, c, samples + (c * block->times + t) * row, times, error);
        if (status == CPH_OK)
            status = append(beamer, times, error);
    }
    return status;
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
    cph_interrupt_catch(); /* what is resumed has no mark from here on until it is stopped again */
    const cph_status status =
        cph_capture_create(input->cli->output, &header, options, &beamer->writer, &error);
    free(gap);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report(input->cli->name, &error);
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
    cph_stream_config range = {
        .channels = beamer->channels, .element = index, .elements = beamer->elements};
    size_t reserved = 0;
    cph_exit code = make_plans(beamer, weights, &reserved);
    if (code == CPH_EXIT_DONE)
        code = make_room(beamer, &reserved);
    if (code == CPH_EXIT_DONE)
        code = open_output(beamer, weights, options);
    if (code == CPH_EXIT_DONE)
        code = look_back(beamer);
    range.start = input->start + beamer->done;
    range.times = input->times - beamer->done;
    range.follow = input->cli->follow;
    if (code == CPH_EXIT_DONE && (range.times > 0 || range.follow))
        code = cph_input_stream(input, &range, reserved, form_block, beamer);
    cph_writer *writer = beamer->writer;
    beamer->writer = NULL;
    return cph_output_end(input->cli, writer, code);
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
    free(beamer->lost);
    *beamer = (cph_beamer){0};
}
