/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_redundant.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/fail.h"
#include "kernels/core/size.h"

#define TURN 6.28318530717958647693

void cph_redundant_desk_free(cph_redundant_desk *desk)
{
    cph_redundant_destroy(desk->plan);
    free(desk->model);
    *desk = (cph_redundant_desk){0};
}

/* The desk's plan becomes that of the selection at this frequency. */
static cph_status plan_for(cph_redundant_desk *desk, const cph_calibrate_options *o,
                           const cph_selection *selection, double freq_hz, cph_error *error)
{
    const double limit_m[3] = {cph_length_metres(o->redundant.tolerance, freq_hz),
                               cph_length_metres(o->min_baseline, freq_hz),
                               cph_length_metres(o->max_baseline, freq_hz)};
    if (desk->plan != NULL && desk->selection == selection &&
        memcmp(limit_m, desk->limit_m, sizeof limit_m) == 0)
        return CPH_OK;
    const cph_redundant_config config = {.elements = selection->elements,
                                         .position = selection->position,
                                         .tolerance_m = limit_m[0],
                                         .min_baseline_m = limit_m[1],
                                         .max_baseline_m = limit_m[2],
                                         .flag = selection->flag};
    cph_redundant_desk_free(desk);
    desk->selection = selection;
    memcpy(desk->limit_m, limit_m, sizeof limit_m);
    return cph_redundant_create(&config, &desk->plan, error);
}

/* model [n][n], p < q, of the sources and their powers. */
static cph_status fill_model(cph_redundant_desk *desk, const cph_calibrate_options *o,
                             double freq_hz, const double *direction, cph_error *error)
{
    const cph_selection *selection = desk->selection;
    const size_t n = selection->elements;
    size_t square = 0;
    if (desk->model == NULL && cph_size_mul(n, n, &square))
        desk->model = calloc(square + 1, sizeof *desk->model);
    if (desk->model == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for a model of %zu elements", n);
    for (size_t p = 0; p < n; p++)
        for (size_t q = p + 1; q < n; q++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t i = 0; i < o->sources; i++) {
                double path = 0.0;
                for (size_t k = 0; k < 3; k++)
                    path += direction[3 * i + k] *
                            (selection->position[3 * p + k] - selection->position[3 * q + k]);
                const double phase = TURN * freq_hz / CPH_SPEED_OF_LIGHT * path;
                sum.re += o->flux[i] * cos(phase);
                sum.im += o->flux[i] * sin(phase);
            }
            desk->model[p * n + q] = sum;
        }
    return CPH_OK;
}

static void take(const cph_calibrate_options *o, const cph_redundant_solution *made,
                 cph_calibrate_row *row, cph_gain_solution *found)
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
    found->second_eigenvalue = found->residual_excess = NAN;
    row->redundant = made->info;
}

cph_status cph_calibrate_redundant(cph_redundant_desk *desk, const cph_calibrate_options *o,
                                   const cph_dump *dump, const double *direction,
                                   cph_calibrate_row *row, cph_gain_solution *found)
{
    const cph_selection *selection = row->selection;
    const size_t n = selection->elements;
    row->chi2 = calloc(n, sizeof *row->chi2);
    if (row->chi2 == NULL)
        return cph_fail(&row->error, CPH_ERR_MEMORY, "no memory for %zu elements", n);
    cph_status status = plan_for(desk, o, selection, dump->freq_hz, &row->error);
    if (status == CPH_OK && o->sources > 0)
        status = fill_model(desk, o, dump->freq_hz, direction, &row->error);
    if (status != CPH_OK)
        return status;
    const cph_redundant_problem problem = {.r = dump->r,
                                           .ld = n,
                                           .has_diagonal = dump->has_diagonal,
                                           .samples = o->samples > 0.0 ? o->samples : dump->samples,
                                           .model = o->sources > 0 ? desk->model : NULL};
    cph_redundant_options options = cph_redundant_defaults();
    options.method = o->redundant.method;
    options.tolerance = o->tolerance;
    options.max_iterations = (unsigned)o->max_iterations;
    cph_redundant_solution made = {.gain = found->gain,
                                   .phase_sigma = found->phase_sigma,
                                   .amplitude_sigma = found->amplitude_sigma,
                                   .chi2 = row->chi2,
                                   .flag = found->flag};
    status = cph_redundant_solve(desk->plan, &problem, &options, &made, &row->error);
    if (status == CPH_OK)
        take(o, &made, row, found);
    return status;
}

/* ---- results ---- */

json_t *cph_calibrate_redundant_json(const cph_calibrate_row *row)
{
    const cph_redundant_info *info = &row->redundant;
    json_t *object = json_object(), *open = json_object(), *list = json_array();
    char words[120];
    cph_redundant_words(info, sizeof words, words);
    cph_json_set_count(open, "amplitude", info->amplitude);
    cph_json_set_count(open, "phase", info->phase);
    cph_json_set_count(open, "phase_slopes", info->slopes);
    cph_json_set_count(open, "total", info->amplitude + info->phase);
    cph_json_set_text(open, "words", words);
    cph_json_set_count(object, "groups", info->groups);
    cph_json_set_count(object, "redundant_groups", info->redundant_groups);
    cph_json_set(object, "degeneracies", open);
    for (size_t n = 0; n < row->selection->elements; n++) {
        json_t *one = json_object();
        cph_json_set_count(one, "element", row->selection->array.element[n].number);
        cph_json_set_number(one, "chi2", row->chi2[n]);
        cph_json_append(list, one);
    }
    cph_json_set(object, "chi2_elements", list);
    return object;
}

void cph_calibrate_redundant_print(const cph_calibrate_row *row)
{
    char words[120];
    cph_redundant_words(&row->redundant, sizeof words, words);
    printf("%zu groups of %zu baselines; open: %s\n", row->redundant.groups,
           row->redundant.baselines, words);
}
