/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method pilot: gains from the dominant eigenvector of one strong source. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/calibrate_method.h"
#include "cli/calibrate_pilot.h"
#include "cophase/pilot.h"
#include "cophase/steer.h"
#include "kernels/core/fail.h"

/* [N] of the source, or NULL: all elements hear it alike. */
static cph_status steer(const cph_calibrate_bench *b, const cph_calibrated *made,
                        cph_calibrate_row *row, cph_c64 *room, const cph_c64 **steering)
{
    const cph_selection *selection = row->selection;
    *steering = NULL;
    if (b->o->sources == 0)
        return CPH_OK;
    const cph_status status = cph_steer_c64(selection->elements, selection->position,
                                            b->dump.freq_hz, made->direction, room);
    *steering = room;
    return status == CPH_OK ? CPH_OK
                            : cph_fail(&row->error, status, "steering vector of the source: %s",
                                       cph_status_name(status));
}

cph_phase_gauge cph_pilot_gauge(size_t elements, const cph_gain_estimate *e)
{
    double sum = 0.0, good = 0.0;
    for (size_t n = 0; n < elements; n++)
        if (e->flag[n] == CPH_FLAG_NONE) {
            sum += e->phase_sigma[n] * e->phase_sigma[n];
            good += 1.0;
        }
    return (cph_phase_gauge){.share = 1.0 - 2.0 / good, .common = sum / (good * (good - 1.0))};
}

double cph_pilot_variance(const cph_phase_gauge *gauge, double sigma)
{
    return (sigma * sigma - gauge->common) / gauge->share;
}

/* From errors about their mean those of e_n - e_reference. */
static void refer(size_t elements, size_t reference, cph_gain_estimate *e)
{
    const cph_c64 r = e->gain[reference];
    const double size = hypot(r.re, r.im);
    const cph_phase_gauge gauge = cph_pilot_gauge(elements, e);
    const double own = cph_pilot_variance(&gauge, e->phase_sigma[reference]);
    for (size_t n = 0; n < elements; n++) {
        if (e->flag[n] != CPH_FLAG_NONE)
            continue;
        const cph_c64 g = e->gain[n];
        const double v = cph_pilot_variance(&gauge, e->phase_sigma[n]);
        e->gain[n] =
            (cph_c64){(g.re * r.re + g.im * r.im) / size, (g.im * r.re - g.re * r.im) / size};
        e->phase_sigma[n] = n == reference ? 0.0 : sqrt(fmax(v + own, 0.0));
    }
    e->gain[reference] = (cph_c64){size, 0.0};
}

/* Once more without what turns out to be low: it would enter the gauge. */
static cph_status find(const cph_calibrate_bench *b, const cph_pilot_config *config,
                       cph_pilot_solution *solution, cph_error *error)
{
    const unsigned char *flag = solution->estimate.flag;
    size_t before = 0, after = 0;
    cph_status status = cph_pilot_solve(config, solution, error);
    for (size_t n = 0; n < config->elements; n++)
        before += flag[n] != CPH_FLAG_NONE;
    if (status == CPH_OK)
        status = cph_estimate_flag_low(config->elements, cph_calibrate_weak_below(b->o),
                                       &solution->estimate);
    for (size_t n = 0; n < config->elements; n++)
        after += flag[n] != CPH_FLAG_NONE;
    return status == CPH_OK && after > before ? cph_pilot_solve(config, solution, error) : status;
}

static void say(const cph_calibrate_options *o, const cph_pilot_solution *s, cph_calibrate_row *row)
{
    const double snr_db = 10.0 * log10(s->snr);
    snprintf(row->line, sizeof row->line,
             "source %.1f dB above the noise in the sum of all; next %.3g times the noise", snr_db,
             s->second);
    if (!s->single)
        snprintf(row->remark, sizeof row->remark,
                 "a second source is there, %.3g times the noise where noise alone reaches %.3g: "
                 "gains are not to be trusted; try --method model with all sources",
                 s->second, s->edge);
    if (!o->cli.json)
        return;
    row->extra = json_object();
    cph_json_set_number(row->extra, "snr_db", snr_db);
    cph_json_set_number(row->extra, "second", s->second);
    cph_json_set_number(row->extra, "edge", s->edge);
    cph_json_set(row->extra, "single", json_boolean(s->single));
}

static cph_status solve_dump(void *context, const cph_calibrate_bench *b,
                             const cph_calibrated *made, cph_calibrate_row *row,
                             cph_gain_solution *found)
{
    const size_t n = row->selection->elements, reference = cph_calibrate_reference(b, row);
    cph_pilot_config config = {.elements = n, .r = b->dump.r, .ld = n, .samples = b->dump.samples};
    cph_pilot_solution solution = {
        .estimate = {found->gain, found->phase_sigma, found->amplitude_sigma, found->flag}};
    if (!b->dump.has_diagonal)
        return cph_fail(&row->error, CPH_ERR_MISSING,
                        "no autocorrelations, which --method pilot needs; --method model does not");
    cph_status status = steer(b, made, row, context, &config.steering);
    if (status == CPH_OK)
        status = find(b, &config, &solution, &row->error);
    if (status == CPH_OK)
        status = cph_calibrate_reference_check(b, row, found->flag);
    if (status != CPH_OK)
        return status;
    if (reference != SIZE_MAX)
        refer(n, reference, &solution.estimate);
    for (size_t i = 0; i < b->o->sources; i++)
        found->flux[i] = NAN;
    say(b->o, &solution, row);
    return CPH_OK;
}

static cph_exit solve(cph_calibrate_bench *b, cph_calibrated *made)
{
    cph_c64 *steering = calloc(made->calibration.array.elements, sizeof *steering);
    if (steering == NULL)
        return cph_report_memory(b->o->cli.name);
    const cph_exit code = cph_calibrate_each(b, made, solve_dump, steering);
    free(steering);
    return code;
}

static cph_exit check(const cph_calibrate_options *o)
{
    return o->sources < 2 ? CPH_EXIT_DONE
                          : cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                            "--source %s: --method pilot takes one source",
                                            o->direction[1].text);
}

const cph_calibrate_method cph_calibrate_pilot = {
    .name = "pilot",
    .input = CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_NEEDS_FREQUENCY,
    .options = CPH_OF_SOURCES CPH_OF_COVARIANCES CPH_OF_GAUGES " fill-channels",
    .check = check,
    .solve = solve};
