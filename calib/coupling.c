/* SPDX-License-Identifier: MIT */
#include "calib/coupling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/estimate_parts.h"
#include "calib/gauge.h"
#include "calib/redundant.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { FEWEST = 2 };

typedef struct solver {
    const cph_coupling_config *config;
    unsigned char *left_out; /* [N] in either */
    cph_coupling_net net;
    cph_error *error;
} solver;

static void solver_close(solver *v)
{
    free(v->left_out);
    free(v->net.link);
    free(v->net.x);
    free(v->net.theta_at);
    free(v->net.step);
    free(v->net.phase);
    free(v->net.equation);
    free(v->net.value);
    free(v->net.pivot);
    free(v->net.part);
    free(v->net.covariance);
}

static bool is_measured(cph_c64 s)
{
    return !isnan(s.re) && !isnan(s.im);
}

/* ---- links ---- */

static void add_link(solver *v, size_t k, size_t n, size_t group)
{
    cph_coupling_net *const t = &v->net;
    const cph_c64 s = v->config->s[k * v->config->ld + n];
    if (is_measured(s) && cph_c64_power(s) > 0.0)
        t->link[t->links++] =
            (cph_coupling_link){.unknown = {(uint32_t)k, (uint32_t)(t->elements + n),
                                            (uint32_t)(2 * t->elements + group)},
                                .s = s};
}

static cph_status make_links(solver *v, const cph_redundant_set *set)
{
    cph_coupling_net *const t = &v->net;
    t->groups = set->groups;
    t->unknowns = 2 * t->elements + t->groups;
    t->link = calloc(set->baselines + 1, 2 * sizeof *t->link);
    t->x = calloc(t->unknowns, sizeof *t->x);
    if (t->link == NULL || t->x == NULL)
        return cph_fail(v->error, CPH_ERR_MEMORY, "no memory for %zu elements", t->elements);
    for (size_t b = 0; b < set->baselines; b++) {
        const cph_redundant_baseline *const pair = &set->baseline[b];
        add_link(v, pair->first, pair->second, pair->group);
        add_link(v, pair->second, pair->first, pair->group);
    }
    return t->links > 0 ? CPH_OK
                        : cph_fail(v->error, CPH_ERR_TOO_FEW,
                                   "no coupling of unflagged elements is measured at the distances "
                                   "in use");
}

static cph_status open_links(solver *v)
{
    const cph_coupling_config *const c = v->config;
    const cph_redundant_config pairs = {.elements = c->elements,
                                        .position = c->position,
                                        .tolerance_m = c->tolerance_m,
                                        .min_baseline_m = c->min_distance_m,
                                        .max_baseline_m = c->max_distance_m,
                                        .flag = v->left_out};
    cph_redundant_set set = {0};
    double *vector = NULL;
    cph_status status = cph_redundant_sort(&pairs, &set, &vector, v->error);
    if (status == CPH_OK)
        status = make_links(v, &set);
    cph_redundant_set_free(&set);
    free(vector);
    return status;
}

/* ---- the answer ---- */

/* Live unknowns of one kind in its main sub-lattice. */
typedef struct family {
    const solver *v;
    size_t first; /* unknown of element 0 */
    size_t count;
    size_t *element; /* [count] */
    cph_c64 *gain;   /* [count] */
    double *share;   /* [count] of the mean that the gauge takes */
    double power;    /* of an error */
} family;

/* Variance of x_i - sum_j share_j x_j, by the error power of each part. */
static double contrast(const family *f, size_t i, double mean)
{
    const cph_coupling_net *const t = &f->v->net;
    const double *const row = t->covariance + (f->first + f->element[i]) * t->unknowns + f->first;
    double cross = 0.0;
    for (size_t j = 0; j < f->count; j++)
        cross += f->share[j] * row[f->element[j]];
    return row[f->element[i]] - 2.0 * cross + mean;
}

static double mean_variance(const family *f)
{
    const cph_coupling_net *const t = &f->v->net;
    double sum = 0.0;
    for (size_t i = 0; i < f->count; i++) {
        const double *const row =
            t->covariance + (f->first + f->element[i]) * t->unknowns + f->first;
        for (size_t j = 0; j < f->count; j++)
            sum += f->share[i] * f->share[j] * row[f->element[j]];
    }
    return sum;
}

