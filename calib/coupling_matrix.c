/* SPDX-License-Identifier: MIT */
/* Y = C X for every row of C at once: X^T with the regularisation as further rows, inverted once.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "calib/invert.h"
#include "cophase/coupling_calib.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

typedef struct solver {
    const cph_coupling_matrix_config *config;
    size_t rows;   /* of the equations: K, and N where regularised */
    double weight; /* of a regularising row */
    cph_c64 *a;    /* [rows][N] */
    cph_c64 *left; /* [N][rows] pseudo-inverse */
    cph_c64 *c;    /* [N][N] */
    double condition;
} solver;

static bool all_finite(const cph_c64 *x, size_t count)
{
    for (size_t i = 0; x != NULL && i < count; i++)
        if (!cph_c64_finite(x[i]))
            return false;
    return true;
}

static cph_status check(const cph_coupling_matrix_config *c, const cph_coupling_matrix *s,
                        cph_error *error)
{
    size_t count, square;
    if (c == NULL || s == NULL || c->elements == 0 || c->rows == 0 || c->excited == NULL ||
        c->measured == NULL || s->matrix == NULL || s->sigma == NULL || s->resolution == NULL ||
        !(c->regularisation >= 0.0) || !isfinite(c->regularisation) || !(c->sigma >= 0.0) ||
        !isfinite(c->sigma))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "excitations, what they made and arrays for the answer are needed");
    if (!cph_size_mul(c->rows, c->elements, &count) ||
        !cph_size_mul(c->elements, c->elements, &square))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu excitations do not fit", c->rows);
    if (!all_finite(c->excited, count) || !all_finite(c->measured, count) ||
        !all_finite(c->near, square))
        return cph_fail(error, CPH_ERR_NOT_FINITE, "an excitation or a response is not finite");
    if (c->rows < c->elements && c->regularisation == 0.0)
        return cph_fail(error, CPH_ERR_SINGULAR,
                        "%zu excitations do not tell %zu elements apart without regularisation",
                        c->rows, c->elements);
    return CPH_OK;
}

static void fill(solver *v)
{
    const cph_coupling_matrix_config *const c = v->config;
    const size_t n = c->elements;
    double power = 0.0;
    for (size_t i = 0; i < c->rows * n; i++) {
        v->a[i] = c->excited[i];
        power += cph_c64_power(c->excited[i]) / (double)n;
    }
    v->weight = sqrt(c->regularisation * power);
    for (size_t i = 0; v->rows > c->rows && i < n; i++)
        v->a[(c->rows + i) * n + i].re = v->weight;
}

/* C^T = left [Y; weight near^T] */
static void apply(solver *v)
{
    const cph_coupling_matrix_config *const c = v->config;
    const size_t n = c->elements;
    for (size_t m = 0; m < n; m++) {
        const cph_c64 *const row = v->left + m * v->rows;
        for (size_t i = 0; i < n; i++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t k = 0; k < c->rows; k++)
                sum = cph_c64_add(sum, cph_c64_mul(row[k], c->measured[k * n + i]));
            for (size_t j = 0; c->near != NULL && v->rows > c->rows && j < n; j++)
                sum = cph_c64_add(sum, cph_c64_scale(v->weight, cph_c64_mul(row[c->rows + j],
                                                                            c->near[i * n + j])));
            v->c[i * n + m] = sum;
        }
    }
}

static double residual(const solver *v)
{
    const cph_coupling_matrix_config *const c = v->config;
    const size_t n = c->elements;
    double sum = 0.0;
    for (size_t k = 0; k < c->rows; k++)
        for (size_t i = 0; i < n; i++) {
            cph_c64 left = c->measured[k * n + i];
            for (size_t m = 0; m < n; m++)
                left = cph_c64_sub(left, cph_c64_mul(v->c[i * n + m], c->excited[k * n + m]));
            sum += cph_c64_power(left);
        }
    return sum;
}

/* Squared norm of what the data add to column m, and how much of it they tell. */
static void judge(const solver *v, size_t m, double *norm, double *resolution)
{
    const cph_coupling_matrix_config *const c = v->config;
    const cph_c64 *const row = v->left + m * v->rows;
    *norm = *resolution = 0.0;
    for (size_t k = 0; k < c->rows; k++) {
        *norm += cph_c64_power(row[k]);
        *resolution += cph_c64_mul(row[k], c->excited[k * c->elements + m]).re;
    }
}

static void deliver(const solver *v, cph_coupling_matrix *s)
{
    const cph_coupling_matrix_config *const c = v->config;
    const size_t n = c->elements;
    double effective = 0.0;
    for (size_t m = 0; m < n; m++) {
        judge(v, m, &s->sigma[m], &s->resolution[m]);
        effective += s->resolution[m];
    }
    const double dof = (double)n * ((double)c->rows - effective);
    /* Short of one row, what is left of rounding would be taken for noise. */
    const double found = dof >= 0.5 * (double)n ? sqrt(residual(v) / dof) : (double)NAN;
    s->noise = c->sigma > 0.0 ? c->sigma : found;
    s->condition = v->condition;
    for (size_t m = 0; m < n; m++)
        s->sigma[m] = s->noise * sqrt(s->sigma[m]);
    for (size_t i = 0; i < n * n; i++)
        s->matrix[i] = v->c[i];
}

cph_status cph_coupling_matrix_solve(const cph_coupling_matrix_config *config,
                                     cph_coupling_matrix *solution, cph_error *error)
{
    cph_status status = check(config, solution, error);
    if (status != CPH_OK)
        return status;
    const size_t n = config->elements;
    solver v = {.config = config, .rows = config->rows};
    size_t count, bytes = 0, at[3];
    if ((config->regularisation > 0.0 && !cph_size_add(v.rows, n, &v.rows)) ||
        !cph_size_mul(v.rows, n, &count) ||
        !cph_size_place(&bytes, count, sizeof(cph_c64), &at[0]) ||
        !cph_size_place(&bytes, count, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, n * n, sizeof(cph_c64), &at[2]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu excitations do not fit", config->rows);
    void *const memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu excitations", config->rows);
    v.a = cph_size_at(memory, at[0]);
    v.left = cph_size_at(memory, at[1]);
    v.c = cph_size_at(memory, at[2]);
    fill(&v);
    status = cph_pseudo_inverse(v.rows, n, v.a, v.left, &v.condition);
    if (status == CPH_OK) {
        apply(&v);
        deliver(&v, solution);
    } else {
        status =
            cph_fail(error, status,
                     status == CPH_ERR_SINGULAR ? "the excitations do not tell %zu elements apart"
                                                : "no room for the equations of %zu elements",
                     n);
    }
    free(memory);
    return status;
}
