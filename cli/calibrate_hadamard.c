/* SPDX-License-Identifier: MIT */
/* Gains from sums of all elements under codes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/calibrate_readings.h"
#include "cophase/coded.h"
#include "kernels/core/c64.h"

typedef struct desk {
    cph_coded_readings readings;
    cph_code_solution solution;
    cph_c64 *mean; /* [K][signs] over repeats, of the state of rest */
    double sigma;  /* of such a mean; 0: unknown */
    cph_c64 *signal;
} desk;

static void desk_free(desk *d)
{
    cph_coded_readings_free(&d->readings);
    cph_readings_estimate_free(&d->solution.estimate);
    free(d->mean);
    free(d->signal);
}

static cph_exit load(const cph_calibrate_options *o, desk *d)
{
    const cph_exit code = cph_readings_load_coded(o, &d->readings);
    if (code != CPH_EXIT_DONE)
        return code;
    const size_t rows = d->readings.codes * d->readings.signs;
    d->mean = calloc(rows, sizeof *d->mean);
    if (d->mean == NULL ||
        !cph_readings_estimate(d->readings.array.elements, &d->solution.estimate))
        return cph_report_memory(o->cli.name);
    cph_readings_average(&d->readings, 0, d->mean);
    d->sigma = cph_readings_noise(&d->readings);
    return CPH_EXIT_DONE;
}

static cph_status solve_codes(desk *d, cph_error *error)
{
    const cph_coded_readings *r = &d->readings;
    const cph_code_config config = {.elements = r->array.elements,
                                    .rows = r->codes,
                                    .reading = d->mean,
                                    .code = r->code,
                                    .pairs = r->signs == 2,
                                    .signal = d->signal,
                                    .sigma = d->sigma};
    return cph_code_solve(&config, &d->solution, error);
}

static void say(const cph_calibrate_options *o, const desk *d, cph_calibrate_row *row)
{
    const cph_coded_readings *r = &d->readings;
    const cph_code_solution *s = &d->solution;
    const bool pairs = r->signs == 2;
    if (o->cli.json) {
        json_t *object = json_object();
        cph_json_set_count(object, "codes", r->codes);
        cph_json_set_count(object, "repeats", r->repeats);
        cph_json_set(object, "pairs", json_boolean(pairs));
        cph_json_set_number(object, "condition", s->condition);
        cph_json_set_number(object, "sigma", s->sigma);
        cph_json_set_number(object, "leak", hypot(s->leak.re, s->leak.im));
        cph_json_set_number(object, "leak_rms", s->leak_rms);
        row->extra = object;
    }
    const int used = snprintf(row->line, sizeof row->line, "%zu codes%s x %zu, condition %.3g",
                              r->codes, pairs ? " in pairs" : "", r->repeats, s->condition);
    if (pairs && used > 0 && (size_t)used < sizeof row->line)
        snprintf(row->line + used, sizeof row->line - (size_t)used, "; a leak of %.3g is cancelled",
                 hypot(s->leak.re, s->leak.im));
}

static cph_exit solve(cph_calibrate_bench *b, cph_calibrated *made)
{
    desk d = {0};
    cph_error error = {.status = CPH_OK};
    cph_exit code = load(b->o, &d);
    if (code == CPH_EXIT_DONE)
        code = cph_readings_signal(b, made, d.readings.signal, &d.signal);
    if (code == CPH_EXIT_DONE && solve_codes(&d, &error) != CPH_OK)
        code = cph_report_line(b->o->cli.name,
                               error.status == CPH_ERR_MEMORY ? CPH_EXIT_FAILED : CPH_EXIT_INPUT,
                               "%s: %s", b->o->cli.input, error.message);
    for (size_t i = 0; i < made->rows && code == CPH_EXIT_DONE; i++) {
        cph_calibrate_row *const row = &made->row[i];
        const double dof = 2.0 * ((double)d.readings.codes - (double)d.readings.array.elements);
        row->freq_hz = b->input->header->channel_freq_hz[0];
        row->time_unix_s = NAN;
        made->calibration.channel_freq_hz[0] = row->freq_hz;
        say(b->o, &d, row);
        code = cph_readings_finish(b, &d.solution.estimate, d.solution.chi2_dof, dof, row, made);
    }
    desk_free(&d);
    return code;
}

static cph_exit open_coded(const cph_calibrate_options *o, cph_input *input)
{
    return cph_readings_open(o, CPH_KIND_CODED, input);
}

const cph_calibrate_method cph_calibrate_hadamard = {.name = "hadamard",
                                                     .options = CPH_OF_SOURCES CPH_OF_GAUGES
                                                     " gauge=none states state-sense array freq",
                                                     .check = cph_readings_one_source,
                                                     .open = open_coded,
                                                     .solve = solve};
