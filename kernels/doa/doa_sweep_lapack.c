/* SPDX-License-Identifier: MIT */
/* Forms of very many directions: a block of steering vectors at a time against all rows. */
#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "kernels/core/c64.h"
#include "kernels/core/exec.h"
#include "kernels/core/fail.h"
#include "kernels/core/heap.h"
#include "kernels/doa/doa_form.h"

typedef struct form_job {
    const cph_doa *doa;
    const cph_doa_form *form;
    unsigned char *work; /* [threads][room]: steering vectors of a block, their products */
    size_t room, products;
    double *value;
} form_job;

static double squares(size_t count, const cph_c64 *y)
{
    double sum = 0.0;
    for (size_t k = 0; k < count; k++)
        sum += cph_c64_power(y[k]);
    return sum;
}

static cph_status visit(void *visitor, size_t worker, size_t directions, const size_t *index,
                        const cph_c32 *a)
{
    const form_job *job = visitor;
    const cph_doa_frame *f = &job->doa->frame;
    const cph_doa_form *form = job->form;
    const size_t rows = form->rows;
    const cph_c64 one = {1.0, 0.0}, zero = {0.0, 0.0};
    cph_c64 *v = cph_size_at(job->work, worker * job->room);
    cph_c64 *y = cph_size_at(v, job->products);
    for (size_t d = 0; d < directions; d++)
        for (size_t i = 0; i < f->n; i++)
            v[d * f->n + i] =
                cph_c64_mul(f->gain[i], (cph_c64){a[d * f->n + i].re, a[d * f->n + i].im});
    cblas_zgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)directions, (int)rows, (int)f->n,
                &one, v, (int)f->n, form->q, (int)f->n, &zero, y, (int)rows);
    for (size_t d = 0; d < directions; d++) {
        const cph_c64 *row = y + d * rows;
        job->value[index[d]] = cph_doa_form_value(form, squares(form->first, row),
                                                  squares(rows - form->first, row + form->first));
    }
    return CPH_OK;
}

static cph_status reserve(form_job *job, const cph_exec *exec)
{
    const size_t block = CPH_SWEEP_BLOCK * sizeof(cph_c64);
    size_t all;
    if (!cph_size_mul(job->doa->frame.n, block, &job->products) ||
        !cph_size_mul(job->form->rows, block, &job->room) ||
        !cph_size_add(job->room, job->products, &job->room) ||
        !cph_size_mul(job->room, cph_exec_threads(exec), &all))
        return CPH_ERR_OVERFLOW;
    job->work = cph_heap_aligned(all);
    return job->work != NULL ? CPH_OK : CPH_ERR_MEMORY;
}

cph_status cph_doa_form_sweep(const cph_doa *doa, const cph_doa_form *form, size_t count,
                              cph_sweep_direction *direction, const void *context, double *value,
                              cph_error *error)
{
    form_job job = {.doa = doa, .form = form, .value = value};
    const cph_sweep sweep = {.elements = doa->frame.n,
                             .position = doa->frame.position,
                             .freq_hz = doa->frame.freq_hz,
                             .count = count,
                             .direction = direction,
                             .context = context,
                             .visit = visit,
                             .visitor = &job,
                             .exec = doa->exec};
    cph_status status = reserve(&job, doa->exec);
    if (status == CPH_OK)
        status = cph_sweep_run(&sweep);
    free(job.work);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "a spectrum of %zu directions: %s", count,
                                       cph_status_name(status));
}
