/* SPDX-License-Identifier: MIT */
/* Gains from sums under codes, by the fast transform or by the pseudo-inverse of the codes. */
#include "cophase/coded.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/estimate_parts.h"
#include "calib/invert.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

typedef struct solver {
    const cph_code_config *config;
    size_t live;
    size_t *element;  /* [live] */
    cph_c64 *reading; /* [K], of pairs half the difference */
    cph_c64 *product; /* [live] s g; [K] with the fast transform */
    double *norm;     /* [live] variance of the product over that of a reading */
    double residual;  /* sum of squares */
    double condition;
    cph_error *error;
} solver;

/* Coefficient of live element p in code k: of pairs half the difference, or (sum) half the sum. */
static cph_c64 coefficient(const solver *v, size_t k, size_t p, bool sum)
{
    const cph_code_config *const c = v->config;
    if (!c->pairs)
        return c->code[k * c->elements + v->element[p]];
    if (c->code == NULL)
        return (cph_c64){0.0, 0.0}; /* asked for the sum alone */
    const cph_c64 plus = c->code[2 * k * c->elements + v->element[p]];
    const cph_c64 minus = c->code[(2 * k + 1) * c->elements + v->element[p]];
    return cph_c64_scale(0.5, sum ? cph_c64_add(plus, minus) : cph_c64_sub(plus, minus));
}

static void take_readings(solver *v)
{
    const cph_code_config *const c = v->config;
    for (size_t k = 0; k < c->rows; k++)
        v->reading[k] =
            c->pairs ? cph_c64_scale(0.5, cph_c64_sub(c->reading[2 * k], c->reading[2 * k + 1]))
                     : c->reading[k];
}

/* All K outputs of the transform: those that no element has are residuals. */
static cph_status solve_fast(solver *v)
{
    const double rows = (double)v->config->rows;
    memcpy(v->product, v->reading, v->config->rows * sizeof *v->product);
    if (cph_hadamard_transform(v->config->rows, v->product) != CPH_OK)
        return cph_fail(v->error, CPH_ERR_ARGUMENT,
                        "%zu codes: Sylvester's need a power of two, others must be given",
                        v->config->rows);
    for (size_t k = 0, p = 0; k < v->config->rows; k++) {
        if (p < v->live && v->element[p] == k) {
            v->norm[p] = 1.0 / rows;
            v->product[p++] = cph_c64_scale(1.0 / rows, v->product[k]);
        } else {
            v->residual += cph_c64_power(v->product[k]) / rows;
        }
    }
    v->condition = 1.0;
    return CPH_OK;
}

static void apply_inverse(solver *v, const cph_c64 *inverse)
{
    const size_t rows = v->config->rows;
    for (size_t p = 0; p < v->live; p++) {
        v->product[p] = (cph_c64){0.0, 0.0};
        v->norm[p] = 0.0;
        for (size_t k = 0; k < rows; k++) {
            const cph_c64 z = inverse[p * rows + k];
            v->product[p] = cph_c64_add(v->product[p], cph_c64_mul(z, v->reading[k]));
            v->norm[p] += cph_c64_power(z);
        }
    }
}

static cph_c64 predicted(const solver *v, size_t k, bool sum)
{
    cph_c64 y = {0.0, 0.0};
    for (size_t p = 0; p < v->live; p++)
        y = cph_c64_add(y, cph_c64_mul(coefficient(v, k, p, sum), v->product[p]));
    return y;
}

static cph_status solve_general(solver *v)
{
    const size_t rows = v->config->rows;
    size_t count;
    if (!cph_size_mul(rows, v->live, &count) || count == 0)
        return cph_fail(v->error, CPH_ERR_OVERFLOW, "%zu codes do not fit", rows);
    cph_c64 *const a = calloc(count, 2 * sizeof *a);
    if (a == NULL)
        return cph_fail(v->error, CPH_ERR_MEMORY, "no memory for %zu codes", rows);
    for (size_t k = 0; k < rows; k++)
        for (size_t p = 0; p < v->live; p++)
            a[k * v->live + p] = coefficient(v, k, p, false);
    const cph_status status = cph_pseudo_inverse(rows, v->live, a, a + count, &v->condition);
    if (status == CPH_OK)
        apply_inverse(v, a + count);
    free(a);
    if (status != CPH_OK)
        return cph_fail(v->error, status,
                        status == CPH_ERR_SINGULAR
                            ? "the codes do not tell %zu elements apart, or are not finite"
                            : "no memory for the codes of %zu elements",
                        v->live);
    for (size_t k = 0; k < rows; k++)
        v->residual += cph_c64_power(cph_c64_sub(v->reading[k], predicted(v, k, false)));
    return CPH_OK;
}

