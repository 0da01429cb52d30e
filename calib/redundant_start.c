/* SPDX-License-Identifier: MIT */
/* Data and weights of one solution, and where it starts: the walk's phases, then logcal. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* ---- data ---- */

static double weight_of(const cph_redundant_solver *v, size_t p, size_t q)
{
    const cph_redundant_problem *o = v->problem;
    if (o->weight != NULL)
        return o->weight[p * v->set->elements + q];
    if (!o->has_diagonal)
        return 1.0;
    const double power = o->r[p * o->ld + p].re * o->r[q * o->ld + q].re;
    return (o->samples > 0.0 ? o->samples : 1.0) / power;
}

static cph_status fill(cph_redundant_solver *v, cph_error *error)
{
    const cph_redundant_set *s = v->set;
    const cph_redundant_problem *o = v->problem;
    v->total = 0.0;
    for (size_t b = 0; b < s->baselines; b++) {
        const size_t first = s->element[s->baseline[b].first],
                     second = s->element[s->baseline[b].second];
        const bool turned = first > second;
        const size_t p = turned ? second : first, q = turned ? first : second;
        const cph_c64 r = o->r[p * o->ld + q];
        v->data[b] = turned ? cph_c64_conj(r) : r;
        v->weight[b] = weight_of(v, p, q);
        if (!cph_c64_finite(r))
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "the covariance of elements %zu and %zu is not finite: flag one of "
                            "them, or give the baseline weight 0",
                            p, q);
        if (!(v->weight[b] > 0.0) || isinf(v->weight[b]))
            return cph_fail(error, CPH_ERR_ARGUMENT,
                            "weight of elements %zu and %zu is %g: expected one above 0, from "
                            "powers above 0",
                            p, q, v->weight[b]);
        v->total += v->weight[b] * cph_c64_power(v->data[b]);
    }
    if (!(v->total > 0.0) || isinf(v->total))
        return cph_fail(error, CPH_ERR_SINGULAR,
                        "the covariances of all %zu baselines are zero: expected data",
                        s->baselines);
    return CPH_OK;
}

cph_status cph_redundant_open(cph_redundant_solver *v, cph_error *error)
{
    const size_t n = v->set->n, baselines = v->set->baselines;
    size_t square;
    if (!cph_size_mul(2 * n, n, &square))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements are too many", n);
    const cph_redundant_problem *o = v->problem;
    v->known = o->weight != NULL || (o->has_diagonal && o->samples > 0.0);
    v->wishart = o->weight == NULL && o->has_diagonal;
    v->data = calloc(baselines, sizeof *v->data);
    v->weight = calloc(baselines, sizeof *v->weight);
    v->g = calloc(n, sizeof *v->g);
    v->trial = calloc(n, sizeof *v->trial);
    v->u = calloc(v->set->groups, sizeof *v->u);
    v->inverse = calloc(square, sizeof *v->inverse);
    v->w = calloc(baselines, sizeof *v->w);
    v->wy = calloc(baselines, 2 * sizeof *v->wy);
    v->x = calloc(n, 3 * sizeof *v->x);
    if (v->data == NULL || v->weight == NULL || v->g == NULL || v->trial == NULL || v->u == NULL ||
        v->inverse == NULL || v->w == NULL || v->wy == NULL || v->x == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu baselines", baselines);
    return fill(v, error);
}

void cph_redundant_close(cph_redundant_solver *v)
{
    free(v->data);
    free(v->weight);
    free(v->g);
    free(v->trial);
    free(v->u);
    free(v->inverse);
    free(v->w);
    free(v->wy);
    free(v->x);
    v->data = v->g = v->trial = v->u = NULL;
    v->weight = v->inverse = v->w = v->wy = v->x = NULL;
}

static cph_c64 pair_of(const cph_redundant_solver *v, const cph_c64 *g, size_t b)
{
    return cph_c64_mulc(g[v->set->baseline[b].first], g[v->set->baseline[b].second]);
}

double cph_redundant_fit(cph_redundant_solver *v, const cph_c64 *g)
{
    const cph_redundant_set *s = v->set;
    double residual = 0.0;
    for (size_t k = 0; k < s->groups; k++) {
        cph_c64 sum = {0.0, 0.0};
        double power = 0.0;
        for (size_t b = s->start[k]; b < s->start[k + 1]; b++) {
            const cph_c64 c = pair_of(v, g, b);
            sum = cph_c64_add(sum, cph_c64_scale(v->weight[b], cph_c64_mulc(v->data[b], c)));
            power += v->weight[b] * cph_c64_power(c);
        }
        v->u[k] = power > 0.0 ? cph_c64_scale(1.0 / power, sum) : (cph_c64){0.0, 0.0};
        for (size_t b = s->start[k]; b < s->start[k + 1]; b++)
            residual +=
                v->weight[b] *
                cph_c64_power(cph_c64_sub(v->data[b], cph_c64_mul(pair_of(v, g, b), v->u[k])));
    }
    return residual;
}

/* ---- start ---- */

static bool is_live(cph_c64 g)
{
    return cph_c64_finite(g) && cph_c64_power(g) > 0.0;
}

static bool take_given(cph_redundant_solver *v)
{
    const cph_redundant_set *s = v->set;
    bool good = v->problem->start != NULL;
    for (size_t p = 0; good && p < s->n; p++) {
        const cph_c64 g = v->problem->start[s->element[p]];
        good = is_live(g) || s->open[p];
        v->g[p] = is_live(g) ? g : (cph_c64){1.0, 0.0};
    }
    return good;
}

/* Least squares of log R, weighted by w |R|^2, as the error of log R is that of R over it. */
static cph_status logcal(cph_redundant_solver *v, cph_redundant_part part)
{
    const cph_redundant_set *s = v->set;
    double *inverse = v->inverse, *x = v->x, *scratch = v->x + s->n;
    for (size_t b = 0; b < s->baselines; b++) {
        const double power = cph_c64_power(v->data[b]);
        double y = 0.0;
        if (power > 0.0 && part == CPH_AMPLITUDES)
            y = 0.5 * log(power);
        if (power > 0.0 && part == CPH_PHASES) {
            const cph_c64 m = cph_c64_mul(pair_of(v, v->g, b), v->u[s->baseline[b].group]);
            const cph_c64 ratio = cph_c64_mulc(v->data[b], m);
            y = atan2(ratio.im, ratio.re);
        }
        v->w[b] = v->weight[b] * power;
        v->wy[b] = v->w[b] * y;
    }
    cph_status status = cph_redundant_normal(s, part, v->w, inverse);
    if (status == CPH_OK)
        status = cph_redundant_invert(s, part, inverse);
    if (status != CPH_OK)
        return status;
    cph_redundant_apply(s, part, inverse, v->w, v->wy, scratch, x);
    for (size_t p = 0; p < s->n; p++)
        v->g[p] = part == CPH_AMPLITUDES ? cph_c64_scale(exp(x[p]), v->g[p])
                                         : cph_c64_mul(v->g[p], (cph_c64){cos(x[p]), sin(x[p])});
    return CPH_OK;
}

cph_status cph_redundant_begin(cph_redundant_solver *v)
{
    if (take_given(v))
        return CPH_OK;
    cph_status status = cph_redundant_walk(v->set, 1, v->data, v->weight, v->g);
    if (status == CPH_OK)
        status = logcal(v, CPH_AMPLITUDES);
    if (status == CPH_OK) {
        (void)cph_redundant_fit(v, v->g);
        status = logcal(v, CPH_PHASES);
    }
    return status;
}