static void set_sigmas(const family *f, double *sigma)
{
    const double mean = mean_variance(f);
    for (size_t i = 0; i < f->count; i++)
        sigma[f->element[i]] = sqrt(fmax(0.5 * f->power * contrast(f, i, mean), 0.0));
}

static void deliver_family(family *f, size_t reference, cph_gain_estimate *e)
{
    size_t at = SIZE_MAX;
    double sum = 0.0;
    for (size_t i = 0; i < f->count; i++) {
        const cph_c64 x = f->v->net.x[f->first + f->element[i]];
        f->gain[i] = cph_c64_scale(exp(x.re), (cph_c64){cos(x.im), sin(x.im)});
        sum += exp(x.re);
        if (f->element[i] == reference)
            at = i;
    }
    for (size_t i = 0; i < f->count; i++)
        f->share[i] = exp(f->v->net.x[f->first + f->element[i]].re) / sum;
    set_sigmas(f, e->amplitude_sigma);
    for (size_t i = 0; i < f->count; i++)
        f->share[i] = at == SIZE_MAX ? 1.0 / (double)f->count : i == at ? 1.0 : 0.0;
    set_sigmas(f, e->phase_sigma);
    cph_gauge_phase(f->count, at, f->gain);
    (void)cph_gauge_scale(f->count, f->gain);
    for (size_t i = 0; i < f->count; i++)
        e->gain[f->element[i]] = f->gain[i];
}

static bool in_main(const solver *v, size_t which, size_t p)
{
    return v->net.part[which * v->net.elements + p] == v->net.main[which];
}

/* Which: 0 receive, 1 transmit. */
static void deliver_kind(const solver *v, size_t which, double power, void *memory,
                         const size_t at[3], cph_gain_estimate *e, uint32_t *part)
{
    const size_t n = v->net.elements;
    family f = {.v = v,
                .first = which * n,
                .element = cph_size_at(memory, at[0]),
                .gain = cph_size_at(memory, at[1]),
                .share = cph_size_at(memory, at[2]),
                .power = power};
    for (size_t p = 0; p < n; p++) {
        if (part != NULL)
            part[p] = v->net.part[which * n + p];
        if (in_main(v, which, p)) {
            f.element[f.count++] = p;
            e->flag[p] = CPH_FLAG_NONE;
        } else {
            const cph_flag had =
                v->left_out[p] != CPH_FLAG_NONE ? (cph_flag)v->left_out[p] : CPH_FLAG_UNSOLVED;
            cph_estimate_drop(e, p, had);
        }
    }
    deliver_family(&f, v->config->reference, e);
}

static cph_status deliver(const solver *v, cph_coupling_solution *s)
{
    const cph_coupling_net *const t = &v->net;
    const double given = v->config->sigma;
    size_t bytes = 0, at[3], used = 0;
    if (!cph_size_place(&bytes, t->elements, sizeof(size_t), &at[0]) ||
        !cph_size_place(&bytes, t->elements, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, t->elements, sizeof(double), &at[2]))
        return CPH_ERR_OVERFLOW;
    void *const memory = calloc(1, bytes + 1);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    s->groups = 0;
    for (size_t u = 0; u < t->unknowns; u++) {
        const bool is_used = !isnan(t->x[u].re);
        used += is_used;
        s->groups += is_used && u >= 2 * t->elements;
    }
    s->open = t->thetas - t->equations;
    s->dof = (double)t->links - (double)(used - s->open);
    const double found = s->dof > 0.0 ? t->residual / s->dof : (double)NAN;
    const double power = given > 0.0 ? given * given : found;
    deliver_kind(v, 0, power, memory, at, &s->receive, s->receive_part);
    deliver_kind(v, 1, power, memory, at, &s->transmit, s->transmit_part);
    free(memory);
    s->receive_parts = t->parts[0];
    s->transmit_parts = t->parts[1];
    s->links = t->links;
    s->choices = t->choices;
    s->margin = t->margin;
    s->iterations = t->iterations;
    s->stop = t->stop;
    s->sigma = sqrt(power);
    s->chi2_dof = given > 0.0 ? found / power : (double)NAN;
    return CPH_OK;
}