static void report_leak(const solver *v, cph_code_solution *s)
{
    const cph_code_config *const c = v->config;
    double power = 0.0;
    s->leak = (cph_c64){c->pairs ? 0.0 : (double)NAN, c->pairs ? 0.0 : (double)NAN};
    for (size_t k = 0; c->pairs && k < c->rows; k++) {
        const cph_c64 half =
            cph_c64_scale(0.5, cph_c64_add(c->reading[2 * k], c->reading[2 * k + 1]));
        const cph_c64 left = cph_c64_sub(half, predicted(v, k, true));
        s->leak = cph_c64_add(s->leak, cph_c64_scale(1.0 / (double)c->rows, left));
        power += cph_c64_power(left) / (double)c->rows;
    }
    s->leak_rms = c->pairs ? sqrt(power) : (double)NAN;
}

static void deliver(const solver *v, cph_code_solution *s)
{
    const cph_code_config *const c = v->config;
    const double dof = (double)(c->rows - v->live), halved = c->pairs ? 0.5 : 1.0;
    const double found = dof > 0.0 ? v->residual / dof / halved : (double)NAN;
    const double variance = c->sigma > 0.0 ? c->sigma * c->sigma : found;
    s->sigma = sqrt(variance);
    s->chi2_dof = c->sigma > 0.0 ? found / variance : (double)NAN;
    s->condition = v->condition;
    report_leak(v, s);
    for (size_t n = 0, p = 0; n < c->elements; n++) {
        if (p == v->live || v->element[p] != n) {
            cph_estimate_drop(&s->estimate, n, (cph_flag)s->estimate.flag[n]);
            continue;
        }
        const cph_c64 signal = c->signal == NULL ? (cph_c64){1.0, 0.0} : c->signal[n];
        const double power = cph_c64_power(signal);
        if (power > 0.0)
            cph_estimate_keep(&s->estimate, n,
                              cph_c64_scale(1.0 / power, cph_c64_mulc(v->product[p], signal)),
                              0.5 * halved * variance * v->norm[p] / power);
        else
            cph_estimate_drop(&s->estimate, n, CPH_FLAG_UNSOLVED);
        p++;
    }
}

static cph_status check_values(const cph_code_config *c, cph_error *error)
{
    const size_t readings = c->pairs ? 2 * c->rows : c->rows;
    for (size_t k = 0; k < readings; k++)
        if (!cph_c64_finite(c->reading[k]))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "reading %zu of %zu is not finite", k,
                            readings);
    for (size_t n = 0; c->signal != NULL && n < c->elements; n++)
        if (!cph_c64_finite(c->signal[n]))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "the signal of element %zu is not finite",
                            n);
    return CPH_OK;
}

static cph_status check(const cph_code_config *c, const cph_code_solution *s, size_t *live,
                        cph_error *error)
{
    size_t count;
    if (c == NULL || s == NULL || c->reading == NULL || c->elements == 0 || c->rows == 0 ||
        !cph_estimate_complete(&s->estimate) || !(c->sigma >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "readings, codes and arrays for the answer are needed");
    if (!cph_size_mul(c->rows, c->elements, &count) ||
        !cph_size_mul(count, 2 * sizeof(cph_c64), &count))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu codes of %zu elements do not fit", c->rows,
                        c->elements);
    for (size_t n = 0; n < c->elements; n++)
        *live += s->estimate.flag[n] == CPH_FLAG_NONE;
    if (*live == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", c->elements);
    if (c->rows < (c->code == NULL ? c->elements : *live))
        return cph_fail(error, CPH_ERR_SINGULAR, "%zu codes cannot tell %zu elements apart",
                        c->rows, *live);
    return check_values(c, error);
}

static cph_status run(solver *v, cph_code_solution *solution)
{
    for (size_t n = 0, p = 0; n < v->config->elements; n++)
        if (solution->estimate.flag[n] == CPH_FLAG_NONE)
            v->element[p++] = n;
    take_readings(v);
    const cph_status status = v->config->code == NULL ? solve_fast(v) : solve_general(v);
    if (status == CPH_OK)
        deliver(v, solution);
    return status;
}

cph_status cph_code_solve(const cph_code_config *config, cph_code_solution *solution,
                          cph_error *error)
{
    size_t live = 0, bytes = 0, at[4];
    const cph_status status = check(config, solution, &live, error);
    if (status != CPH_OK)
        return status;
    if (!cph_size_place(&bytes, live, sizeof(size_t), &at[0]) ||
        !cph_size_place(&bytes, config->rows, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, config->rows, sizeof(cph_c64), &at[2]) ||
        !cph_size_place(&bytes, live, sizeof(double), &at[3]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu codes do not fit", config->rows);
    void *const memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu codes", config->rows);
    solver v = {.config = config,
                .live = live,
                .element = cph_size_at(memory, at[0]),
                .reading = cph_size_at(memory, at[1]),
                .product = cph_size_at(memory, at[2]),
                .norm = cph_size_at(memory, at[3]),
                .error = error};
    const cph_status done = run(&v, solution);
    free(memory);
    return done;
}
