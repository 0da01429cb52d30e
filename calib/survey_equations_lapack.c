/* SPDX-License-Identifier: MIT */
/* Each element's own unknowns are taken out first; what is left are small equations of the global
 * ones, of which some are open. */
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/survey.h"
#include "kernels/core/size.h"

/* An eigenvalue or pivot below this share of the largest is 0. */
static const double no_pivot = 1e-10;

typedef struct work {
    cph_survey_equations *e;
    double *local, *global; /* one row */
    double *own_right;      /* [local] L^T W residual */
    double *mixed;          /* [local][global] L^T W G */
    double *normal;         /* [global][global] */
    double *right;          /* [global] */
    double *values;         /* [global] */
} work;

/* a [n][n] becomes its inverse; false: not positive definite, clearly. */
static bool invert(size_t n, double *a)
{
    double largest = 0.0, least = INFINITY;
    const lapack_int m = (lapack_int)n;
    if (n == 0)
        return true;
    if (LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'U', m, a, m) != 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, a[i * n + i]);
        least = fmin(least, a[i * n + i]);
    }
    if (!(least * least > no_pivot * largest * largest) ||
        LAPACKE_dpotri(LAPACK_ROW_MAJOR, 'U', m, a, m) != 0)
        return false;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            a[i * n + j] = a[j * n + i];
    return true;
}

/* The element's own equations, and what they share with the global ones. */
static void gather(work *w, size_t p)
{
    cph_survey_equations *const e = w->e;
    const cph_survey_looks *const l = e->looks;
    const size_t looks = l->config->looks;
    double *const own = e->own_inverse + p * e->local * e->local;
    memset(own, 0, e->local * e->local * sizeof *own);
    memset(w->own_right, 0, e->local * sizeof *w->own_right);
    memset(w->mixed, 0, e->local * e->global * sizeof *w->mixed);
    for (size_t s = 0; s < looks; s++) {
        const double weight = l->weight[p * looks + s], r = l->residual[p * looks + s];
        if (weight == 0.0)
            continue;
        e->row(e->context, p, s, w->local, w->global);
        for (size_t i = 0; i < e->local; i++) {
            w->own_right[i] += weight * w->local[i] * r;
            for (size_t j = 0; j < e->local; j++)
                own[i * e->local + j] += weight * w->local[i] * w->local[j];
            for (size_t j = 0; j < e->global; j++)
                w->mixed[i * e->global + j] += weight * w->local[i] * w->global[j];
        }
    }
}

static void add_global(work *w, size_t p)
{
    cph_survey_equations *const e = w->e;
    const cph_survey_looks *const l = e->looks;
    const size_t looks = l->config->looks, g = e->global;
    const double *const carry = e->carry + p * e->local * g;
    for (size_t s = 0; s < looks; s++) {
        const double weight = l->weight[p * looks + s], r = l->residual[p * looks + s];
        if (weight == 0.0)
            continue;
        e->row(e->context, p, s, w->local, w->global);
        for (size_t i = 0; i < g; i++) {
            w->right[i] += weight * w->global[i] * r;
            for (size_t j = 0; w->global[i] != 0.0 && j < g; j++)
                w->normal[i * g + j] += weight * w->global[i] * w->global[j];
        }
    }
    for (size_t a = 0; a < e->local; a++)
        for (size_t i = 0; i < g; i++) {
            w->right[i] -= w->mixed[a * g + i] * e->own[p * e->local + a];
            for (size_t j = 0; j < g; j++)
                w->normal[i * g + j] -= w->mixed[a * g + i] * carry[a * g + j];
        }
}

/* own = M^-1 L^T W residual, carry = M^-1 L^T W G. */
static void take_element(work *w, size_t p)
{
    cph_survey_equations *const e = w->e;
    gather(w, p);
    const double *const inverse = e->own_inverse + p * e->local * e->local;
    e->solved[p] = invert(e->local, e->own_inverse + p * e->local * e->local);
    if (!e->solved[p])
        return;
    for (size_t a = 0; a < e->local; a++) {
        double *const carry = e->carry + (p * e->local + a) * e->global;
        double x = 0.0;
        memset(carry, 0, e->global * sizeof *carry);
        for (size_t b = 0; b < e->local; b++) {
            x += inverse[a * e->local + b] * w->own_right[b];
            for (size_t i = 0; i < e->global; i++)
                carry[i] += inverse[a * e->local + b] * w->mixed[b * e->global + i];
        }
        e->own[p * e->local + a] = x;
    }
    e->count++;
    add_global(w, p);
}

/* The pseudo-inverse, of the rank that it must have, of the equations scaled to a diagonal of 1;
 * the open directions are then none of what is asked for. */