/* ---- the way there ---- */

static cph_status check_values(const cph_coupling_config *c, cph_error *error)
{
    for (size_t k = 0; k < c->elements; k++)
        for (size_t n = 0; n < c->elements; n++) {
            const cph_c64 s = c->s[k * c->ld + n];
            if (k != n && is_measured(s) && !cph_c64_finite(s))
                return cph_fail(error, CPH_ERR_NOT_FINITE,
                                "the coupling from element %zu to %zu is infinite", n, k);
        }
    return CPH_OK;
}

static cph_status check(const cph_coupling_config *c, const cph_coupling_solution *s,
                        cph_error *error)
{
    if (c == NULL || s == NULL || c->s == NULL || c->position == NULL || c->elements == 0 ||
        c->ld < c->elements || !cph_estimate_complete(&s->transmit) ||
        !cph_estimate_complete(&s->receive) || !(c->sigma >= 0.0) || !isfinite(c->sigma) ||
        !(c->min_distance_m >= 0.0) || !(c->max_distance_m >= 0.0) || !(c->tolerance_m >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a matrix, positions and arrays for the answer are needed");
    if (!cph_size_matrix(c->elements, c->ld, c->elements, sizeof *c->s) || c->elements > UINT16_MAX)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements do not fit", c->elements);
    return check_values(c, error);
}

static cph_status name_parts(solver *v)
{
    cph_status status = cph_coupling_parts(&v->net);
    for (size_t which = 0; status == CPH_OK && which < 2; which++) {
        size_t count = 0;
        for (size_t p = 0; p < v->net.elements; p++)
            count += in_main(v, which, p);
        if (count < FEWEST)
            return cph_fail(v->error, CPH_ERR_TOO_FEW,
                            "the couplings in use tell no ratio of two %s gains: use more "
                            "distances",
                            which == 0 ? "receive" : "transmit");
        if (v->config->reference != SIZE_MAX &&
            (v->config->reference >= v->net.elements || !in_main(v, which, v->config->reference)))
            return cph_fail(v->error, CPH_ERR_ARGUMENT,
                            "the reference element is flagged or outside the largest sub-lattice");
    }
    return status == CPH_OK
               ? status
               : cph_fail(v->error, status, "no memory for %zu elements", v->net.elements);
}

static cph_status run(solver *v, cph_coupling_solution *solution)
{
    cph_status status = open_links(v);
    if (status != CPH_OK)
        return status;
    status = cph_coupling_walk(&v->net);
    if (status != CPH_OK)
        return cph_fail(v->error, status, "%zu couplings: %s", v->net.links,
                        cph_status_name(status));
    status = name_parts(v);
    if (status != CPH_OK)
        return status;
    status = cph_coupling_choose(&v->net, v->config->transmit_near, v->config->receive_near);
    if (status == CPH_OK)
        status = cph_coupling_fit(&v->net);
    if (status == CPH_OK)
        status = deliver(v, solution);
    return status == CPH_OK ? status
                            : cph_fail(v->error, status, "%zu couplings of %zu elements: %s",
                                       v->net.links, v->net.elements, cph_status_name(status));
}

cph_status cph_coupling_solve(const cph_coupling_config *config, cph_coupling_solution *solution,
                              cph_error *error)
{
    const cph_status status = check(config, solution, error);
    if (status != CPH_OK)
        return status;
    solver v = {.config = config, .net.elements = config->elements, .error = error};
    v.left_out = calloc(config->elements, 1);
    if (v.left_out == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu elements", config->elements);
    for (size_t p = 0; p < config->elements; p++)
        v.left_out[p] = solution->transmit.flag[p] != CPH_FLAG_NONE ? solution->transmit.flag[p]
                                                                    : solution->receive.flag[p];
    const cph_status done = run(&v, solution);
    solver_close(&v);
    return done;
}
