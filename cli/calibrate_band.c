/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method delay and bandpass: elements over all channels of a time together. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "calib/median.h"
#include "cli/calibrate_band.h"
#include "cli/progress.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

#define TURN 6.28318530717958647693

/* Channels are given to the band's solver with coherences that stand for their standard errors at
 * so many samples. */
static const double nominal = 1e6;

/* ---- a band ---- */

/* An element that is flagged in most channels is flagged; the reason is that of the last. */
static void pool_flags(cph_band_desk *d)
{
    for (size_t n = 0; n < d->elements; n++) {
        size_t bad = 0;
        unsigned char reason = CPH_FLAG_NONE;
        for (size_t c = 0; c < d->channels; c++)
            if (d->flag[c * d->elements + n] != CPH_FLAG_NONE) {
                bad++;
                reason = d->flag[c * d->elements + n];
            }
        d->state[n] = 2 * bad > d->channels ? reason : CPH_FLAG_NONE;
    }
}

/* Phases that all elements of a channel share are taken out, by one element or, with a model, by
 * all of them; a channel that does not have it is not used. */
static void respond(cph_band_desk *d, size_t reference, bool model)
{
    const size_t n = d->elements;
    for (size_t c = 0; c < d->channels; c++) {
        const cph_c64 *g = d->passed + c * n, *m = d->model + c * n;
        cph_c64 common = model ? (cph_c64){0.0, 0.0} : g[reference];
        for (size_t i = 0; i < n && model; i++)
            if (cph_c64_finite(g[i]) && cph_c64_finite(m[i]))
                common = cph_c64_add(common, cph_c64_mulc(g[i], m[i]));
        common = cph_c64_scale(1.0 / hypot(common.re, common.im), common);
        for (size_t i = 0; i < n; i++) {
            const double sigma = d->sigma[0][c * n + i];
            const double coherence = 1.0 / (1.0 + 2.0 * nominal * sigma * sigma);
            d->response[c * n + i] = cph_c64_mulc(g[i], common);
            d->coherence[c * n + i] = ((nominal - 1.0) * coherence + 1.0) / nominal;
        }
    }
}

/* The element that most channels have. */
static size_t pick_reference(const cph_band_desk *d)
{
    size_t best = 0, most = 0;
    for (size_t n = 0; n < d->elements; n++) {
        size_t good = 0;
        for (size_t c = 0; c < d->channels && d->state[n] == CPH_FLAG_NONE; c++)
            good += d->flag[c * d->elements + n] == CPH_FLAG_NONE;
        if (good > most) {
            most = good;
            best = n;
        }
    }
    return best;
}

/* Against one element first, then against all together. */
static cph_status find(cph_band_desk *d, const cph_calibrate_bench *b, cph_error *error)
{
    const size_t n = d->elements;
    d->config = (cph_band_config){.channels = d->channels,
                                  .elements = n,
                                  .freq_hz = d->freq_hz,
                                  .response = d->response,
                                  .coherence = d->coherence,
                                  .samples = nominal,
                                  .max_delay_s = b->o->band.max_delay_s,
                                  .polarity = b->o->band.polarity};
    d->found = (cph_band_solution){.estimate = {d->gain, d->number + CPH_BAND_PHASE * n,
                                                d->number + CPH_BAND_AMPLITUDE * n, d->state},
                                   .delay_s = d->number + CPH_BAND_DELAY * n,
                                   .delay_sigma_s = d->number + CPH_BAND_DELAY_SIGMA * n,
                                   .polarity = d->polarity,
                                   .bandpass = d->passed,
                                   .chi2_dof = d->number + CPH_BAND_CHI2 * n};
    cph_c64 *channels = d->passed; /* the solver's output has room of its own: the model's */
    d->found.bandpass = d->model;
    respond(d, pick_reference(d), false);
    cph_status status = cph_band_solve(&d->config, &d->found, error);
    if (status != CPH_OK)
        return status;
    cph_band_model(&d->config, &d->found, d->model);
    respond(d, 0, true);
    d->found.bandpass = channels;
    return cph_band_solve(&d->config, &d->found, error);
}

/* Delays less their mean, or the reference's; errors of elements are independent. */
static void refer_delays(cph_band_desk *d, size_t reference)
{
    double *delay = d->number + CPH_BAND_DELAY * d->elements,
           *sigma = d->number + CPH_BAND_DELAY_SIGMA * d->elements;
    double sum = 0.0, variance = 0.0, good = 0.0;
    for (size_t n = 0; n < d->elements; n++)
        if (d->state[n] == CPH_FLAG_NONE) {
            sum += delay[n];
            variance += sigma[n] * sigma[n];
            good += 1.0;
        }
    const bool mean = reference == SIZE_MAX;
    const double origin = mean ? sum / good : delay[reference];
    const double share = mean ? 1.0 - 2.0 / good : 1.0;
    const double own = mean ? variance / (good * good) : sigma[reference] * sigma[reference];
    for (size_t n = 0; n < d->elements; n++) {
        delay[n] -= origin;
        sigma[n] = n == reference ? 0.0 : sqrt(share * sigma[n] * sigma[n] + own);
    }
}

