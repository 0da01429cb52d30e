/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/calibrate_jones.h"

static double leakage_rms(const cph_jones_desk *d, size_t side)
{
    double sum = 0.0, good = 0.0;
    for (size_t i = side; i < 2 * d->antennas; i += 2) {
        const cph_c64 z = d->found.leakage[i];
        if (d->flag[i] != CPH_FLAG_NONE)
            continue;
        sum += z.re * z.re + z.im * z.im;
        good += 1.0;
    }
    return good > 0.0 ? sqrt(sum / good) : NAN;
}

static json_t *list_leakages(const cph_jones_desk *d, const cph_array *array, size_t side)
{
    json_t *list = json_array();
    for (size_t i = side; i < 2 * d->antennas; i += 2) {
        json_t *const one = json_object();
        cph_json_set_count(one, "number", array->element[d->place[i]].number);
        cph_json_set_number(one, "re", d->found.leakage[i].re);
        cph_json_set_number(one, "im", d->found.leakage[i].im);
        cph_json_set_number(one, "sigma", d->found.leakage_sigma[i]);
        cph_json_append(list, one);
    }
    return list;
}

static void phase_words(const cph_jones_solution *found, size_t size, char *text)
{
    const double degrees = 180.0 / M_PI;
    if (isnan(found->xy_phase))
        snprintf(text, size, "X-Y phase not determined");
    else
        snprintf(text, size, "X-Y phase %.4g deg, standard error %.2g deg",
                 found->xy_phase * degrees, found->xy_phase_sigma * degrees);
}

/* Antennas have one number, whichever selection has it. */
static unsigned number_of(const cph_jones_desk *d, const cph_array *array, size_t side,
                          size_t input)
{
    return (unsigned)array->element[d->place[input - input % 2 + side]].number;
}

/* Behind the other words. */
static void append_outliers(const cph_jones_desk *d, const cph_array *array, size_t side,
                            size_t size, char *text)
{
    const cph_jones_solution *const found = &d->found;
    const size_t used = strlen(text);
    snprintf(text + used, size - used,
             "; %zu of %zu correlations count for little or nothing; the worst: %u%c and %u%c",
             found->outliers, found->baselines, number_of(d, array, side, found->outlier[0]),
             "XY"[found->outlier[0] % 2], number_of(d, array, side, found->outlier[1]),
             "XY"[found->outlier[1] % 2]);
}

static json_t *worst_outlier(const cph_jones_desk *d, const cph_array *array, size_t side)
{
    json_t *list = json_array();
    for (size_t k = 0; k < 2 && d->found.outliers > 0; k++) {
        const size_t input = d->found.outlier[k];
        json_t *const one = json_object();
        cph_json_set_count(one, "number", number_of(d, array, side, input));
        cph_json_set_text(one, "polarization", input % 2 == 0 ? "X" : "Y");
        cph_json_append(list, one);
    }
    return list;
}

void cph_calibrate_jones_say(const cph_calibrate_options *o, const cph_jones_desk *d,
                             cph_calibrate_row *row, size_t side)
{
    const cph_jones_solution *const found = &d->found;
    const cph_array *const array = &row->selection->array;
    const double rms = leakage_rms(d, side), degrees = 180.0 / M_PI;
    char open[80], phase[60];
    cph_jones_open_name(found->open, found->named, sizeof open, open);
    phase_words(found, sizeof phase, phase);
    snprintf(row->line, sizeof row->line, "leakage %.3g rms; %s; left open by the sky: %s", rms,
             phase, open);
    if (found->outliers > 0)
        append_outliers(d, array, side, sizeof row->line, row->line);
    if (!o->cli.json)
        return;
    row->extra = json_object();
    cph_json_set_number(row->extra, "leakage_rms", rms);
    cph_json_set_number(row->extra, "xy_phase_deg", found->xy_phase * degrees);
    cph_json_set_number(row->extra, "xy_phase_sigma_deg", found->xy_phase_sigma * degrees);
    cph_json_set(row->extra, "xy_phase_determined", json_boolean(!isnan(found->xy_phase)));
    cph_json_set_count(row->extra, "open", found->open);
    cph_json_set_text(row->extra, "open_names", open);
    cph_json_set_count(row->extra, "outliers", found->outliers);
    cph_json_set(row->extra, "worst_outlier", worst_outlier(d, array, side));
    cph_json_set_number(row->extra, "student_nu", found->student_nu);
    cph_json_set(row->extra, "leakage", list_leakages(d, array, side));
}
