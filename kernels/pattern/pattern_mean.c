/* SPDX-License-Identifier: MIT */
/* Power averaged over the whole sphere, in closed form: exp(j k u.d) averages to sinc(k |d|). */
#include <math.h>
#include <stdlib.h>

#include "kernels/core/exec.h"
#include "kernels/core/vec3.h"
#include "kernels/pattern/pattern_model.h"

typedef struct mean_job {
    const cph_pattern_model *model;
    double *row; /* [N] */
} mean_job;

/* Row m of the double sum: the diagonal once, what stands right of it twice. */
static double row_sum(const cph_pattern_model *model, size_t m)
{
    const double k = 2.0 * M_PI / model->wavelength;
    const cph_c64 c = model->c[m];
    double sum = 0.5 * (c.re * c.re + c.im * c.im);
    for (size_t n = m + 1; n < model->elements; n++) {
        double d[3];
        cph_add3(model->position + 3 * m, -1.0, model->position + 3 * n, d);
        const double x = k * cph_norm3(d);
        const double product = c.re * model->c[n].re + c.im * model->c[n].im;
        sum += x > 0.0 ? product * sin(x) / x : product;
    }
    return 2.0 * sum;
}

/* Item i is a long row and a short one, so that all items cost the same. */
static void sum_rows(void *context, size_t begin, size_t end, size_t worker)
{
    const mean_job *job = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        const size_t other = job->model->elements - 1 - i;
        job->row[i] = row_sum(job->model, i);
        if (other != i)
            job->row[other] = row_sum(job->model, other);
    }
}

cph_status cph_pattern_mean_power(const cph_pattern_model *model, double *mean)
{
    if (cph_pattern_is_vector(model) ||
        (model->element != NULL && model->element->kind != CPH_ELEMENT_ISOTROPIC))
        return cph_pattern_quadrature_mean(model, mean);
    double *row = calloc(model->elements, sizeof *row), sum = 0.0;
    if (row == NULL)
        return CPH_ERR_MEMORY;
    mean_job job = {model, row};
    cph_exec_run(model->exec, (model->elements + 1) / 2, sum_rows, &job);
    for (size_t m = 0; m < model->elements; m++)
        sum += row[m];
    free(row);
    *mean = sum;
    return CPH_OK;
}