static bool invert_global(work *w, const double *scale)
{
    cph_survey_equations *const e = w->e;
    const size_t g = e->global;
    const lapack_int m = (lapack_int)g;
    for (size_t i = 0; i < g; i++)
        for (size_t j = 0; j < g; j++)
            w->normal[i * g + j] /= scale[i] * scale[j];
    if (LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'U', m, w->normal, m, w->values) != 0)
        return false;
    if (e->open < g && !(w->values[e->open] > no_pivot))
        return false;
    memset(e->inverse, 0, g * g * sizeof *e->inverse);
    for (size_t v = e->open; v < g; v++)
        for (size_t i = 0; i < g; i++)
            for (size_t j = 0; j < g; j++)
                e->inverse[i * g + j] += w->normal[i * g + v] * w->normal[j * g + v] /
                                         (w->values[v] * scale[i] * scale[j]);
    for (size_t i = 0; i < g; i++) {
        e->x[i] = 0.0;
        for (size_t j = 0; j < g; j++)
            e->x[i] += e->inverse[i * g + j] * w->right[j];
    }
    return true;
}

static cph_status run(work *w, double *scale)
{
    cph_survey_equations *const e = w->e;
    const size_t g = e->global;
    memset(w->normal, 0, g * g * sizeof *w->normal);
    memset(w->right, 0, g * sizeof *w->right);
    memset(scale, 0, g * sizeof *scale);
    e->count = 0;
    for (size_t p = 0; p < e->looks->live; p++)
        take_element(w, p);
    if (e->count < 2)
        return CPH_ERR_SINGULAR;
    /* The diagonal before elements were taken out, which is nowhere nearly 0. */
    for (size_t p = 0; p < e->looks->live; p++)
        for (size_t s = 0; e->solved[p] && s < e->looks->config->looks; s++) {
            e->row(e->context, p, s, w->local, w->global);
            for (size_t i = 0; i < g; i++)
                scale[i] +=
                    e->looks->weight[p * e->looks->config->looks + s] * w->global[i] * w->global[i];
        }
    for (size_t i = 0; i < g; i++) {
        if (!(scale[i] > 0.0))
            return CPH_ERR_SINGULAR;
        scale[i] = sqrt(scale[i]);
    }
    if (!invert_global(w, scale))
        return CPH_ERR_SINGULAR;
    for (size_t i = 0; i < e->looks->live * e->local; i++)
        for (size_t j = 0; e->solved[i / e->local] && j < g; j++)
            e->own[i] -= e->carry[i * g + j] * e->x[j];
    return CPH_OK;
}

cph_status cph_survey_equations_solve(cph_survey_equations *e)
{
    const size_t l = e->local, g = e->global;
    size_t count, square, mixed;
    if (!cph_size_mul(g, g, &square) || !cph_size_mul(l, g, &mixed) ||
        !cph_size_add(square, mixed, &count) || !cph_size_add(count, 4 * g + 2 * l, &count))
        return CPH_ERR_OVERFLOW;
    double *const memory = calloc(count + 1, sizeof *memory);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    work w = {.e = e, .normal = memory, .mixed = memory + square};
    w.right = w.mixed + mixed;
    w.values = w.right + g;
    w.global = w.values + g;
    w.local = w.global + g;
    w.own_right = w.local + l;
    const cph_status status = run(&w, w.own_right + l);
    free(memory);
    return status;
}

cph_status cph_survey_equations_open(cph_survey_equations *e)
{
    const size_t n = e->looks->live, l = e->local, g = e->global;
    size_t bytes = 0, at[6], square, own, own_square, mixed;
    if (!cph_size_mul(g, g, &square) || !cph_size_mul(n, l, &own) ||
        !cph_size_mul(own, l, &own_square) || !cph_size_mul(own, g, &mixed) ||
        !cph_size_place(&bytes, g, sizeof(double), &at[0]) ||
        !cph_size_place(&bytes, square, sizeof(double), &at[1]) ||
        !cph_size_place(&bytes, own, sizeof(double), &at[2]) ||
        !cph_size_place(&bytes, own_square, sizeof(double), &at[3]) ||
        !cph_size_place(&bytes, mixed, sizeof(double), &at[4]) ||
        !cph_size_place(&bytes, n, sizeof(bool), &at[5]) || bytes == 0)
        return CPH_ERR_OVERFLOW;
    e->memory = calloc(1, bytes);
    if (e->memory == NULL)
        return CPH_ERR_MEMORY;
    e->x = cph_size_at(e->memory, at[0]);
    e->inverse = cph_size_at(e->memory, at[1]);
    e->own = cph_size_at(e->memory, at[2]);
    e->own_inverse = cph_size_at(e->memory, at[3]);
    e->carry = cph_size_at(e->memory, at[4]);
    e->solved = cph_size_at(e->memory, at[5]);
    return CPH_OK;
}

void cph_survey_equations_close(cph_survey_equations *e)
{
    free(e->memory);
}
