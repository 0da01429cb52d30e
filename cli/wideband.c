/* SPDX-License-Identifier: MIT */
#include "cli/wideband.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/history.h"
#include "cli/wisdom.h"
#include "cophase/array.h"
#include "kernels/core/fail.h"
#include "kernels/core/heap.h"
#include "kernels/core/size.h"

/* Channels of a step: large enough to keep threads busy, small beside --max-memory. */
static const size_t step_bytes = (size_t)8 << 20;

static cph_exit check_input(const cph_input *input)
{
    const cph_data_header *const h = input->header;
    const cph_cli *const cli = input->cli;
    cph_error error = {.status = CPH_OK};
    if (h->channels != 1 || h->real_sampling)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: has %s; --wideband takes a capture of one band", cli->input,
                               h->channels != 1 ? "channels" : "real samples of sound");
    if (!(h->sample_rate_hz > 0.0))
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: no attribute sample_rate_hz; --wideband needs it", cli->input);
    if (h->has_lost_value)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: has samples of value %g that stand for lost times; --wideband "
                               "needs samples without a gap",
                               cli->input, h->lost_value);
    return cph_check_unbroken(cli->input, h, input->start, input->times, "--wideband", &error) ==
                   CPH_OK
               ? CPH_EXIT_DONE
               : cph_report_input(cli->name, &error);
}

cph_exit cph_wideband_open(const cph_input *input, size_t channels, cph_wideband *w)
{
    *w = (cph_wideband){.from = input, .channels = channels};
    const cph_exit code = check_input(input);
    if (code != CPH_EXIT_DONE)
        return code;
    const double width = input->header->sample_rate_hz / (double)channels;
    w->header = *input->header;
    w->header.channels = channels;
    w->header.channel_freq_hz = calloc(channels, sizeof *w->header.channel_freq_hz);
    if (w->header.channel_freq_hz == NULL)
        return cph_report_memory(input->cli->name);
    for (size_t k = 0; k < channels; k++)
        w->header.channel_freq_hz[k] =
            input->header->channel_freq_hz[0] + width * ((double)k - (double)(channels / 2));
    w->input = *input;
    w->input.header = &w->header;
    return w->header.channel_freq_hz[0] > 0.0
               ? CPH_EXIT_DONE
               : cph_report_line(input->cli->name, CPH_EXIT_INPUT,
                                 "%s: channel 0 lies at %.9g Hz, below 0", input->cli->input,
                                 w->header.channel_freq_hz[0]);
}

/* ---- plans ---- */

static cph_status make_banks(cph_wideband *w)
{
    cph_channelize_config config = {.elements = w->elements,
                                    .channels = w->channels,
                                    .oversample = 2,
                                    .type = w->from->header->type,
                                    .exec = &w->from->cli->exec};
    char *const wisdom = cph_wisdom_recall(w->from->cli);
    cph_status status = cph_channelize_create(&config, &w->bank);
    config.elements = w->beams;
    if (status == CPH_OK)
        status = cph_dechannelize_create(&config, &w->back);
    cph_wisdom_keep(wisdom);
    if (status == CPH_OK)
        status = cph_channelize_describe(w->bank, &w->info);
    if (status == CPH_OK)
        status = cph_dechannelize_describe(w->back, &w->back_info);
    return status == CPH_OK ? cph_channelize_stream_create(w->bank, &w->stream) : status;
}

