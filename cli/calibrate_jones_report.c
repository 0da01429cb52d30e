/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

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

void cph_calibrate_jones_say(const cph_calibrate_options *o, const cph_jones_desk *d,
                             cph_calibrate_row *row, size_t side)
{
    const cph_jones_solution *const found = &d->found;
    const double rms = leakage_rms(d, side), degrees = 180.0 / M_PI;
    char open[80], phase[60];
    cph_jones_open_name(found->open, found->named, sizeof open, open);
    phase_words(found, sizeof phase, phase);
    snprintf(row->line, sizeof row->line, "leakage %.3g rms; %s; left open by the sky: %s", rms,
             phase, open);
    if (!o->cli.json)
        return;
    row->extra = json_object();
    cph_json_set_number(row->extra, "leakage_rms", rms);
    cph_json_set_number(row->extra, "xy_phase_deg", found->xy_phase * degrees);
    cph_json_set_number(row->extra, "xy_phase_sigma_deg", found->xy_phase_sigma * degrees);
    cph_json_set(row->extra, "xy_phase_determined", json_boolean(!isnan(found->xy_phase)));
    cph_json_set_count(row->extra, "open", found->open);
    cph_json_set_text(row->extra, "open_names", open);
    cph_json_set(row->extra, "leakage", list_leakages(d, &row->selection->array, side));
}