/* ---- the bandpass ---- */

static bool has(const cph_band_desk *d, size_t c, size_t n)
{
    const cph_c64 z = d->passed[c * d->elements + n];
    return isfinite(z.re) && isfinite(z.im);
}

/* Response over the fit of a channel: its own, or on the line between those nearest in frequency
 * that have one (beyond them all, that of the nearest). */
static cph_c64 interpolate(const cph_band_desk *d, size_t c, size_t n, double sigma[2])
{
    size_t near[2] = {SIZE_MAX, SIZE_MAX}; /* below and above, or the channel itself */
    for (size_t k = 0; k < d->channels; k++) {
        const double step = d->freq_hz[k] - d->freq_hz[c];
        const int side = step > 0.0;
        if (has(d, k, n) &&
            (near[side] == SIZE_MAX || fabs(step) < fabs(d->freq_hz[near[side]] - d->freq_hz[c])))
            near[side] = k;
    }
    const bool own = near[0] == c || near[1] == SIZE_MAX;
    const size_t low = near[0] == SIZE_MAX ? near[1] : near[0], high = own ? low : near[1];
    if (low == SIZE_MAX) {
        sigma[0] = sigma[1] = NAN;
        return (cph_c64){NAN, NAN};
    }
    const double span = d->freq_hz[high] - d->freq_hz[low];
    const double t = span > 0.0 ? (d->freq_hz[c] - d->freq_hz[low]) / span : 0.0;
    const cph_c64 a = d->passed[low * d->elements + n], z = d->passed[high * d->elements + n];
    for (size_t k = 0; k < 2; k++)
        sigma[k] = hypot((1.0 - t) * d->sigma[k][low * d->elements + n],
                         high != low ? t * d->sigma[k][high * d->elements + n] : 0.0);
    return (cph_c64){(1.0 - t) * a.re + t * z.re, (1.0 - t) * a.im + t * z.im};
}

/* ---- its rows ---- */

static void fill(const cph_band_desk *d, size_t c, const cph_gain_solution *found)
{
    const size_t count = d->elements;
    for (size_t n = 0; n < count; n++) {
        const double turn = TURN * (d->freq_hz[c] - d->found.freq_hz);
        const double slope = turn * d->number[CPH_BAND_DELAY_SIGMA * count + n];
        const double phase = d->number[CPH_BAND_PHASE * count + n];
        double sigma[2];
        found->flag[n] = d->state[n];
        found->gain[n] = d->model[c * count + n];
        found->phase_sigma[n] = sqrt(phase * phase + slope * slope);
        found->amplitude_sigma[n] = d->number[CPH_BAND_AMPLITUDE * count + n];
        if (!d->shape || d->state[n] != CPH_FLAG_NONE)
            continue;
        found->gain[n] = cph_c64_mul(found->gain[n], interpolate(d, c, n, sigma));
        found->phase_sigma[n] = sigma[0];
        found->amplitude_sigma[n] = sigma[1];
    }
}

static void say(const cph_band_desk *d, const cph_calibrate_bench *b, cph_calibrate_row *row)
{
    const size_t count = d->elements;
    size_t good = 0;
    for (size_t n = 0; n < count; n++)
        if (d->state[n] == CPH_FLAG_NONE)
            b->scratch[good++] = d->number[CPH_BAND_DELAY_SIGMA * count + n];
    snprintf(row->line, sizeof row->line, "delays over %zu channels, median standard error %.3g s",
             d->channels, cph_median(b->scratch, good));
    if (!b->o->cli.json)
        return;
    row->extra = json_array();
    for (size_t n = 0; n < count; n++) {
        json_t *one = json_object();
        const bool known = d->state[n] == CPH_FLAG_NONE;
        cph_json_set_count(one, "element", row->selection->array.element[n].number);
        cph_json_set_number(one, "delay_s", known ? d->number[CPH_BAND_DELAY * count + n] : NAN);
        cph_json_set_number(one, "delay_sigma_s",
                            known ? d->number[CPH_BAND_DELAY_SIGMA * count + n] : NAN);
        cph_json_set_number(one, "polarity",
                            known && d->polarity[n] != 0 ? (double)d->polarity[n] : NAN);
        cph_json_set_number(one, "chi2_dof", known ? d->number[CPH_BAND_CHI2 * count + n] : NAN);
        cph_json_append(row->extra, one);
    }
}

