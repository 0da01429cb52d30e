/* SPDX-License-Identifier: MIT */
#include "cli/pattern_budget.h"

#include <math.h>
#include <stdio.h>

#include "cli/geometry.h"
#include "cophase/data.h"
#include "cophase/solutions.h"
#include "cophase/states.h"
#include "kernels/core/fail.h"

static const double degree = 0.01745329251994329577;
static const double decibel = 0.11512925464970228420; /* ln 10 / 20: relative amplitude of 1 dB */

static double half_step(size_t bits)
{
    return ldexp(M_PI, -(int)bits);
}

double cph_budget_phase_rms(size_t bits)
{
    return 2.0 * half_step(bits) / sqrt(12.0);
}

double cph_budget_phase_loss_db(size_t bits)
{
    const double half = half_step(bits);
    return -20.0 * log10(sin(half) / half);
}

double cph_budget_loss_db(double phase_rms_rad, double amplitude_rms)
{
    return 10.0 * log10(1.0 + phase_rms_rad * phase_rms_rad + amplitude_rms * amplitude_rms);
}

static void finish(const cph_pattern_subject *s, cph_budget_row *row)
{
    row->floor_db =
        cph_states_floor_db(s->used, row->phase_rms_rad, row->amplitude_rms) + s->taper_loss_db;
}

/* What is not known (NaN) does not count. */
static void add(const cph_pattern_subject *s, const char *name, double phase, double amplitude,
                cph_budget *budget)
{
    cph_budget_row *row = &budget->source[budget->sources++];
    *row = (cph_budget_row){.source = name, .phase_rms_rad = phase, .amplitude_rms = amplitude};
    finish(s, row);
    if (isnan(phase) || isnan(amplitude))
        return;
    budget->total.phase_rms_rad = hypot(budget->total.phase_rms_rad, phase);
    budget->total.amplitude_rms = hypot(budget->total.amplitude_rms, amplitude);
}

/* rms over the elements in use of the first time and the nearest channel, as the gains are; NaN
 * where the file does not know all of them. */
static cph_status add_calibration(const char *path, const cph_calibration *calibration,
                                  const cph_pattern_subject *s, cph_budget *budget,
                                  cph_error *error)
{
    size_t channel = 0;
    double phase = 0.0, amplitude = 0.0;
    cph_error why;
    const cph_status status = cph_channel_find(calibration->channel_freq_hz, calibration->channels,
                                               s->freq_hz, &channel, &why);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s: %s", path, why.message);
    const size_t elements = calibration->array.elements;
    for (size_t i = 0; i < s->array.elements; i++) {
        if (!s->in_use[i])
            continue;
        const size_t n = cph_array_find(&calibration->array, &s->array.element[i]);
        const size_t at = channel * elements + n;
        const bool known = n < elements;
        const double p = known ? calibration->phase_sigma[at] : (double)NAN;
        const double a = known ? calibration->amplitude_sigma[at] : (double)NAN;
        phase += p * p;
        amplitude += a * a;
    }
    add(s, "calibration", sqrt(phase / (double)s->used), sqrt(amplitude / (double)s->used), budget);
    return CPH_OK;
}

cph_status cph_budget_make(const cph_pattern_options *options, const char *calibration,
                           const cph_pattern_subject *subject, cph_budget *budget, cph_error *error)
{
    cph_budget made = {.sources = 0};
    if (calibration != NULL) {
        cph_calibration file;
        cph_status status = cph_calibration_read(calibration, &file, error);
        if (status != CPH_OK)
            return status;
        status = add_calibration(calibration, &file, subject, &made, error);
        cph_calibration_free(&file);
        if (status != CPH_OK)
            return status;
    }
    if (options->bits > 0)
        add(subject, "bits", cph_budget_phase_rms(options->bits), 0.0, &made);
    if (options->has_errors)
        add(subject, "errors", options->error_phase, decibel * options->error_db, &made);
    finish(subject, &made.total);
    made.loss_db = cph_budget_loss_db(made.total.phase_rms_rad, made.total.amplitude_rms);
    *budget = made;
    return CPH_OK;
}

static void set_row(json_t *object, const cph_budget_row *row)
{
    cph_json_set_number(object, "phase_rms_deg", row->phase_rms_rad / degree);
    cph_json_set_number(object, "amplitude_rms_db", row->amplitude_rms / decibel);
    cph_json_set_number(object, "floor_db", row->floor_db);
}

json_t *cph_budget_object(const cph_budget *budget)
{
    if (budget->sources == 0)
        return json_null();
    json_t *object = json_object(), *sources = json_array();
    for (size_t i = 0; i < budget->sources; i++) {
        json_t *source = json_object();
        cph_json_set_text(source, "source", budget->source[i].source);
        set_row(source, &budget->source[i]);
        cph_json_append(sources, source);
    }
    set_row(object, &budget->total);
    cph_json_set_number(object, "loss_db", budget->loss_db);
    cph_json_set(object, "sources", sources);
    return object;
}

static void print_row(const char *name, const cph_budget_row *row)
{
    if (isnan(row->phase_rms_rad) || isnan(row->amplitude_rms))
        printf("%-13s standard errors are not known\n", name);
    else
        printf("%-13s %.3f deg, %.3f dB rms: floor %.2f dB\n", name, row->phase_rms_rad / degree,
               row->amplitude_rms / decibel, row->floor_db);
}

void cph_budget_print(const cph_budget *budget)
{
    for (size_t i = 0; i < budget->sources; i++)
        print_row(budget->source[i].source, &budget->source[i]);
    if (budget->sources > 1)
        print_row("all errors", &budget->total);
    if (budget->sources > 0)
        printf("%-13s %.3f dB of directivity on average\n", "errors cost", budget->loss_db);
}
