/* SPDX-License-Identifier: MIT */
/* Element positions from looks at known sources. */
#include "calib/survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { AXES = 3, ITERATIONS = 30 };
/* Of 1/unit, radians of phase. */
static const double tolerance = 1e-11;

typedef struct locator {
    cph_survey_looks looks;
    cph_survey_equations equations;
    size_t axes;  /* 2 where planar */
    double *r;    /* [live][3] times unit */
    double *mean; /* [axes][S] of what displacements take from the looks' phases */
    cph_survey_fit fit;
    double power;
} locator;

static void row(const void *context, size_t p, size_t s, double *local, double *global)
{
    const locator *const v = context;
    (void)p;
    memset(local, 0, v->equations.local * sizeof *local);
    memset(global, 0, v->equations.global * sizeof *global);
    for (size_t k = 0; k < v->axes; k++)
        local[k] = v->looks.wave[3 * s + k];
    if (v->looks.bands > 0)
        local[v->axes + v->looks.band[s]] = 1.0;
    global[s] = 1.0;
}

/* Moves solved elements, their mean stays. The largest move. */
static double move(locator *v)
{
    const cph_survey_equations *const e = &v->equations;
    double mean[AXES] = {0.0}, most = 0.0;
    for (size_t p = 0; p < v->looks.live; p++)
        for (size_t k = 0; e->solved[p] && k < v->axes; k++)
            mean[k] += e->own[p * e->local + k] / (double)e->count;
    for (size_t p = 0; p < v->looks.live; p++)
        for (size_t k = 0; e->solved[p] && k < v->axes; k++) {
            const double step = e->own[p * e->local + k] - mean[k];
            v->r[3 * p + k] += step;
            most = fmax(most, fabs(step));
        }
    return most;
}

/* What is not determined by itself tells nothing. */
static void leave_out(locator *v)
{
    const size_t looks = v->looks.config->looks;
    for (size_t p = 0; p < v->looks.live; p++)
        for (size_t s = 0; !v->equations.solved[p] && s < looks; s++) {
            v->looks.phases -= v->looks.weight[p * looks + s] > 0.0;
            v->looks.weight[p * looks + s] = 0.0;
            v->looks.y[p * looks + s] = (cph_c64){0.0, 0.0};
        }
}

/* Residuals less what the last equations explain of them. */
static void take_fitted(locator *v)
{
    const cph_survey_equations *const e = &v->equations;
    const size_t looks = v->looks.config->looks;
    for (size_t p = 0; p < v->looks.live; p++)
        for (size_t s = 0; s < looks; s++) {
            double *const left = &v->looks.residual[p * looks + s];
            const double *const own = e->own + p * e->local;
            if (v->looks.weight[p * looks + s] == 0.0)
                continue;
            for (size_t k = 0; k < v->axes; k++)
                *left -= v->looks.wave[3 * s + k] * own[k];
            if (v->looks.bands > 0)
                *left -= own[v->axes + v->looks.band[s]];
            *left -= e->x[s];
        }
}

static cph_status iterate(locator *v)
{
    cph_survey_equations *const e = &v->equations;
    v->fit.stop = CPH_STOP_ITERATIONS;
    for (v->fit.iterations = 1; v->fit.iterations <= ITERATIONS; v->fit.iterations++) {
        (void)cph_survey_compare(&v->looks, v->r);
        const cph_status status = cph_survey_equations_solve(e);
        if (status != CPH_OK)
            return status;
        leave_out(v);
        if (move(v) < tolerance) {
            v->fit.stop = CPH_STOP_CONVERGED;
            break;
        }
    }
    take_fitted(v);
    v->power = cph_survey_judge(&v->looks, e->count * e->local + e->global - e->open, &v->fit);
    return CPH_OK;
}

/* ---- errors ---- */

/* Variance of displacement k of element p less the mean displacement, per noise power. */
static double variance(const locator *v, size_t p, size_t k, double mean_own)
{
    const cph_survey_equations *const e = &v->equations;
    const size_t g = e->global;
    const double *const carry = e->carry + (p * e->local + k) * g, *const mean = v->mean + k * g;
    const double share = 1.0 - 2.0 / (double)e->count;
    double sum = share * e->own_inverse[(p * e->local + k) * e->local + k] + mean_own;
    for (size_t i = 0; i < g; i++)
        for (size_t j = 0; j < g; j++)
            sum += (carry[i] - mean[i]) * e->inverse[i * g + j] * (carry[j] - mean[j]);
    return fmax(sum, 0.0);
}