/* Weights of the channels nearest in frequency, times the samples' scale. */
static cph_status make_weights(cph_wideband *w, const cph_weights *weights, cph_error *error)
{
    const size_t n = w->elements, m = w->channels;
    const double scale = w->from->header->scale;
    cph_c32 *const all = reallocarray(NULL, w->beams * m, n * sizeof *all);
    if (all == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for weights");
    cph_status status = CPH_OK;
    for (size_t k = 0; status == CPH_OK && k < m; k++) {
        size_t from = 0;
        status = cph_channel_find(weights->channel_freq_hz, weights->channels,
                                  w->header.channel_freq_hz[k], &from, error);
        for (size_t i = 0; status == CPH_OK && i < w->beams * n; i++) {
            const cph_c32 x = weights->weights[(i / n * weights->channels + from) * n + i % n];
            all[(i / n * m + k) * n + i % n] =
                (cph_c32){(float)(scale * (double)x.re), (float)(scale * (double)x.im)};
        }
    }
    const cph_beamform_config config = {.elements = n,
                                        .beams = w->beams,
                                        .channels = m,
                                        .type = CPH_C32,
                                        .weight_bits = 32,
                                        .exec = &w->from->cli->exec};
    if (status == CPH_OK) {
        status = cph_beamform_create(&config, all, n, &w->plan);
        if (status != CPH_OK)
            (void)cph_fail(error, status, "weights: %s", cph_status_name(status));
    }
    free(all);
    return status;
}

/* Within a channel weights stand still while the wave's phases turn with its delays, at most as far
 * as the channel reaches; what comes of that adds to the way back's own error. */
static double error_of(const cph_wideband *w, const cph_weights *weights)
{
    const double reach_hz =
        w->info.stopband * w->from->header->sample_rate_hz / (double)w->channels;
    const double alias = pow(10.0, w->info.alias_db / 20.0);
    const double sound_m_s = w->from->header->wave_speed_m_s;
    const double speed_m_s = sound_m_s > 0.0 ? sound_m_s : CPH_SPEED_OF_LIGHT;
    const double way = pow(10.0, w->back_info.error_db / 20.0);
    double *const r = calloc(3 * w->elements + 1, sizeof *r), most_s = 0.0;
    if (r == NULL || cph_array_positions(&weights->array, r) != CPH_OK) {
        free(r);
        return NAN;
    }
    for (size_t b = 0; b < w->beams; b++)
        for (size_t n = 0; n < w->elements; n++) {
            const double *const u = weights->direction + 3 * b, *const p = r + 3 * n;
            const double delay_s = (u[0] * p[0] + u[1] * p[1] + u[2] * p[2]) / speed_m_s;
            most_s = fmax(most_s, fabs(delay_s));
        }
    free(r);
    const double half_turns = fmin(reach_hz * most_s, 0.5);
    return way + 2.0 * sin(M_PI * half_turns) * (1.0 + 2.0 * alias);
}

static cph_exit make_plans(cph_wideband *w, const cph_weights *weights)
{
    const cph_cli *const cli = w->from->cli;
    cph_error error = {.status = CPH_OK};
    const cph_exit code = cph_report_bank(cli->name, make_banks(w));
    if (code != CPH_EXIT_DONE)
        return code;
    if (make_weights(w, weights, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    w->error = error_of(w, weights);
    const size_t least = w->info.length + (w->back_info.times - 1) * w->info.step;
    return w->from->times >= least
               ? CPH_EXIT_DONE
               : cph_report_line(cli->name, CPH_EXIT_INPUT,
                                 "%s: %zu samples; so many channels take %zu at least", cli->input,
                                 w->from->times, least);
}

static cph_exit make_room(cph_wideband *w, size_t *reserved)
{
    const cph_cli *const cli = w->from->cli;
    const size_t wide = w->channels * sizeof(cph_c32), least = 16;
    const size_t row = wide * (w->elements + w->beams) + w->info.step * w->beams * sizeof(cph_c32);
    size_t workspace = cph_channelize_workspace_size(w->bank);
    if (cph_dechannelize_workspace_size(w->back) > workspace)
        workspace = cph_dechannelize_workspace_size(w->back);
    if (cph_beamform_workspace_size(w->plan) > workspace)
        workspace = cph_beamform_workspace_size(w->plan);
    w->rows = step_bytes / row > least ? step_bytes / row : least;
    const size_t held = w->back_info.times + w->rows;
    *reserved = w->rows * row + workspace + w->back_info.times * wide * w->beams +
                2 * w->info.length * w->elements * cph_type_size(w->from->header->type);
    if (*reserved >= cli->max_memory)
        return cph_report_line(cli->name, CPH_EXIT_LIMIT,
                               "--max-memory %zu is too small: --wideband %zu takes %zu bytes",
                               cli->max_memory, w->channels, *reserved);
    w->workspace = cph_heap_aligned(workspace + 1);
    w->spectrum = cph_heap_aligned(w->rows * wide * w->elements);
    w->formed = cph_heap_aligned(held * wide * w->beams);
    w->out = cph_heap_aligned(held * w->info.step * w->beams * sizeof *w->out);
    w->power = calloc(w->beams, sizeof *w->power);
    return w->workspace != NULL && w->spectrum != NULL && w->formed != NULL && w->out != NULL &&
                   w->power != NULL
               ? CPH_EXIT_DONE
               : cph_report_memory(cli->name);
}

/* ---- blocks ---- */

/* What the channel times that are there give; those that further samples need stay. */
static cph_status go_back(cph_wideband *w, cph_error *error)
{
    const size_t row = w->channels * w->beams, j = w->back_info.times;
    if (w->kept < j)
        return CPH_OK;
    const size_t past = w->kept - j + 1, made = past * w->info.step;
    const cph_channelize_output formed = {w->formed, row, w->beams};
    const cph_status status =
        cph_dechannelize_run(w->back, w->workspace, &formed, w->kept, w->first, w->out, w->beams);
    if (status != CPH_OK)
        return cph_fail(error, status, "way back: %s", cph_status_name(status));
    for (size_t i = 0; i < made * w->beams; i++) {
        const double re = (double)w->out[i].re, im = (double)w->out[i].im;
        w->power[i % w->beams] += re * re + im * im;
    }
    w->kept -= past;
    w->first += past;
    w->done += made;
    memmove(w->formed, w->formed + past * row, w->kept * row * sizeof *w->formed);
    return cph_capture_append(w->writer, w->out, made, error);
}

static cph_status form(cph_wideband *w, const void *samples, size_t times, cph_error *error)
{
    const size_t made = cph_channelize_stream_times(w->stream, times);
    const cph_channelize_output spectrum = {w->spectrum, w->channels * w->elements, w->elements};
    cph_status status =
        cph_channelize_push(w->stream, w->workspace, samples, w->elements, times, &spectrum);
    if (status == CPH_OK && made > 0)
        status = cph_beamform_run(w->plan, w->workspace, w->spectrum, w->elements, made,
                                  w->formed + w->kept * w->channels * w->beams, w->beams);
    if (status != CPH_OK)
        return cph_fail(error, status, "beamforming: %s", cph_status_name(status));
    w->kept += made;
    return go_back(w, error);
}

static cph_status form_block(void *context, const cph_block *block, cph_error *error)
{
    cph_wideband *const w = context;
    const size_t row = w->elements * cph_type_size(w->from->header->type);
    const size_t step = (w->rows - 1) * w->info.step + 1;
    cph_status status = CPH_OK;
    for (size_t t = 0; status == CPH_OK && t < block->times; t += step)
        status = form(w, (const char *)block->samples + t * row,
                      cph_size_min(step, block->times - t), error);
    return status;
}

/* ---- the file ---- */

static cph_exit open_output(cph_wideband *w, const cph_weights *weights,
                            const cph_write_options *options)
{
    const cph_input *const input = w->from;
    cph_data_header header = *input->header;
    cph_error error = {.status = CPH_OK};
    cph_data_gap *const gap = calloc(header.gaps + 1, sizeof *gap);
    if (gap == NULL)
        return cph_report_memory(input->cli->name);
    header.kind = CPH_KIND_BEAMS;
    header.type = CPH_C32;
    header.scale = 1.0;
    header.times = 0;
    header.beams = w->beams;
    header.array = weights->array;
    cph_input_cut(input, &header, gap);
    cph_data_begin_later(&header, (double)w->back_info.first / header.sample_rate_hz);
    const cph_status status =
        cph_capture_create(input->cli->output, &header, options, &w->writer, &error);
    free(gap);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report(input->cli->name, &error);
}

cph_exit cph_wideband_run(cph_wideband *w, const size_t *index, const cph_weights *weights,
                          const cph_write_options *options)
{
    const cph_input *const input = w->from;
    w->elements = weights->array.elements;
    w->beams = weights->beams;
    const cph_stream_config range = {
        .start = input->start, .times = input->times, .element = index, .elements = w->elements};
    size_t reserved = 0;
    cph_exit code = make_plans(w, weights);
    if (code == CPH_EXIT_DONE)
        code = make_room(w, &reserved);
    if (code == CPH_EXIT_DONE)
        code = open_output(w, weights, options);
    if (code != CPH_EXIT_DONE)
        return code;
    code = cph_input_stream(input, &range, reserved, form_block, w);
    cph_writer *const writer = w->writer;
    w->writer = NULL;
    return cph_output_end(input->cli, writer, code);
}

double cph_wideband_power_db(const cph_wideband *w, size_t beam)
{
    return 10.0 * log10(w->power[beam] / (double)w->done);
}

void cph_wideband_free(cph_wideband *w)
{
    cph_channelize_stream_destroy(w->stream);
    cph_channelize_destroy(w->bank);
    cph_dechannelize_destroy(w->back);
    cph_beamform_destroy(w->plan);
    free(w->header.channel_freq_hz);
    free(w->workspace);
    free(w->spectrum);
    free(w->formed);
    free(w->out);
    free(w->power);
    *w = (cph_wideband){0};
}