/* Gains of a channel from what was found. */
static cph_status keep_channel(const cph_band_desk *d, cph_calibrate_bench *b,
                               cph_calibrate_row *row, size_t c, cph_calibrated *made)
{
    const cph_gain_solution room = cph_calibrate_found(b, row);
    cph_gain_solution found = d->solved[c];
    found.gain = room.gain;
    found.phase_sigma = room.phase_sigma;
    found.amplitude_sigma = room.amplitude_sigma;
    found.flag = room.flag;
    found.flux = room.flux;
    cph_gain_estimate estimate = {found.gain, found.phase_sigma, found.amplitude_sigma, found.flag};
    fill(d, c, &found);
    const cph_status status = d->shape ? cph_calibrate_settle(b, row, &estimate) : CPH_OK;
    if (status != CPH_OK)
        return status;
    for (size_t n = 0; n < d->elements; n++)
        if (found.flag[n] == CPH_FLAG_NONE)
            made->calibration.delay_s[row->base + made->place[row->selection->index[n]]] =
                d->number[CPH_BAND_DELAY * d->elements + n];
    cph_calibrate_keep(b, &found, row, made);
    return CPH_OK;
}

/* Rows of the channels of a time. */
static cph_exit solve_band(cph_band_desk *d, cph_calibrate_bench *b, cph_calibrate_row *row,
                           cph_calibrated *made)
{
    cph_error error = {.status = CPH_OK};
    d->elements = row->selection->elements;
    for (size_t c = 0; c < d->channels; c++) {
        const cph_exit code = cph_band_desk_load(d, b, &row[c], c, made);
        if (code != CPH_EXIT_DONE)
            return code;
    }
    pool_flags(d);
    cph_status status = find(d, b, &error);
    if (status == CPH_OK)
        status = cph_calibrate_settle(b, row, &d->found.estimate);
    if (status == CPH_OK) {
        refer_delays(d, cph_calibrate_reference(b, row));
        cph_band_model(&d->config, &d->found, d->model);
        say(d, b, row);
    } else if (error.status == CPH_OK) {
        error = row->error;
    }
    for (size_t c = 0; c < d->channels; c++) {
        if (status != CPH_OK)
            row[c].error = error;
        if (status == CPH_OK && keep_channel(d, b, &row[c], c, made) == CPH_OK)
            continue;
        memcpy(b->flag, d->state, d->elements);
        cph_calibrate_fail(b, &row[c], made);
    }
    return status == CPH_ERR_MEMORY ? cph_report(b->o->cli.name, &error) : CPH_EXIT_DONE;
}

static cph_exit solve_all(cph_calibrate_bench *b, cph_calibrated *made, bool shape)
{
    const cph_cli *cli = &b->o->cli;
    cph_band_desk d = {.shape = shape};
    cph_progress progress;
    cph_exit code = CPH_EXIT_DONE;
    if (made->channels < 3)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: %zu channels; --method %s needs three and more", cli->input,
                               made->channels, b->o->method->name);
    code = cph_band_desk_make(&d, cli, made->channels, made->calibration.array.elements);
    if (code == CPH_EXIT_DONE && cph_calibration_add_delays(&made->calibration) != CPH_OK)
        code = cph_report_memory(cli->name);
    cph_interrupt_catch();
    cph_progress_start(&progress, cli, cli->name, made->rows);
    for (size_t i = 0; i < made->rows && code == CPH_EXIT_DONE; i += made->channels) {
        code = cph_interrupted() ? cph_report_line(cli->name, CPH_EXIT_FAILED, "interrupted")
                                 : solve_band(&d, b, &made->row[i], made);
        cph_progress_update(&progress, i + made->channels);
    }
    cph_progress_end(&progress);
    cph_band_desk_free(&d);
    return code;
}

static cph_exit solve_delay(cph_calibrate_bench *b, cph_calibrated *made)
{
    return solve_all(b, made, false);
}

static cph_exit solve_bandpass(cph_calibrate_bench *b, cph_calibrated *made)
{
    return solve_all(b, made, true);
}

static cph_exit check(const cph_calibrate_options *o)
{
    return o->sources < 2 ? CPH_EXIT_DONE
                          : cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                            "--source %s: --method %s takes one source",
                                            o->direction[1].text, o->method->name);
}

const cph_calibrate_method cph_calibrate_delay = {
    .name = "delay",
    .input = CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_NEEDS_FREQUENCY,
    .options = CPH_OF_SOURCES CPH_OF_COVARIANCES CPH_OF_GAUGES " max-delay polarity",
    .check = check,
    .solve = solve_delay};

const cph_calibrate_method cph_calibrate_bandpass = {
    .name = "bandpass",
    .input = CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_NEEDS_FREQUENCY,
    .options = CPH_OF_SOURCES CPH_OF_COVARIANCES CPH_OF_GAUGES " max-delay polarity",
    .check = check,
    .solve = solve_bandpass};