static void find_means(locator *v, double own[AXES])
{
    const cph_survey_equations *const e = &v->equations;
    const size_t g = e->global;
    const double count = (double)e->count;
    for (size_t p = 0; p < v->looks.live; p++)
        for (size_t k = 0; e->solved[p] && k < v->axes; k++) {
            own[k] += e->own_inverse[(p * e->local + k) * e->local + k] / (count * count);
            for (size_t i = 0; i < g; i++)
                v->mean[k * g + i] += e->carry[(p * e->local + k) * g + i] / count;
        }
}

static void deliver(locator *v, cph_survey_positions *s)
{
    const cph_survey_looks *const l = &v->looks;
    double own[AXES] = {0.0};
    find_means(v, own);
    for (size_t n = 0, p = 0; n < l->config->elements; n++) {
        const bool is_live = p < l->live && l->element[p] == n;
        const bool is_solved = is_live && v->equations.solved[p];
        if (is_live)
            s->flag[n] = is_solved ? CPH_FLAG_NONE : CPH_FLAG_UNSOLVED;
        for (size_t k = 0; k < AXES; k++) {
            double *const sigma = &s->sigma[3 * n + k];
            s->position[3 * n + k] = is_solved ? v->r[3 * p + k] / l->unit : (double)NAN;
            if (!is_solved)
                *sigma = (double)NAN;
            else
                *sigma = k < v->axes ? sqrt(v->power * variance(v, p, k, own[k])) / l->unit : 0.0;
        }
        p += is_live;
    }
    s->fit = v->fit;
}

static cph_status run(locator *v, cph_survey_positions *solution)
{
    const cph_survey_looks *const l = &v->looks;
    size_t bytes = 0, at[2];
    v->equations = (cph_survey_equations){.looks = l,
                                          .local = v->axes + l->bands,
                                          .global = l->config->looks,
                                          .open = v->axes + l->bands,
                                          .row = row,
                                          .context = v};
    if (l->config->looks < v->equations.local)
        return cph_fail(l->error, CPH_ERR_TOO_FEW,
                        "%zu looks at %zu frequencies: at least %zu are needed", l->config->looks,
                        l->bands, v->equations.local);
    cph_status status = cph_survey_equations_open(&v->equations);
    if (!cph_size_place(&bytes, 3 * l->live, sizeof(double), &at[0]) ||
        !cph_size_place(&bytes, AXES * l->config->looks, sizeof(double), &at[1]))
        status = CPH_ERR_OVERFLOW;
    void *const memory = status == CPH_OK ? calloc(1, bytes + 1) : NULL;
    if (status == CPH_OK && memory == NULL)
        status = CPH_ERR_MEMORY;
    if (status == CPH_OK) {
        v->r = cph_size_at(memory, at[0]);
        v->mean = cph_size_at(memory, at[1]);
        memcpy(v->r, l->nominal, 3 * l->live * sizeof *v->r);
        status = iterate(v);
    }
    if (status == CPH_OK)
        deliver(v, solution);
    free(memory);
    cph_survey_equations_close(&v->equations);
    return status == CPH_OK
               ? status
               : cph_fail(l->error, status,
                          status == CPH_ERR_SINGULAR
                              ? "%zu looks leave positions of %zu elements open: directions on "
                                "one cone or plane, or too few of each element"
                              : "no memory for %zu looks at %zu elements",
                          l->config->looks, l->live);
}

cph_status cph_survey_locate(const cph_survey_config *config, cph_survey_positions *solution,
                             cph_error *error)
{
    if (config == NULL || solution == NULL || solution->position == NULL ||
        solution->sigma == NULL || solution->flag == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "arrays for the answer are needed");
    locator v = {.axes = config->planar ? AXES - 1 : AXES};
    cph_status status = cph_survey_open(config, solution->flag,
                                        v.axes + (config->gain == NULL ? 1 : 0), &v.looks, error);
    if (status == CPH_OK)
        status = run(&v, solution);
    cph_survey_close(&v.looks);
    return status;
}
