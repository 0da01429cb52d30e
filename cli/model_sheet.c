/* SPDX-License-Identifier: MIT */
#include "cli/model_sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/geometry.h"
#include "kernels/core/size.h"

enum { MOST_ROWS = 64 };

/* Reals of a row: gain and covariances, sigmas and noise, then those of sources, then the sky. */
static bool row_size(size_t elements, size_t sources, bool sky, size_t *reals)
{
    size_t square, few;
    return cph_size_mul((sky ? 4 : 2) * elements, elements + 3, &square) &&
           cph_size_mul(6, sources, &few) && cph_size_add(square, few, reals);
}

static void point_row(cph_model_sheet *s, size_t i, double *at)
{
    const size_t n = s->elements;
    s->problem[i] = (cph_gain_problem){.elements = n, .r = (cph_c64 *)at, .ld = n};
    at += 2 * n * n;
    cph_gain_solution *to = &s->solution[i];
    *to = (cph_gain_solution){.gain = (cph_c64 *)at, .flag = s->flag + i * n};
    to->phase_sigma = at + 2 * n;
    to->amplitude_sigma = to->phase_sigma + n;
    to->noise = to->amplitude_sigma + n;
    to->noise_sigma = to->noise + n;
    to->flux = to->noise_sigma + n;
    to->flux_sigma = to->flux + s->sources;
    to->direction_sigma = to->flux_sigma + s->sources;
    to->direction = to->direction_sigma + s->sources;
}

cph_status cph_model_sheet_create(const cph_calibrate_options *o, size_t rows, size_t elements,
                                  cph_model_sheet *s)
{
    size_t reals, bytes, all;
    *s = (cph_model_sheet){
        .elements = elements, .sources = o->sources, .sky = o->model_path != NULL};
    if (!row_size(elements, o->sources, s->sky, &reals) ||
        !cph_size_mul(reals, sizeof(double), &bytes) || bytes == 0)
        return CPH_ERR_OVERFLOW;
    s->rows = cph_size_min(cph_size_min(rows, MOST_ROWS), o->cli.max_memory / bytes);
    s->rows = s->rows > 0 ? s->rows : 1;
    if (!cph_size_mul(bytes, s->rows, &all))
        return CPH_ERR_OVERFLOW;
    s->reals = reals;
    s->memory = calloc(all, 1);
    s->problem = calloc(s->rows, sizeof *s->problem);
    s->solution = calloc(s->rows, sizeof *s->solution);
    s->status = calloc(s->rows, sizeof *s->status);
    s->error = calloc(s->rows, sizeof *s->error);
    s->flag = calloc(s->rows, elements);
    if (s->memory == NULL || s->problem == NULL || s->solution == NULL || s->status == NULL ||
        s->error == NULL || s->flag == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < s->rows; i++)
        point_row(s, i, s->memory + i * reals);
    return CPH_OK;
}

cph_c64 *cph_model_sheet_covariance(cph_model_sheet *s, size_t i)
{
    return (cph_c64 *)(s->memory + i * s->reals);
}

cph_c64 *cph_model_sheet_sky(cph_model_sheet *s, size_t i)
{
    const size_t n = s->elements;
    return s->sky ? (cph_c64 *)(s->memory + (i + 1) * s->reals - 2 * n * n) : NULL;
}

void cph_model_sheet_free(cph_model_sheet *s)
{
    free(s->memory);
    free(s->problem);
    free(s->solution);
    free(s->status);
    free(s->error);
    free(s->flag);
    *s = (cph_model_sheet){0};
}

/* ---- what is said ---- */

static json_t *list_noise(const cph_gain_solution *found, const cph_array *array)
{
    json_t *list = json_array();
    for (size_t n = 0; n < array->elements; n++) {
        json_t *one = json_object();
        cph_json_set_count(one, "element", array->element[n].number);
        cph_json_set_number(one, "power", found->noise[n]);
        cph_json_set_number(one, "sigma", found->noise_sigma[n]);
        cph_json_append(list, one);
    }
    return list;
}

static json_t *list_directions(const cph_gain_solution *found, size_t sources,
                               const cph_array *array)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sources; i++) {
        json_t *one = json_object();
        cph_json_set_direction(one, array, found->direction + 3 * i);
        cph_json_set_number(one, "sigma_deg", found->direction_sigma[i] * 180.0 / M_PI);
        cph_json_append(list, one);
    }
    return list;
}

static json_t *describe(const cph_model_sheet *s, const cph_gain_solution *found,
                        const cph_calibrate_options *o, const cph_array *array)
{
    json_t *object = json_object(), *worst = json_array(), *sigmas = json_array();
    cph_json_set_count(object, "outliers", found->outliers);
    for (size_t k = 0; k < 2 && found->outliers > 0; k++)
        cph_json_append(worst, cph_json_count(array->element[found->outlier[k]].number));
    cph_json_set(object, "worst_outlier", worst);
    cph_json_set_number(object, "student_nu", found->student_nu);
    for (size_t i = 0; i < s->sources; i++)
        cph_json_append(sigmas, cph_json_number(found->flux_sigma[i]));
    cph_json_set(object, "flux_sigmas", sigmas);
    if (o->model.noise)
        cph_json_set(object, "noise", list_noise(found, array));
    if (o->model.directions)
        cph_json_set(object, "directions", list_directions(found, s->sources, array));
    return object;
}

void cph_model_sheet_say(const cph_model_sheet *s, size_t i, const cph_calibrate_options *o,
                         cph_calibrate_row *row)
{
    const cph_gain_solution *found = &s->solution[i];
    const cph_array *array = &row->selection->array;
    if (o->cli.json)
        row->extra = describe(s, found, o, array);
    if (found->outliers > 0)
        snprintf(row->line, sizeof row->line,
                 "%zu of %zu baselines count for little or nothing; the worst: elements %u and %u",
                 found->outliers, found->baselines,
                 (unsigned)array->element[found->outlier[0]].number,
                 (unsigned)array->element[found->outlier[1]].number);
}
