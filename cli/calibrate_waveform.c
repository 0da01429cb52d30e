/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method waveform: gains and delays from a waveform that is known. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calib/median.h"
#include "cli/calibrate_method.h"
#include "cli/progress.h"
#include "cophase/steer.h"
#include "cophase/waveform.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* What one solution after the other uses; n elements, at most `times` samples of each. */
typedef struct desk {
    cph_known_waveform waveform;
    size_t lags; /* either way; SIZE_MAX: all */
    void *raw;   /* [times][n] of the input's type */
    cph_c32 *sample;
    cph_c64 *steering; /* [n] */
    double *number[4]; /* [n]: delay, its sigma, peak to rest, snr */
} desk;

static void desk_free(desk *d)
{
    cph_known_waveform_free(&d->waveform);
    free(d->raw);
    free(d->sample);
    free(d->steering);
    for (size_t i = 0; i < 4; i++)
        free(d->number[i]);
}

/* ---- before the first solution ---- */

static cph_exit make_room(desk *d, const cph_calibrate_bench *b, const cph_calibrated *made)
{
    const cph_cli *cli = &b->o->cli;
    const size_t times = made->grid.first[1] - made->grid.first[0]; /* all are as long */
    const size_t n = made->calibration.array.elements;
    size_t samples, bytes;
    if (!cph_size_mul(times, n, &samples) || !cph_size_mul(samples, 2 * sizeof(cph_c32), &bytes) ||
        bytes > cli->max_memory)
        return cph_report_line(cli->name, CPH_EXIT_USAGE,
                               "%s: %zu samples of %zu elements do not fit --max-memory; take less "
                               "by --duration or --solution-interval",
                               cli->input, times, n);
    d->raw = calloc(samples + 1, sizeof(cph_c32)); /* the widest */
    d->sample = calloc(samples + 1, sizeof *d->sample);
    d->steering = calloc(n, sizeof *d->steering);
    bool good = d->raw != NULL && d->sample != NULL && d->steering != NULL;
    for (size_t i = 0; i < 4; i++) {
        d->number[i] = calloc(n, sizeof *d->number[i]);
        good = good && d->number[i] != NULL;
    }
    return good ? CPH_EXIT_DONE : cph_report_memory(cli->name);
}

static cph_exit prepare(desk *d, const cph_calibrate_bench *b, cph_calibrated *made)
{
    const cph_calibrate_options *o = b->o;
    const double rate = b->input->header->sample_rate_hz;
    if (!(rate > 0.0))
        return cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                               "%s: no attribute sample_rate_hz; --method waveform needs it",
                               o->cli.input);
    const double lags = round(o->waveform.max_lag_s * rate);
    d->lags = o->waveform.max_lag_s > 0.0 && lags < 1e15 ? (size_t)lags : SIZE_MAX;
    const cph_exit code = cph_known_waveform_read(o->waveform.path, b->input, &d->waveform);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_calibration_add_delays(&made->calibration) != CPH_OK)
        return cph_report_memory(o->cli.name);
    return make_room(d, b, made);
}

/* ---- one solution ---- */

/* Samples of a row's elements, in units of the signal. */
static cph_exit load(desk *d, cph_calibrate_bench *b, cph_calibrate_row *row, cph_calibrated *made)
{
    const cph_input *input = b->input;
    const cph_data_header *header = input->header;
    const cph_selection *selection = row->selection;
    const size_t first = made->grid.first[row->slot[0]], last = made->grid.first[row->slot[0] + 1];
    const size_t times = last - first, n = selection->elements;
    cph_error error = {.status = CPH_OK};
    row->freq_hz = header->channel_freq_hz[row->channel];
    row->time_unix_s = cph_data_middle(header, first, times);
    made->calibration.channel_freq_hz[row->slot[1]] = row->freq_hz;
    made->calibration.time_unix_s[row->slot[0]] = row->time_unix_s;
    memcpy(b->flag, selection->flag, n);
    if (cph_check_unbroken(b->o->cli.input, header, first, times, "--method waveform", &error) !=
        CPH_OK)
        return cph_report_input(b->o->cli.name, &error);
    if (cph_data_read_samples(input->data, first, times, row->channel, selection->index, n, d->raw,
                              &error) != CPH_OK)
        return cph_report_input(b->o->cli.name, &error);
    const cph_status status =
        cph_convert_to_c32(header->type, d->raw, times * n, (float)header->scale, d->sample);
    return status == CPH_OK
               ? CPH_EXIT_DONE
               : cph_report_line(b->o->cli.name, cph_exit_of(status), "%s: samples: %s",
                                 b->o->cli.input, cph_status_name(status));
}

/* What the way to the element did is none of it: x_n = g_n a_n s(t + u.r/c - delay). */
static cph_status remove_way(desk *d, const cph_calibrate_bench *b, const cph_calibrated *made,
                             cph_calibrate_row *row, const cph_gain_estimate *estimate)
{
    const cph_selection *selection = row->selection;
    const double rate = b->input->header->sample_rate_hz;
    if (b->o->sources == 0)
        return CPH_OK;
    const cph_status status = cph_steer_c64(selection->elements, selection->position, row->freq_hz,
                                            made->direction, d->steering);
    if (status != CPH_OK)
        return cph_fail(&row->error, status, "steering vector of the source: %s",
                        cph_status_name(status));
    for (size_t n = 0; n < selection->elements; n++) {
        const cph_c64 g = estimate->gain[n], a = d->steering[n];
        estimate->gain[n] = (cph_c64){g.re * a.re + g.im * a.im, g.im * a.re - g.re * a.im};
        d->number[0][n] +=
            rate * cph_dot3(made->direction, selection->position + 3 * n) / CPH_SPEED_OF_LIGHT;
    }
    return CPH_OK;
}

