/* SPDX-License-Identifier: MIT */
/* A factor of a form of low rank: pivoted Cholesky, then the eigenvectors of what it found. */
#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/adaptive/gram.h"
#include "kernels/adaptive/hermitian.h"
#include "kernels/core/c64.h"
#include "kernels/core/exec.h"
#include "kernels/weights/quiet.h"

/* Columns end where nothing of the diagonal is above this share of its mean. */
static const double nothing = 1e-12;

void cph_quiet_form_free(cph_quiet_form *form)
{
    free(form->factor);
    free(form->value);
    free(form->own);
    free(form->row);
    *form = (cph_quiet_form){0};
}

void cph_quiet_product(size_t m, size_t n, size_t k, const cph_c64 *a, const cph_c64 *b,
                       bool adjoint, cph_c64 *c)
{
    const cph_c64 one = {1.0, 0.0}, none = {0.0, 0.0};
    cblas_zgemm(CblasRowMajor, CblasNoTrans, adjoint ? CblasConjTrans : CblasNoTrans, (int)m,
                (int)n, (int)k, &one, a, (int)k, b, (int)(adjoint ? k : n), &none, c, (int)n);
}

/* A column of the factor L: what is left of Q's column p, whose row of L is `own`. */
typedef struct column_job {
    size_t n, rank, p;
    const cph_c64 *q;
    cph_c64 *l; /* [n][n] */
    double *left;
    double root;
} column_job;

static void make_column(void *context, size_t begin, size_t end, size_t worker)
{
    const column_job *job = context;
    const size_t n = job->n, p = job->p;
    const cph_c64 *own = job->l + p * n;
    (void)worker;
    for (size_t m = begin; m < end; m++) {
        cph_c64 *row = job->l + m * n;
        const cph_c64 q = m >= p ? job->q[m * n + p] : cph_c64_conj(job->q[p * n + m]);
        const cph_c64 sum = cph_c64_sub(q, cph_c64_inner(job->rank, own, row));
        if (m == p) /* whose row is read */
            continue;
        row[job->rank] = cph_c64_scale(1.0 / job->root, sum);
        job->left[m] -= cph_c64_power(row[job->rank]);
    }
}

/* l [n][n] gets columns; returns how many. left [n] is room. */
static size_t pivoted(size_t n, const cph_c64 *q, const cph_exec *exec, cph_c64 *l, double *left)
{
    double mean = 0.0;
    for (size_t i = 0; i < n; i++) {
        left[i] = q[i * n + i].re;
        mean += left[i] / (double)n;
    }
    size_t rank = 0;
    for (; rank < n; rank++) {
        size_t p = 0;
        for (size_t i = 1; i < n; i++)
            p = left[i] > left[p] ? i : p;
        if (!(left[p] > nothing * mean))
            break;
        column_job job = {n, rank, p, q, l, left, sqrt(left[p])};
        cph_exec_run(exec, n, make_column, &job);
        l[p * n + rank] = (cph_c64){job.root, 0.0};
        left[p] = 0.0;
    }
    return rank;
}

/* l [n][rank], a [rank][rank] and value [rank] are room: the form of L L^H, its rounding aside. */
static cph_status decompose(size_t n, size_t rank, const cph_c64 *l, cph_c64 *a,
                            cph_quiet_form *form)
{
    cph_gram_add(n, rank, l, a);
    const cph_status status = cph_hermitian_eigen(rank, a, form->value);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < rank * rank; i++)
        a[i] = cph_c64_conj(a[i]);
    cph_quiet_product(n, rank, rank, l, a, true, form->factor); /* L U^T */
    for (size_t i = 0; i < n * rank; i++)
        form->factor[i] = cph_c64_conj(form->factor[i]);
    for (size_t i = 0; i < rank; i++)
        form->value[i] = fmax(form->value[i], 1e-300);
    return CPH_OK;
}

cph_status cph_quiet_factor(size_t n, cph_c64 *q, const cph_exec *exec, cph_quiet_form *form)
{
    cph_c64 *l = calloc(n, n * sizeof *l), *a = NULL;
    double *left = calloc(n, sizeof *left);
    cph_status status = l != NULL && left != NULL ? CPH_OK : CPH_ERR_MEMORY;
    const size_t rank = status == CPH_OK ? pivoted(n, q, exec, l, left) : 0;
    if (status == CPH_OK && rank == 0)
        status = CPH_ERR_MISSING;
    if (status == CPH_OK) {
        for (size_t i = 0; i < n; i++)
            memmove(l + i * rank, l + i * n, rank * sizeof *l);
        form->n = n;
        form->rank = rank;
        form->factor = calloc(n, rank * sizeof *form->factor);
        form->value = calloc(rank, sizeof *form->value);
        a = calloc(rank, rank * sizeof *a);
        status = form->factor != NULL && form->value != NULL && a != NULL
                     ? decompose(n, rank, l, a, form)
                     : CPH_ERR_MEMORY;
        if (status == CPH_OK)
            status = cph_quiet_form_rows(form);
    }
    free(l);
    free(a);
    free(left);
    return status;
}
