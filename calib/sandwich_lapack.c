/* SPDX-License-Identifier: MIT */
#include "calib/sandwich.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/tiles.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* Rows of a product at a time: whole ones would be as large as what they are made of. */
enum { PANEL = 256 };

/* Adds u u^T for u = 1 on n parameters: fixes their sum, of which H says nothing; the weight keeps
 * the condition number. */
static void pin_sum(const cph_block_layout *layout, size_t start, double *h)
{
    double mean = 0.0;
    for (size_t p = start; p < start + layout->n; p++)
        mean += h[p * layout->order + p];
    mean /= (double)layout->n * (double)layout->n;
    for (size_t p = start; p < start + layout->n; p++)
        for (size_t q = start; q < start + layout->n; q++)
            h[p * layout->order + q] += mean;
}

/* Rows [start, start + n) of x less the combination weight [n] of them. */
static void subtract_rows(const cph_block_layout *layout, size_t start, const double *weight,
                          double *x, double *scratch)
{
    int order = (int)layout->order;
    double *rows = x + start * layout->order;
    memset(scratch, 0, layout->order * sizeof *scratch);
    for (size_t p = 0; p < layout->n; p++)
        cblas_daxpy(order, weight[p], rows + p * layout->order, 1, scratch, 1);
    for (size_t p = 0; p < layout->n; p++)
        cblas_daxpy(order, -1.0, scratch, 1, rows + p * layout->order, 1);
}

static void amplitude_weights(const cph_gauge *gauge, size_t n, double *weight)
{
    double sum = 0.0;
    for (size_t p = 0; p < n; p++)
        sum += weight[p] = sqrt(cph_c64_power(gauge->gain[p]));
    for (size_t p = 0; p < n; p++)
        weight[p] /= sum;
}

static void phase_weights(const cph_gauge *gauge, size_t n, double *weight)
{
    for (size_t p = 0; p < n; p++)
        weight[p] =
            gauge->reference == SIZE_MAX ? 1.0 / (double)n : (double)(p == gauge->reference);
}

static void project(const cph_block_layout *layout, const cph_gauge *gauge, double *x,
                    double *scratch)
{
    double *weight = scratch + layout->order;
    if (layout->amplitude != CPH_ABSENT && !gauge->absolute) {
        amplitude_weights(gauge, layout->n, weight);
        subtract_rows(layout, layout->amplitude, weight, x, scratch);
    }
    if (layout->phase != CPH_ABSENT) {
        phase_weights(gauge, layout->n, weight);
        subtract_rows(layout, layout->phase, weight, x, scratch);
    }
}

/* var[p] = row p of x times row p of x V, rounded to no less than 0; panel [PANEL][order]. */
static void take_rows(const cph_block_layout *layout, size_t start, const double *x,
                      const double *covariance, double *panel, double *var)
{
    const size_t order = layout->order;
    for (size_t p = 0; start != CPH_ABSENT && p < layout->n; p += PANEL) {
        const size_t rows = cph_size_min(PANEL, layout->n - p);
        const double *from = x + (start + p) * order;
        cph_tiles_multiply_real(rows, order, from, covariance, panel);
        for (size_t r = 0; r < rows; r++)
            var[p + r] =
                fmax(cblas_ddot((int)order, from + r * order, 1, panel + r * order, 1), 0.0);
    }
}

/* panel [2][PANEL][order] */
static void add_variances(size_t order, const double *inverse, const double *covariance,
                          double *panel, cph_functionals *f)
{
    double *x = panel, *xv = x + PANEL * order;
    for (size_t start = 0; start < f->count; start += PANEL) {
        const size_t count = cph_size_min(PANEL, f->count - start);
        cph_tiles_multiply_real(count, order, f->gradient + start * order, inverse, x);
        cph_tiles_multiply_real(count, order, x, covariance, xv);
        for (size_t k = 0; k < count; k++)
            f->variance[start + k] +=
                cblas_ddot((int)order, x + k * order, 1, xv + k * order, 1) -
                2.0 * cblas_ddot((int)order, x + k * order, 1, f->score + (start + k) * order, 1);
    }
}

bool cph_sandwich_bytes(size_t order, size_t *bytes)
{
    return cph_size_mul(order, (2 * PANEL + 2) * sizeof(double), bytes);
}

cph_status cph_sandwich(const cph_block_layout *layout, const cph_gauge *gauge, double *hessian,
                        double *covariance, double *amplitude_var, double *phase_var,
                        cph_functionals *functionals, double *trace)
{
    const size_t order = layout->order;
    size_t bytes;
    if (!cph_sandwich_bytes(order, &bytes) || bytes == 0 || order > INT32_MAX)
        return CPH_ERR_OVERFLOW;
    double *panel = malloc(bytes);
    if (panel == NULL)
        return CPH_ERR_MEMORY;
    if (layout->phase != CPH_ABSENT)
        pin_sum(layout, layout->phase, hessian);
    if (layout->amplitude != CPH_ABSENT && gauge->scale_free)
        pin_sum(layout, layout->amplitude, hessian);
    cph_status status = cph_tiles_invert(order, hessian);
    if (status == CPH_OK && functionals != NULL)
        add_variances(order, hessian, covariance, panel, functionals);
    if (status == CPH_OK) {
        double sum = 0.0;
        for (size_t p = 0; p < order; p++)
            sum += cblas_ddot((int)order, hessian + p * order, 1, covariance + p * order, 1);
        project(layout, gauge, hessian, panel + (size_t)2 * PANEL * order);
        take_rows(layout, layout->amplitude, hessian, covariance, panel, amplitude_var);
        take_rows(layout, layout->phase, hessian, covariance, panel, phase_var);
        if (trace != NULL)
            *trace = sum;
    }
    free(panel);
    return status;
}
