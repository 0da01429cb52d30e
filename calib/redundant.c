/* SPDX-License-Identifier: MIT */
/* The pipeline: what flags and weights leave, solve, drop what does not fit and solve again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant_run.h"
#include "calib/samples.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Chance: so many standard deviations of a chi-square. */
/* With several sources a few modes, their sample correlations, may carry most of chi-square. */
static const double chi2_chance = 3.0, chi2_least = 0.5, least_dof = 0.25;

cph_redundant_options cph_redundant_defaults(void)
{
    return (cph_redundant_options){
        .gain = 0.4, .bad_above = 4.0, .most_bad = SIZE_MAX, .weak_below = 0.3};
}

/* ---- arguments ---- */

static cph_status check(const cph_redundant_plan *plan, const cph_redundant_problem *p,
                        const cph_redundant_options *o, const cph_redundant_solution *s,
                        cph_error *error)
{
    if (p->r == NULL || s->gain == NULL || s->phase_sigma == NULL || s->amplitude_sigma == NULL ||
        s->chi2 == NULL || s->flag == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "a pointer is null");
    if (p->ld < plan->elements)
        return cph_fail(error, CPH_ERR_ARGUMENT, "%zu elements, stride %zu", plan->elements, p->ld);
    if (!cph_size_matrix(plan->elements, p->ld, plan->elements, sizeof *p->r))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements are too many", plan->elements);
    if (!(p->samples >= 0.0) || !(o->tolerance >= 0.0) || !(o->bad_above >= 0.0) ||
        !(o->weak_below >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT, "samples and limits must be 0 or more");
    if (!(o->gain > 0.0 && o->gain <= 1.0) || (unsigned)o->method > CPH_REDUNDANT_OMNICAL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "damped gain %g, method %d", o->gain,
                        (int)o->method);
    return cph_samples_check(p->samples, error);
}

static cph_status check_references(const cph_redundant_run *w)
{
    for (size_t i = 0; w->problem->reference != NULL && i < w->plan->elements; i++) {
        const cph_c64 g = w->problem->reference[i];
        if (w->flag[i] == CPH_FLAG_NONE && !(cph_c64_finite(g) && cph_c64_power(g) > 0.0))
            return cph_fail(w->error, CPH_ERR_NOT_FINITE,
                            "the reference gain of element %zu is no gain", i);
    }
    return CPH_OK;
}

/* ---- one solution ---- */

/* Weights whose zeros leave baselines out; NULL: none does. */
static const double *weights_of(const cph_redundant_run *w)
{
    return w->kept != NULL ? w->kept : w->problem->weight;
}

/* Whether the plan's own set is what flags and weights leave. */
static bool is_whole(const cph_redundant_run *w)
{
    const cph_redundant_set *s = &w->plan->set;
    for (size_t p = 0; p < s->n; p++)
        if (w->flag[s->element[p]] != CPH_FLAG_NONE)
            return false;
    const double *const weight = weights_of(w);
    for (size_t b = 0; weight != NULL && b < s->baselines; b++) {
        const size_t p = s->element[s->baseline[b].first], q = s->element[s->baseline[b].second];
        if (!(weight[p < q ? p * s->elements + q : q * s->elements + p] > 0.0))
            return false;
    }
    return true;
}

/* 1 - sum w|e|^2 / sum w|d|^2 over redundant baselines; others fit without fail. */
static double explained(const cph_redundant_solver *v, double residual)
{
    const cph_redundant_set *s = v->set;
    double total = 0.0;
    for (size_t k = 0; k < s->groups; k++)
        for (size_t b = s->start[k]; s->start[k + 1] - s->start[k] > 1 && b < s->start[k + 1]; b++)
            total += v->weight[b] * cph_c64_power(v->data[b]);
    return total > 0.0 ? 1.0 - residual / total : (double)NAN;
}

static double explained_by_equal_gains(cph_redundant_solver *v)
{
    for (size_t p = 0; p < v->set->n; p++)
        v->trial[p] = (cph_c64){1.0, 0.0};
    return explained(v, cph_redundant_fit(v, v->trial));
}

static cph_status name_failure(const cph_redundant_run *w, cph_status status)
{
    switch (status) {
    case CPH_ERR_SINGULAR:
        return cph_fail(w->error, status,
                        w->problem->model == NULL
                            ? "the baselines in use do not determine the gains"
                            : "the baselines in use do not determine the gains, or the model is "
                              "zero on those that must tell amplitude and slopes");
    case CPH_ERR_NOT_FINITE:
        return cph_fail(w->error, status, "the model is not finite on baselines in use");
    default:
        return cph_fail(w->error, status, "%s", cph_status_name(status));
    }
}

/* chi2 [n] of elements (power 1), into share, which held their expectation. */
static void element_chi2(cph_redundant_run *w)
{
    const cph_redundant_solver *v = w->solver;
    const cph_redundant_set *s = v->set;
    double *sum = w->scratch;
    memset(sum, 0, s->n * sizeof *sum);
    for (size_t b = 0; b < s->baselines; b++) {
        const cph_redundant_baseline *at = &s->baseline[b];
        const cph_c64 m =
            cph_c64_mul(cph_c64_mulc(v->g[at->first], v->g[at->second]), v->u[at->group]);
        const double e = v->weight[b] * cph_c64_power(cph_c64_sub(v->data[b], m));
        sum[at->first] += e;
        sum[at->second] += e;
    }
    for (size_t p = 0; p < s->n; p++) {
        const bool fair = !s->open[p] && w->share[p] > 0.5 * w->each;
        w->chi2[s->element[p]] = fair ? sum[p] / w->share[p] : (double)NAN;
    }
}

static double expected_each(const cph_redundant_set *set, double expected)
{
    cph_redundant_info info;
    cph_redundant_count(set, &info);
    return info.dof > least_dof && expected > 0.0 ? fmin(expected / info.dof, 1.0) : 1.0;
}

/* Power of errors in units of 1 / weight. */
static double error_power(const cph_redundant_solver *v, double expected)
{
    const double found = expected > least_dof ? v->residual / expected : (double)NAN;
    if (!v->known || isnan(found))
        return v->known ? 1.0 : found;
    const double chance = chi2_chance / sqrt(expected);
    return found > 1.0 + (v->wishart ? fmax(chance, chi2_least) : chance) ? found : 1.0;
}

static cph_status solve_once(cph_redundant_run *w)
{
    cph_redundant_solver *v = w->solver;
    v->set = &w->plan->set;
    cph_status status = CPH_OK;
    if (!is_whole(w)) {
        v->set = w->own;
        status = cph_redundant_select(&w->plan->all, w->flag, weights_of(w), w->own, w->error);
    }
    if (status == CPH_OK)
        status = cph_redundant_open(v, w->error);
    if (status != CPH_OK)
        return status;
    w->before = w->reruns == 0 ? explained_by_equal_gains(v) : w->before;
    status = cph_redundant_begin(v);
    v->iterations = 0;
    if (status == CPH_OK)
        status = cph_redundant_iterate(v);
    w->iterations += v->iterations;
    if (status == CPH_OK && v->stop != CPH_STOP_DIVERGED)
        status = cph_redundant_gauge(v);
    if (status == CPH_OK && v->stop != CPH_STOP_DIVERGED)
        status = cph_redundant_errors(v, w->phase_var, w->amplitude_var, w->share);
    if (status != CPH_OK)
        return name_failure(w, status);
    w->expected = 0.0;
    for (size_t p = 0; p < v->set->n; p++)
        w->expected += 0.5 * w->share[p];
    w->each = expected_each(v->set, w->expected);
    w->power = error_power(v, w->expected);
    w->after = explained(v, v->residual);
    element_chi2(w);
    return CPH_OK;
}

static void give_back(cph_redundant_run *w)
{
    cph_redundant_close(w->solver);
    cph_redundant_set_free(w->own);
}

/* ---- the answer ---- */

static void write_elements(const cph_redundant_run *w, cph_redundant_solution *out)
{
    const cph_redundant_solver *v = w->solver;
    const cph_redundant_set *s = v->set;
    const bool lost = v->stop == CPH_STOP_DIVERGED;
    const double scale = v->known ? 1.0 : w->power;
    for (size_t i = 0, p = 0; i < w->plan->elements; i++) {
        const bool live = p < s->n && s->element[p] == i, good = live && !lost && !s->open[p];
        out->flag[i] = live && !good ? CPH_FLAG_UNSOLVED : w->flag[i];
        out->gain[i] = good ? v->g[p] : (cph_c64){NAN, NAN};
        out->phase_sigma[i] = good ? sqrt(w->power * w->phase_var[p]) : (double)NAN;
        out->amplitude_sigma[i] = good ? sqrt(w->power * w->amplitude_var[p]) : (double)NAN;
        out->chi2[i] = lost ? (double)NAN : w->chi2[i] / scale;
        p += live;
    }
}

static void deliver(const cph_redundant_run *w, cph_redundant_solution *out)
{
    const cph_redundant_solver *v = w->solver;
    const cph_redundant_set *s = v->set;
    const bool lost = v->stop == CPH_STOP_DIVERGED;
    write_elements(w, out);
    for (size_t k = 0; out->visibility != NULL && k < w->plan->all.groups; k++)
        out->visibility[k] = (cph_c64){NAN, NAN};
    for (size_t k = 0; out->visibility != NULL && !lost && k < s->groups; k++)
        out->visibility[s->origin[k]] = v->u[k];
    cph_redundant_count(s, &out->info);
    out->iterations = w->iterations;
    out->reruns = w->reruns;
    out->stop = v->stop;
    out->explained_before = w->before;
    out->explained_after = lost ? (double)NAN : w->after;
    out->chi2_dof =
        v->known && !lost && w->expected > least_dof ? v->residual / w->expected : (double)NAN;
}

static cph_status allocate(cph_redundant_run *w)
{
    const size_t n = w->plan->elements;
    w->flag = calloc(n, sizeof *w->flag);
    w->chi2 = calloc(n, sizeof *w->chi2);
    w->phase_var = calloc(n, sizeof *w->phase_var);
    w->amplitude_var = calloc(n, sizeof *w->amplitude_var);
    w->share = calloc(n, sizeof *w->share);
    w->scratch = calloc(n, 2 * sizeof *w->scratch);
    return w->flag == NULL || w->chi2 == NULL || w->phase_var == NULL || w->amplitude_var == NULL ||
                   w->share == NULL || w->scratch == NULL
               ? cph_fail(w->error, CPH_ERR_MEMORY, "no memory for %zu gains", n)
               : CPH_OK;
}

static void release(cph_redundant_run *w)
{
    give_back(w);
    free(w->flag);
    free(w->chi2);
    free(w->phase_var);
    free(w->amplitude_var);
    free(w->share);
    free(w->scratch);
    free(w->kept);
}

static cph_status solve(cph_redundant_run *w, cph_redundant_solution *solution)
{
    memcpy(w->flag, solution->flag, w->plan->elements);
    for (size_t i = 0; i < w->plan->elements; i++)
        w->chi2[i] = NAN;
    cph_status status = cph_redundant_leave_out_missing(w);
    if (status == CPH_OK)
        status = cph_redundant_flag_first(w);
    if (status == CPH_OK)
        status = check_references(w);
    if (status == CPH_OK)
        status = solve_once(w);
    while (status == CPH_OK && w->solver->stop != CPH_STOP_DIVERGED &&
           (cph_redundant_flag_low(w) || cph_redundant_flag_bad(w))) {
        give_back(w);
        w->reruns++;
        status = solve_once(w);
    }
    if (status == CPH_OK)
        deliver(w, solution);
    return status;
}

cph_status cph_redundant_solve(const cph_redundant_plan *plan, const cph_redundant_problem *problem,
                               const cph_redundant_options *options,
                               cph_redundant_solution *solution, cph_error *error)
{
    if (plan == NULL || problem == NULL || options == NULL || solution == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "a pointer is null");
    cph_status status = check(plan, problem, options, solution, error);
    if (status != CPH_OK)
        return status;
    cph_redundant_set own = {0};
    cph_redundant_solver solver = {.problem = problem, .options = options};
    cph_redundant_run w = {.plan = plan,
                           .problem = problem,
                           .options = options,
                           .error = error,
                           .own = &own,
                           .solver = &solver};
    status = allocate(&w);
    if (status == CPH_OK)
        status = solve(&w, solution);
    release(&w);
    return status;
}
