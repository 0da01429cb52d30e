/* SPDX-License-Identifier: MIT */
/* The pipeline: pack, start, iterate, flag what has no gain and solve again, gauge, error bars. */
#include "calib/gains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Solutions after the first, each without the low gains of the one before. Not more: where gains
 * fall in two groups, each would take the lowest away until one group is left. */
enum { AGAIN = 2 };

cph_gain_options cph_gain_defaults(void)
{
    return (cph_gain_options){
        .max_iterations = 300, .robust = 1.25, .weak_below = 0.3, .reference = SIZE_MAX};
}

static cph_status name_failure(cph_gain_solver *v, cph_status status)
{
    if (status == CPH_ERR_SINGULAR)
        return cph_fail(v->error, status,
                        "no flux fits the data, or two sources cannot be told apart");
    return cph_fail(v->error, status, "%s", cph_status_name(status));
}

/* The caller's start, where it is one for all live elements. */
static const cph_c64 *given_start(const cph_gain_solver *v)
{
    const cph_c64 *start = v->problem->start;
    for (size_t p = 0; start != NULL && p < v->system.n; p++) {
        cph_c64 g = start[v->system.element[p]];
        if (!cph_c64_finite(g) || !(cph_c64_power(g) > 0.0))
            return NULL;
    }
    return start;
}

/* A start for the first solution; later ones go on from the one before. */
static cph_status begin(cph_gain_solver *v, bool first)
{
    cph_system *s = &v->system;
    const cph_c64 *start = first ? given_start(v) : v->start;
    if (start == NULL)
        return cph_start_gains(s, v->options, v->g);
    for (size_t p = 0; p < s->n; p++)
        v->g[p] = cph_c64_scale(1.0 / s->scale[p], start[s->element[p]]);
    if (first)
        return s->fit ? cph_sources_fit(s, v->g) : CPH_OK;
    if (s->fit)
        memcpy(s->flux, v->flux, s->sources * sizeof *s->flux);
    cph_status status = CPH_OK;
    if (s->held < s->sources) {
        memcpy(s->direction, v->direction, 3 * s->sources * sizeof *s->direction);
        status = cph_system_steer(s);
    }
    cph_system_model(s);
    return status;
}

static cph_status solve_once(cph_gain_solver *v, bool first)
{
    cph_status status = cph_system_create(v->problem, v->flag, &v->system, v->error);
    if (status != CPH_OK)
        return status;
    if (v->options->robust > 0.0)
        status = cph_system_screen(&v->system);
    if (status != CPH_OK)
        return name_failure(v, status);
    status = cph_system_sound(&v->system, v->error);
    if (status != CPH_OK)
        return status;
    status = begin(v, first);
    if (status == CPH_OK) {
        cph_gain_options options = *v->options;
        options.max_iterations -= v->iterations;
        v->result.warm = !first;
        status = cph_stefcal_run(&v->system, &options, v->g, &v->result);
    }
    if (status != CPH_OK)
        return name_failure(v, status);
    v->iterations += v->result.iterations;
    for (size_t p = 0; p < v->system.n; p++)
        v->start[v->system.element[p]] = cph_c64_scale(v->system.scale[p], v->g[p]);
    memcpy(v->flux, v->system.flux, v->system.sources * sizeof *v->flux);
    memcpy(v->direction, v->system.direction, 3 * v->system.sources * sizeof *v->direction);
    return CPH_OK;
}

/* Of the model with equal gains, in the normalisation of the system. */
static double explained_by_equal_gains(cph_gain_solver *v)
{
    double explained;
    for (size_t p = 0; p < v->system.n; p++)
        v->gain[p] = (cph_c64){1.0, 0.0};
    cph_system_scale(&v->system, v->system.weight, v->gain, &explained);
    return explained;
}

static cph_status solve(cph_gain_solver *v, cph_gain_solution *solution)
{
    cph_status status = solve_once(v, true);
    if (status == CPH_OK)
        v->explained_before = explained_by_equal_gains(v);
    for (int again = 0; status == CPH_OK && again < AGAIN; again++) {
        bool any = false;
        if (v->result.stop != CPH_STOP_DIVERGED)
            status = cph_gain_flag_low(v, &any);
        if (status != CPH_OK || !any)
            break;
        cph_system_free(&v->system);
        status = solve_once(v, false);
    }
    return status == CPH_OK ? cph_gain_deliver(v, solution) : status;
}

static cph_status allocate(cph_gain_solver *v, size_t elements, size_t sources)
{
    v->flag = calloc(elements, sizeof *v->flag);
    v->start = calloc(elements, sizeof *v->start);
    v->flux = calloc(sources + 1, sizeof *v->flux);
    v->g = calloc(elements, sizeof *v->g);
    v->gain = calloc(elements, sizeof *v->gain);
    v->variance = calloc(elements, 2 * sizeof *v->variance);
    v->memory = calloc(elements + 3 * sources, 2 * sizeof *v->memory);
    if (v->flag == NULL || v->start == NULL || v->flux == NULL || v->g == NULL || v->gain == NULL ||
        v->variance == NULL || v->memory == NULL)
        return cph_fail(v->error, CPH_ERR_MEMORY, "no memory for %zu gains", elements);
    v->self = v->memory;
    v->noise_var = v->self + elements;
    v->flux_var = v->noise_var + elements;
    v->offset_var = v->flux_var + sources;
    v->direction = v->offset_var + 2 * sources;
    return CPH_OK;
}

static void release(cph_gain_solver *v)
{
    cph_system_free(&v->system);
    free(v->flag);
    free(v->start);
    free(v->flux);
    free(v->g);
    free(v->gain);
    free(v->variance);
    free(v->memory);
}

cph_status cph_gains_solve(const cph_gain_problem *problem, const cph_gain_options *options,
                           cph_gain_solution *solution, cph_error *error)
{
    cph_status status = cph_gain_check(problem, options, solution, error);
    if (status != CPH_OK)
        return status;
    cph_gain_solver v = {.problem = problem, .options = options, .error = error};
    status = allocate(&v, problem->elements, problem->sources);
    if (status == CPH_OK) {
        memcpy(v.flag, solution->flag, problem->elements);
        status = solve(&v, solution);
    }
    release(&v);
    return status;
}