static double middle(const cph_calibrate_bench *b, const unsigned char *flag, const double *value,
                     size_t elements)
{
    size_t good = 0;
    for (size_t n = 0; n < elements; n++)
        if (flag[n] == CPH_FLAG_NONE && !isnan(value[n]))
            b->scratch[good++] = value[n];
    return cph_median(b->scratch, good);
}

/* Delays into the calibration, and what the method says. */
static void say(const desk *d, const cph_calibrate_bench *b, cph_calibrate_row *row,
                cph_calibrated *made)
{
    static const char *const keys[] = {"delay_s", "delay_sigma_s", "peak_to_rest", "snr"};
    const double rate = b->input->header->sample_rate_hz;
    const double unit[] = {1.0 / rate, 1.0 / rate, 1.0, 1.0};
    const cph_selection *selection = row->selection;
    const size_t count = selection->elements;
    for (size_t n = 0; n < count; n++)
        if (b->flag[n] == CPH_FLAG_NONE)
            made->calibration.delay_s[row->base + made->place[selection->index[n]]] =
                d->number[0][n] / rate;
    snprintf(row->line, sizeof row->line, "median delay %.4g s +- %.2g s, snr %.1f dB a sample",
             middle(b, b->flag, d->number[0], count) / rate,
             middle(b, b->flag, d->number[1], count) / rate,
             10.0 * log10(middle(b, b->flag, d->number[3], count)));
    if (!b->o->cli.json)
        return;
    row->extra = json_array();
    for (size_t n = 0; n < count; n++) {
        json_t *one = json_object();
        cph_json_set_count(one, "element", selection->array.element[n].number);
        for (size_t k = 0; k < 4; k++)
            cph_json_set_number(one, keys[k],
                                b->flag[n] == CPH_FLAG_NONE ? unit[k] * d->number[k][n] : NAN);
        cph_json_append(row->extra, one);
    }
}

static cph_status find(desk *d, const cph_calibrate_bench *b, const cph_calibrated *made,
                       cph_calibrate_row *row, const cph_gain_solution *found)
{
    const size_t times = made->grid.first[1] - made->grid.first[0], n = row->selection->elements;
    const size_t length = d->waveform.length;
    const bool all = d->lags == SIZE_MAX;
    const cph_waveform_config config = {.times = times,
                                        .elements = n,
                                        .samples = d->sample,
                                        .ld = n,
                                        .length = length,
                                        .waveform = d->waveform.sample,
                                        .first_lag =
                                            all ? 1 - (ptrdiff_t)length : -(ptrdiff_t)d->lags,
                                        .lags = all ? times + length - 1 : 2 * d->lags + 1};
    cph_waveform_solution solution = {
        .estimate = {found->gain, found->phase_sigma, found->amplitude_sigma, found->flag},
        .delay = d->number[0],
        .delay_sigma = d->number[1],
        .peak_to_rest = d->number[2],
        .snr = d->number[3]};
    cph_status status = cph_waveform_solve(&config, &solution, &row->error);
    if (status == CPH_OK)
        status = remove_way(d, b, made, row, &solution.estimate);
    return status == CPH_OK ? cph_calibrate_settle(b, row, &solution.estimate) : status;
}

static cph_exit solve_row(desk *d, cph_calibrate_bench *b, cph_calibrate_row *row,
                          cph_calibrated *made)
{
    const cph_exit code = load(d, b, row, made);
    if (code != CPH_EXIT_DONE)
        return code;
    cph_gain_solution found = cph_calibrate_found(b, row);
    for (size_t i = 0; i < b->o->sources; i++)
        found.flux[i] = NAN;
    const cph_status status = find(d, b, made, row, &found);
    if (status == CPH_ERR_MEMORY)
        return cph_report(b->o->cli.name, &row->error);
    if (status == CPH_OK) {
        say(d, b, row, made);
        cph_calibrate_keep(b, &found, row, made);
    } else {
        cph_calibrate_fail(b, row, made);
    }
    return CPH_EXIT_DONE;
}

static cph_exit solve(cph_calibrate_bench *b, cph_calibrated *made)
{
    const cph_cli *cli = &b->o->cli;
    desk d = {0};
    cph_progress progress;
    cph_exit code = prepare(&d, b, made);
    cph_interrupt_catch();
    cph_progress_start(&progress, cli, cli->name, made->rows);
    for (size_t i = 0; i < made->rows && code == CPH_EXIT_DONE; i++) {
        code = cph_interrupted() ? cph_report_line(cli->name, CPH_EXIT_FAILED, "interrupted")
                                 : solve_row(&d, b, &made->row[i], made);
        cph_progress_update(&progress, i + 1);
    }
    cph_progress_end(&progress);
    desk_free(&d);
    return code;
}

static cph_exit check(const cph_calibrate_options *o)
{
    if (o->waveform.path == NULL)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "no waveform: expected --waveform FILE with --method waveform");
    return o->sources < 2 ? CPH_EXIT_DONE
                          : cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                            "--source %s: --method waveform takes one source",
                                            o->direction[1].text);
}

const cph_calibrate_method cph_calibrate_waveform = {
    .name = "waveform",
    .input = CPH_TAKES_CAPTURE | CPH_NEEDS_FREQUENCY,
    .options =
        CPH_OF_SOURCES CPH_OF_GAUGES " gauge=none channels solution-interval waveform max-lag",
    .check = check,
    .solve = solve};
