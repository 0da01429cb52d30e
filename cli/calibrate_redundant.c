/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method redundant: gains from the equal baselines of a lattice. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_method.h"
#include "cli/json.h"
#include "cli/sky_model.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

#define TURN 6.28318530717958647693

/* What one solution after the other uses. */
typedef struct desk {
    cph_redundant_plan *plan; /* of the layout and limits below */
    const cph_selection *selection;
    double limit_m[3]; /* tolerance, shortest and longest baseline */
    cph_c64 *model;    /* [elements][elements] of the sky, where any is known */
    double *chi2;      /* [elements] NaN where it has none */
    cph_sky_model sky; /* --model */
} desk;

static bool has_model(const cph_calibrate_options *o)
{
    return o->sources > 0 || o->model_path != NULL;
}

static void desk_free(desk *d)
{
    cph_redundant_destroy(d->plan);
    free(d->model);
    free(d->chi2);
    const cph_sky_model sky = d->sky; /* of all plans */
    *d = (desk){.sky = sky};
}

/* The desk's plan becomes that of the selection at this frequency. */
static cph_status plan_for(desk *d, const cph_calibrate_options *o, const cph_selection *selection,
                           double freq_hz, cph_error *error)
{
    const double limit_m[3] = {cph_length_metres(o->redundant.tolerance, freq_hz),
                               cph_length_metres(o->min_baseline, freq_hz),
                               cph_length_metres(o->max_baseline, freq_hz)};
    if (d->plan != NULL && d->selection == selection &&
        memcmp(limit_m, d->limit_m, sizeof limit_m) == 0)
        return CPH_OK;
    const cph_redundant_config config = {.elements = selection->elements,
                                         .position = selection->position,
                                         .tolerance_m = limit_m[0],
                                         .min_baseline_m = limit_m[1],
                                         .max_baseline_m = limit_m[2],
                                         .flag = selection->flag};
    desk_free(d);
    d->chi2 = calloc(selection->elements + 1, sizeof *d->chi2);
    if (d->chi2 == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu elements", selection->elements);
    d->selection = selection;
    memcpy(d->limit_m, limit_m, sizeof limit_m);
    return cph_redundant_create(&config, &d->plan, error);
}

/* model [n][n], p < q, of the sources and their powers, and of --model. */
static cph_status fill_model(desk *d, const cph_calibrate_options *o,
                             const cph_selection *selection, const cph_dump *dump,
                             const double *direction, cph_error *error)
{
    const size_t n = selection->elements;
    size_t square = 0;
    if (o->model_path != NULL) {
        const cph_status status =
            cph_sky_model_read(&d->sky, selection, dump->freq_hz, dump->time_unix_s, error);
        if (status != CPH_OK)
            return status;
    }
    if (d->model == NULL && cph_size_mul(n, n, &square))
        d->model = calloc(square + 1, sizeof *d->model);
    if (d->model == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for a model of %zu elements", n);
    for (size_t p = 0; p < n; p++)
        for (size_t q = p + 1; q < n; q++) {
            cph_c64 sum = o->model_path != NULL ? d->sky.r[p * n + q] : (cph_c64){0.0, 0.0};
            for (size_t i = 0; i < o->sources; i++) {
                double path = 0.0;
                for (size_t k = 0; k < 3; k++)
                    path += direction[3 * i + k] *
                            (selection->position[3 * p + k] - selection->position[3 * q + k]);
                const double phase = TURN * dump->freq_hz / CPH_SPEED_OF_LIGHT * path;
                sum.re += o->flux[i] * cos(phase);
                sum.im += o->flux[i] * sin(phase);
            }
            d->model[p * n + q] = sum;
        }
    return CPH_OK;
}

/* ---- results ---- */

static void take(const cph_calibrate_options *o, const cph_redundant_solution *made,
                 cph_gain_solution *found)
{
    for (size_t i = 0; i < o->sources; i++)
        found->flux[i] = o->flux[i];
    found->iterations = made->iterations;
    found->stop = made->stop;
    found->explained_before = made->explained_before;
    found->explained_after = made->explained_after;
    found->chi2_dof = made->chi2_dof;
    found->dof = 2.0 * made->info.dof;
    found->baselines = made->info.baselines;
}

/* Groups, degeneracies and chi-squares. */
static json_t *describe(const cph_redundant_info *info, const cph_array *array, const double *chi2,
                        const char *words)
{
    json_t *object = json_object(), *open = json_object(), *list = json_array();
    cph_json_set_count(open, "amplitude", info->amplitude);
    cph_json_set_count(open, "phase", info->phase);
    cph_json_set_count(open, "phase_slopes", info->slopes);
    cph_json_set_count(open, "total", info->amplitude + info->phase);
    cph_json_set_text(open, "words", words);
    cph_json_set_count(object, "groups", info->groups);
    cph_json_set_count(object, "redundant_groups", info->redundant_groups);
    cph_json_set(object, "degeneracies", open);
    for (size_t n = 0; n < array->elements; n++) {
        json_t *one = json_object();
        cph_json_set_count(one, "element", array->element[n].number);
        cph_json_set_number(one, "chi2", chi2[n]);
        cph_json_append(list, one);
    }
    cph_json_set(object, "chi2_elements", list);
    return object;
}

static void say(const cph_calibrate_options *o, const cph_redundant_info *info, const double *chi2,
                cph_calibrate_row *row)
{
    char words[120];
    cph_redundant_words(info, sizeof words, words);
    if (o->cli.json)
        row->extra = describe(info, &row->selection->array, chi2, words);
    snprintf(row->line, sizeof row->line, "%zu groups of %zu baselines; open: %s", info->groups,
             info->baselines, words);
}

/* ---- one solution ---- */

static cph_status solve_dump(void *context, const cph_calibrate_bench *b,
                             const cph_calibrated *made, cph_calibrate_row *row,
                             cph_gain_solution *found)
{
    desk *d = context;
    const cph_calibrate_options *o = b->o;
    const size_t n = row->selection->elements;
    cph_status status = plan_for(d, o, row->selection, b->dump.freq_hz, &row->error);
    if (status == CPH_OK && has_model(o))
        status = fill_model(d, o, row->selection, &b->dump, made->direction, &row->error);
    if (status != CPH_OK)
        return status;
    const cph_redundant_problem problem = {.r = b->dump.r,
                                           .ld = n,
                                           .skip_missing = true,
                                           .has_diagonal = b->dump.has_diagonal,
                                           .samples = b->dump.samples,
                                           .model = has_model(o) ? d->model : NULL};
    cph_redundant_options options = cph_redundant_defaults();
    options.method = o->redundant.method;
    options.tolerance = o->tolerance;
    options.weak_below = cph_calibrate_weak_below(o);
    options.max_iterations = (unsigned)o->max_iterations;
    cph_redundant_solution solution = {.gain = found->gain,
                                       .phase_sigma = found->phase_sigma,
                                       .amplitude_sigma = found->amplitude_sigma,
                                       .chi2 = d->chi2,
                                       .flag = found->flag};
    status = cph_redundant_solve(d->plan, &problem, &options, &solution, &row->error);
    if (status != CPH_OK)
        return status;
    take(o, &solution, found);
    say(o, &solution.info, d->chi2, row);
    return CPH_OK;
}

/* ---- the method ---- */

static cph_exit solve(cph_calibrate_bench *b, cph_calibrated *made)
{
    desk d = {0};
    snprintf(made->calibration.gauge, sizeof made->calibration.gauge, "%s",
             b->o->model_path != NULL ? "mean phase 0, slopes and |g| by the model"
             : b->o->sources > 0      ? "mean phase 0, slopes and |g| by given sources"
                                      : "mean phase and phase slopes 0, mean |g| 1");
    cph_exit code = CPH_EXIT_DONE;
    if (b->o->model_path != NULL)
        code = cph_sky_model_open(b->o->model_path, b->input, &d.sky);
    if (code == CPH_EXIT_DONE)
        code = cph_calibrate_each(b, made, solve_dump, &d);
    desk_free(&d);
    cph_sky_model_close(&d.sky);
    return code;
}

/* Sources fix what redundancy leaves open, by their powers. */
static cph_exit check(const cph_calibrate_options *o)
{
    for (size_t i = 0; i < o->sources; i++)
        if (isnan(o->flux[i]))
            return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                   "--source %s: expected flux= with --method redundant",
                                   o->direction[i].text);
    return CPH_EXIT_DONE;
}

const cph_calibrate_method cph_calibrate_redundant = {
    .name = "redundant",
    .input = CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_NEEDS_POSITIONS | CPH_NEEDS_FREQUENCY,
    .options = CPH_OF_SOURCES CPH_OF_COVARIANCES " flux= model min-baseline max-baseline tolerance "
                                                 "max-iterations grid-tolerance solver weak-below",
    .gaps = true,
    .check = check,
    .solve = solve};
