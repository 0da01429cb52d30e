/* SPDX-License-Identifier: MIT */
#include "cli/pattern_detail.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/geometry.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

static const double grating_db = -3.0;
static const double degree = 0.01745329251994329577;

static cph_status find_nulls(const cph_pattern_options *options, const cph_pattern_subject *s,
                             const cph_pattern_input *input, cph_pattern_detail *detail,
                             cph_error *error)
{
    const size_t count = options->nulls.count;
    cph_status status = CPH_OK;
    detail->null_direction = calloc(count + 1, 3 * sizeof *detail->null_direction);
    detail->null_db = calloc(count + 1, sizeof *detail->null_db);
    if (detail->null_direction == NULL || detail->null_db == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t i = 0; status == CPH_OK && i < count; i++) {
        double *u = detail->null_direction + 3 * i;
        cph_c64 y = {0.0, 0.0};
        status = cph_direction_resolve(&options->nulls.item[i], &s->array, u, error);
        if (status == CPH_OK && (status = cph_pattern_response(input, 1, u, &y)) != CPH_OK)
            return cph_fail(error, status, "pattern: %s", cph_status_name(status));
        detail->null_db[i] = 20.0 * log10(hypot(y.re, y.im));
    }
    return status;
}

/* |sum c_n a_n| toward the look over sum |c_n|: without the element's own pattern. */
static cph_status find_phasing(const cph_pattern_subject *s, const cph_pattern_input *input,
                               bool difference, double *loss_db)
{
    cph_pattern_input alone = {.elements = input->elements,
                               .position = input->position,
                               .freq_hz = input->freq_hz,
                               .weights = input->weights,
                               .gain = input->gain};
    double sum = 0.0;
    cph_c64 y;
    const cph_status status = cph_pattern_response(&alone, 1, s->look, &y);
    for (size_t i = 0; i < s->array.elements; i++)
        if (!cph_c64_is_zero(s->w[i]))
            sum += hypot(s->w[i].re, s->w[i].im) * hypot(s->gain[i].re, s->gain[i].im);
    if (status == CPH_OK)
        *loss_db = difference ? (double)NAN : fmax(-20.0 * log10(hypot(y.re, y.im) / sum), 0.0);
    return status;
}

static cph_status find_lobes(const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                             cph_pattern_detail *detail)
{
    cph_status status = cph_pattern_lobes_measure(input, metrics, &detail->lobes);
    /* The highest of them is known. */
    if (status == CPH_OK && metrics->psll_db >= grating_db)
        status = cph_pattern_lobes_list(input, metrics, grating_db, CPH_GRATING_LOBES,
                                        detail->grating_lobe, &detail->grating_lobes);
    return status;
}

cph_status cph_pattern_detail_make(const cph_pattern_options *options, const char *calibration,
                                   const cph_pattern_subject *subject,
                                   const cph_pattern_input *input,
                                   const cph_pattern_metrics *metrics, cph_pattern_detail *detail,
                                   cph_error *error)
{
    cph_status status = find_lobes(input, metrics, detail);
    if (status == CPH_OK)
        status = find_phasing(subject, input, metrics->difference, &detail->phasing_loss_db);
    if (status != CPH_OK)
        return cph_fail(error, status, "pattern: %s", cph_status_name(status));
    status = find_nulls(options, subject, input, detail, error);
    return status == CPH_OK ? cph_budget_make(options, calibration, subject, &detail->budget, error)
                            : status;
}

void cph_pattern_detail_free(cph_pattern_detail *detail)
{
    free(detail->null_direction);
    free(detail->null_db);
    *detail = (cph_pattern_detail){0};
}

/* ---- JSON ---- */

/* [plane][side]; a place is a distance with its sign along the tangent. */
static json_t *by_plane(const cph_pattern_metrics *metrics, const double value[2][2], double scale,
                        bool place)
{
    json_t *planes = json_array();
    for (size_t k = 0; k < metrics->planes; k++) {
        json_t *sides = json_array();
        for (size_t side = 0; side < 2; side++)
            cph_json_append(
                sides, cph_json_number(value[k][side] * scale * (place && side == 0 ? -1.0 : 1.0)));
        cph_json_append(planes, sides);
    }
    return planes;
}

static json_t *grating_array(const cph_pattern_subject *s, const cph_pattern_detail *detail)
{
    json_t *list = json_array();
    for (size_t i = 0; i < detail->grating_lobes && i < CPH_GRATING_LOBES; i++) {
        json_t *lobe = json_object();
        cph_json_set_direction(lobe, &s->array, detail->grating_lobe[i].at);
        cph_json_set_number(lobe, "level_db", detail->grating_lobe[i].power_db);
        cph_json_append(list, lobe);
    }
    return list;
}

static json_t *null_array(const cph_pattern_options *options, const cph_pattern_subject *s,
                          const cph_pattern_metrics *metrics, const cph_pattern_detail *detail)
{
    json_t *list = json_array();
    for (size_t i = 0; i < options->nulls.count; i++) {
        json_t *null = json_object();
        cph_json_set_text(null, "name", options->nulls.item[i].text);
        cph_json_set_direction(null, &s->array, detail->null_direction + 3 * i);
        cph_json_set_number(null, "level_db", detail->null_db[i] - metrics->peak_power_db);
        cph_json_set_number(null, "null_db", detail->null_db[i] - metrics->look_power_db);
        cph_json_append(list, null);
    }
    return list;
}

