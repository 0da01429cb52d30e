/* SPDX-License-Identifier: MIT */
#include "cli/model_sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/geometry.h"
#include "kernels/core/size.h"

/* Rows are solved by eights (cph_gains_batch). */
enum { MOST_ROWS = 64, RUN = 8 };
/* What a process has resident beside arrays: code and libraries. */
static const size_t process_bytes = (size_t)24 << 20;

/* ---- memory ---- */

/* What the command line says of every problem; what is a row's own is filled in for each. */
static cph_gain_problem problem_of(const cph_calibrate_options *o, size_t elements)
{
    static const cph_c64 there = {0.0, 0.0};
    return (cph_gain_problem){.elements = elements,
                              .ld = elements,
                              .has_diagonal = true,
                              .sources = o->sources,
                              .fit_directions = o->model.directions,
                              .flux = cph_calibrate_has_flux(o) ? o->flux : NULL,
                              .model = o->model_path != NULL ? &there : NULL};
}

/* Rows in memory and solvers at work share --max-memory, which one row and one solver go beyond
 * unless it was asked for; streams take what rows leave. */
static cph_exit share_memory(const cph_calibrate_options *o, const cph_input *input, size_t wanted,
                             cph_model_sheet *s)
{
    const cph_gain_problem problem = problem_of(o, s->elements);
    const size_t solver = cph_gains_memory(&problem, o->cli.json);
    size_t memory = o->cli.max_memory - cph_size_min(o->cli.max_memory, process_bytes);
    size_t matrix, row, least;
    if (!cph_size_mul(s->elements, s->elements, &matrix) ||
        !cph_size_mul(matrix, (problem.model != NULL ? 2 : 1) * sizeof(cph_c64), &row) ||
        !cph_size_add(solver, row, &least) || row == 0)
        return cph_report_line(o->cli.name, CPH_EXIT_FAILED, "%s: %zu elements are too many",
                               o->cli.input, s->elements);
    if (least > memory && o->cli.memory_given)
        return cph_input_little_memory(input, least + process_bytes);
    memory = least > memory ? least : memory;
    s->rows = cph_size_min(wanted, cph_size_min(MOST_ROWS, (memory - solver) / 2 / row));
    s->rows = s->rows > RUN ? s->rows / RUN * RUN : s->rows > 0 ? s->rows : 1;
    s->held = s->rows * row - matrix * sizeof(cph_c64);
    cph_exec_openmp(&s->exec, cph_size_min(o->cli.exec.threads, (memory - s->rows * row) / solver));
    return CPH_EXIT_DONE;
}

/* ---- arrays ---- */

/* Reals of a solution: gain, sigmas and noise, then those of sources. */
static bool row_size(size_t elements, size_t sources, size_t *reals)
{
    size_t many, few;
    return cph_size_mul(6, elements, &many) && cph_size_mul(6, sources, &few) &&
           cph_size_add(many, few, reals);
}

static void point_row(const cph_calibrate_options *o, cph_model_sheet *s, size_t i, double *at)
{
    const size_t n = s->elements;
    cph_gain_solution *to = &s->solution[i];
    *to = (cph_gain_solution){.gain = (cph_c64 *)at, .flag = s->flag + i * n};
    to->phase_sigma = at + 2 * n;
    to->amplitude_sigma = to->phase_sigma + n;
    to->flux = to->amplitude_sigma + n;
    if (!o->cli.json)
        return;
    to->noise = to->flux + s->sources;
    to->noise_sigma = to->noise + n;
    to->flux_sigma = to->noise_sigma + n;
    to->direction_sigma = to->flux_sigma + s->sources;
    to->direction = to->direction_sigma + s->sources;
}

cph_exit cph_model_sheet_create(const cph_calibrate_options *o, const cph_input *input, size_t rows,
                                size_t elements, cph_model_sheet *s)
{
    size_t reals, all;
    *s = (cph_model_sheet){.elements = elements, .sources = o->sources};
    const cph_exit code = share_memory(o, input, rows, s);
    if (code != CPH_EXIT_DONE)
        return code;
    if (!row_size(elements, o->sources, &reals) || !cph_size_mul(reals, s->rows, &all) || all == 0)
        return cph_report_memory(o->cli.name);
    s->memory = calloc(all, sizeof *s->memory);
    s->problem = calloc(s->rows, sizeof *s->problem);
    s->solution = calloc(s->rows, sizeof *s->solution);
    s->status = calloc(s->rows, sizeof *s->status);
    s->error = calloc(s->rows, sizeof *s->error);
    s->flag = calloc(s->rows, elements);
    s->matrix = calloc(s->rows, sizeof *s->matrix);
    if (s->memory == NULL || s->problem == NULL || s->solution == NULL || s->status == NULL ||
        s->error == NULL || s->flag == NULL || s->matrix == NULL)
        return cph_report_memory(o->cli.name);
    for (size_t i = 0; i < s->rows; i++) {
        s->problem[i] = problem_of(o, elements);
        point_row(o, s, i, s->memory + i * reals);
    }
    return CPH_EXIT_DONE;
}

void cph_model_sheet_free(cph_model_sheet *s)
{
    for (size_t i = 0; s->matrix != NULL && i < s->rows; i++) {
        free(s->matrix[i].r);
        free(s->matrix[i].model);
    }
    free(s->matrix);
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
