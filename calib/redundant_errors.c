/* SPDX-License-Identifier: MIT */
/* Error bars in the gauge, and what share of its noise each baseline keeps in the residuals. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant.h"

/* Real and imaginary part have half of an error's power each. */
static const double half = 0.5;

/* y = matrix x */
static void times(size_t n, const double *matrix, const double *x, double *y)
{
    for (size_t p = 0; p < n; p++) {
        y[p] = 0.0;
        for (size_t q = 0; q < n; q++)
            y[p] += matrix[p * n + q] * x[q];
    }
}

static double dot(size_t n, const double *x, const double *y)
{
    double sum = 0.0;
    for (size_t p = 0; p < n; p++)
        sum += x[p] * y[p];
    return sum;
}

/* Diagonal of X A X^T + v^T g v with X = 1 - sum v k^T. */
static cph_status diagonal(size_t n, const double *a, const cph_redundant_binding *binding,
                           double *var)
{
    const size_t count = binding->count;
    double *ak = calloc(count * n + 1, sizeof *ak); /* [count][n] A k */
    if (ak == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        times(n, a, binding->k + i * n, ak + i * n);
    for (size_t p = 0; p < n; p++)
        var[p] = a[p * n + p];
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < n; p++)
            var[p] -= 2.0 * binding->v[i * n + p] * ak[i * n + p];
        for (size_t j = 0; j < count; j++) {
            const double pair = dot(n, binding->k + i * n, ak + j * n) +
                                (binding->g == NULL ? 0.0 : binding->g[i * count + j]);
            for (size_t p = 0; p < n; p++)
                var[p] += pair * binding->v[i * n + p] * binding->v[j * n + p];
        }
    }
    for (size_t p = 0; p < n; p++)
        var[p] = var[p] < 0.0 ? 0.0 : half * var[p];
    free(ak);
    return CPH_OK;
}

/* expected [n] -= half of what the fit of a part takes of each baseline's noise: its leverage
 * W (a - mean)^T A (a - mean) beside that of u. mean, q [n]. */
static void take_leverage(const cph_redundant_solver *v, cph_redundant_part part, double *mean,
                          double *q, double *expected)
{
    const cph_redundant_set *s = v->set;
    const size_t n = s->n;
    const double *a = v->inverse + (size_t)part * n * n, sign = part == CPH_AMPLITUDES ? 1.0 : -1.0;
    for (size_t k = 0; k < s->groups; k++) {
        double total = 0.0;
        memset(mean, 0, n * sizeof *mean);
        for (size_t b = s->start[k]; b < s->start[k + 1]; b++) {
            mean[s->baseline[b].first] += v->w[b];
            mean[s->baseline[b].second] += sign * v->w[b];
            total += v->w[b];
        }
        for (size_t p = 0; p < n; p++)
            mean[p] = total > 0.0 ? mean[p] / total : 0.0;
        times(n, a, mean, q);
        const double own = dot(n, mean, q);
        for (size_t b = s->start[k]; b < s->start[k + 1]; b++) {
            const size_t i = s->baseline[b].first, j = s->baseline[b].second;
            const double spread = a[i * n + i] + a[j * n + j] + 2.0 * sign * a[i * n + j] -
                                  2.0 * (q[i] + sign * q[j]) + own;
            const double taken = (total > 0.0 ? v->w[b] / total : 1.0) + v->w[b] * spread;
            expected[i] -= half * taken;
            expected[j] -= half * taken;
        }
    }
}

static cph_status independent(cph_redundant_solver *v, const cph_redundant_binding *binding,
                              double *const var[2], double *expected)
{
    const cph_redundant_set *s = v->set;
    const size_t n = s->n;
    cph_status status = CPH_OK;
    memset(expected, 0, n * sizeof *expected);
    for (size_t b = 0; b < s->baselines; b++) {
        expected[s->baseline[b].first] += 1.0;
        expected[s->baseline[b].second] += 1.0;
    }
    for (int part = CPH_AMPLITUDES; status == CPH_OK && part <= CPH_PHASES; part++) {
        status = diagonal(n, v->inverse + (size_t)part * n * n, &binding[part], var[part]);
        if (status == CPH_OK)
            take_leverage(v, (cph_redundant_part)part, v->x, v->x + n, expected);
    }
    return status;
}

cph_status cph_redundant_errors(cph_redundant_solver *v, double *phase_var, double *amplitude_var,
                                double *expected)
{
    double *const var[] = {[CPH_AMPLITUDES] = amplitude_var, [CPH_PHASES] = phase_var};
    cph_redundant_binding binding[2] = {{0}};
    cph_status status = cph_redundant_equations(v);
    for (int part = CPH_AMPLITUDES; status == CPH_OK && part <= CPH_PHASES; part++)
        status = cph_redundant_bind(v, (cph_redundant_part)part, &binding[part]);
    if (status == CPH_OK)
        status = v->wishart ? cph_redundant_draw(v, binding, var, expected)
                            : independent(v, binding, var, expected);
    cph_redundant_unbind(&binding[0]);
    cph_redundant_unbind(&binding[1]);
    return status;
}