static json_t *quantisation_object(const cph_pattern_options *options)
{
    if (options->bits == 0)
        return json_null();
    json_t *object = json_object();
    cph_json_set_count(object, "bits", options->bits);
    cph_json_set_number(object, "phase_rms_deg", cph_budget_phase_rms(options->bits) / degree);
    cph_json_set_number(object, "loss_db", cph_budget_phase_loss_db(options->bits));
    return object;
}

static json_t *monopulse_object(const cph_monopulse *pair)
{
    if (pair->planes == 0)
        return json_null();
    json_t *object = json_object(), *slopes = json_array();
    for (size_t k = 0; k < pair->planes; k++)
        cph_json_append(slopes, cph_json_number(pair->slope_per_rad[k]));
    cph_json_set(object, "slope_per_rad", slopes);
    return object;
}

void cph_pattern_detail_json(const cph_pattern_options *options, const cph_pattern_subject *subject,
                             const cph_pattern_metrics *metrics, const cph_pattern_detail *detail,
                             json_t *object)
{
    const cph_pattern_lobes *lobes = &detail->lobes;
    cph_json_set(object, "first_nulls_deg", by_plane(metrics, lobes->null_rad, 1.0 / degree, true));
    cph_json_set(object, "first_nulls_db", by_plane(metrics, lobes->null_db, 1.0, false));
    cph_json_set_number(object, "mean_sidelobe_db", lobes->mean_db);
    cph_json_set_number(object, "mean_sidelobe_sphere_db", lobes->mean_sphere_db);
    cph_json_set(object, "grating_lobes", grating_array(subject, detail));
    cph_json_set_count(object, "grating_lobe_count", detail->grating_lobes);
    cph_json_set(object, "nulls", null_array(options, subject, metrics, detail));
    cph_json_set_number(object, "phasing_loss_db", detail->phasing_loss_db);
    cph_json_set(object, "quantisation", quantisation_object(options));
    cph_json_set(object, "error_budget", cph_budget_object(&detail->budget));
    cph_json_set(object, "monopulse", monopulse_object(&detail->monopulse));
}

/* ---- text ---- */

/* "-11.54" with its sign, or "none". */
static const char *place(double angle, double sign, char text[32])
{
    if (isnan(angle))
        return "none";
    snprintf(text, 32, "%+.4f deg", sign * angle / degree);
    return text;
}

static void print_nulls(const cph_pattern_options *options, const cph_pattern_metrics *metrics,
                        const cph_pattern_detail *detail)
{
    for (size_t i = 0; i < options->nulls.count; i++)
        printf("%-13s %s: %.1f dB below the peak, %.1f dB below the look\n", "null",
               options->nulls.item[i].text, metrics->peak_power_db - detail->null_db[i],
               metrics->look_power_db - detail->null_db[i]);
}

void cph_pattern_detail_print(const cph_pattern_options *options,
                              const cph_pattern_subject *subject,
                              const cph_pattern_metrics *metrics, const cph_pattern_detail *detail)
{
    const cph_pattern_lobes *lobes = &detail->lobes;
    for (size_t k = 0; k < metrics->planes; k++) {
        char left[32], right[32];
        printf("%-13s %s and %s %s\n", "first nulls", place(lobes->null_rad[k][0], -1.0, left),
               place(lobes->null_rad[k][1], 1.0, right),
               metrics->planes == 1 ? "along the line"
               : k == 0             ? "along the long axis"
                                    : "across it");
    }
    if (!isnan(lobes->mean_db))
        printf("%-13s %.2f dB, %.2f dB over the whole sphere\n", "mean sidelobe", lobes->mean_db,
               lobes->mean_sphere_db);
    for (size_t i = 0; i < detail->grating_lobes && i < CPH_GRATING_LOBES; i++) {
        const cph_pattern_lobe *lobe = &detail->grating_lobe[i];
        double az, el;
        cph_direction_angles(&subject->array, lobe->at, &az, &el);
        printf("%-13s u %+.4f  v %+.4f  az %.3f deg  el %.3f deg  %.2f dB\n", "grating lobe",
               lobe->at[0], lobe->at[1], az, el, lobe->power_db);
    }
    print_nulls(options, metrics, detail);
    if (detail->phasing_loss_db >= 5e-4)
        printf("%-13s %.3f dB toward the look\n", "phases lose", detail->phasing_loss_db);
    if (options->bits > 0)
        printf("%-13s %.4f dB expected of %zu bits\n", "rounding",
               cph_budget_phase_loss_db(options->bits), options->bits);
    for (size_t k = 0; k < detail->monopulse.planes; k++)
        printf("%-13s difference over sum %.4f per degree%s\n", "monopulse",
               detail->monopulse.slope_per_rad[k] * degree,
               detail->monopulse.planes == 1 ? ""
               : k == 0                      ? " along the long axis"
                                             : " across it");
    cph_budget_print(&detail->budget);
}
