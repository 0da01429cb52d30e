/* SPDX-License-Identifier: MIT */
/* The search for the convention that fits: the data are packed, every model is fitted. */
#include "cophase/doctor.h"

#include <math.h>
#include <stdlib.h>

#include "calib/doctor.h"
#include "calib/eigen.h"
#include "kernels/core/exec.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { LEAST = 4 };

/* ---- data ---- */

bool cph_doctor_valid(const cph_doctor_problem *problem)
{
    return problem != NULL && problem->elements > 0 && problem->ld >= problem->elements &&
           problem->r != NULL && problem->position != NULL && problem->direction != NULL &&
           problem->sources > 0 && problem->sources <= CPH_DOCTOR_SOURCES &&
           problem->readings > 0 && problem->samples >= 0.0 && isfinite(problem->samples) &&
           problem->freq_hz > 0.0 && isfinite(problem->freq_hz) &&
           cph_size_matrix(problem->elements, problem->ld, problem->elements, sizeof(cph_c64));
}

static bool is_live(const cph_doctor_problem *problem, size_t channel)
{
    if (problem->flag != NULL && problem->flag[channel] != 0)
        return false;
    if (problem->gain != NULL &&
        (!cph_c64_finite(problem->gain[channel]) || cph_c64_power(problem->gain[channel]) == 0.0))
        return false;
    return !problem->has_diagonal || problem->r[channel * problem->ld + channel].re > 0.0;
}

static cph_status allocate(cph_doctor_data *data)
{
    const size_t n = data->problem->elements;
    size_t bytes = 0, at[3];
    size_t square;
    if (!cph_size_mul(n, n, &square) || !cph_size_place(&bytes, square, sizeof(cph_c64), &at[0]) ||
        !cph_size_place(&bytes, n, sizeof(double), &at[1]) ||
        !cph_size_place(&bytes, n, sizeof(size_t), &at[2]))
        return CPH_ERR_OVERFLOW;
    char *memory = calloc(bytes, 1);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    data->memory = memory;
    data->c = (cph_c64 *)(void *)(memory + at[0]);
    data->power = (double *)(void *)(memory + at[1]);
    data->channel = (size_t *)(void *)(memory + at[2]);
    return CPH_OK;
}

static cph_status fill(cph_doctor_data *data, cph_error *error)
{
    const cph_doctor_problem *problem = data->problem;
    const size_t n = data->n, ld = problem->ld;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            const size_t i = data->channel[p], j = data->channel[q];
            if (p == q)
                continue;
            double scale = 1.0;
            if (problem->has_diagonal)
                scale /= sqrt(problem->r[i * ld + i].re) * sqrt(problem->r[j * ld + j].re);
            const cph_c64 c = cph_c64_scale(scale, problem->r[i * ld + j]);
            if (!cph_c64_finite(c))
                return cph_fail(error, CPH_ERR_NOT_FINITE,
                                "the covariance of elements %zu and %zu is not finite", i, j);
            data->c[p * n + q] = c;
            data->power[p] += cph_c64_power(c);
        }
    for (size_t p = 0; p < n; p++)
        data->total += data->power[p];
    if (!(data->total > 0.0) || !isfinite(data->total))
        return cph_fail(error, CPH_ERR_SINGULAR, "the elements do not correlate at all");
    return CPH_OK;
}

static cph_status check(const cph_doctor_problem *problem, cph_error *error)
{
    if (!cph_doctor_valid(problem))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a covariance, positions, a frequency and 1 to %d directions are needed",
                        CPH_DOCTOR_SOURCES);
    size_t numbers;
    if (!cph_size_mul(3 * problem->sources, problem->readings, &numbers))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu readings of the directions do not fit",
                        problem->readings);
    for (size_t i = 0; i < numbers; i++)
        if (!isfinite(problem->direction[i]))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "a direction is not finite");
    return CPH_OK;
}

cph_status cph_doctor_pack(const cph_doctor_problem *problem, cph_doctor_data *data,
                           cph_error *error)
{
    *data = (cph_doctor_data){.problem = problem};
    cph_status status = check(problem, error);
    if (status != CPH_OK)
        return status;
    status = allocate(data);
    if (status != CPH_OK)
        return cph_fail(error, status, "%zu elements: %s", problem->elements,
                        cph_status_name(status));
    for (size_t i = 0; i < problem->elements; i++)
        if (is_live(problem, i))
            data->channel[data->n++] = i;
    status = data->n >= LEAST ? fill(data, error)
                              : cph_fail(error, CPH_ERR_TOO_FEW,
                                         "%zu of %zu elements are usable; expected at least %d",
                                         data->n, problem->elements, LEAST);
    if (status != CPH_OK)
        cph_doctor_unpack(data);
    return status;
}

void cph_doctor_unpack(cph_doctor_data *data)
{
    free(data->memory);
    *data = (cph_doctor_data){0};
}

static void product(const cph_doctor_data *data, const cph_c64 *x, cph_c64 *y)
{
    for (size_t p = 0; p < data->n; p++) {
        const cph_c64 *const row = data->c + p * data->n;
        cph_c64 sum = {0.0, 0.0};
        for (size_t q = 0; q < data->n; q++)
            sum = cph_c64_add(sum, cph_c64_mul(row[q], x[q]));
        y[p] = sum;
    }
}

void cph_doctor_apply(const cph_doctor_data *data, const cph_c64 *v, cph_c64 *y)
{
    for (size_t s = 0; s < data->problem->sources; s++)
        product(data, v + s * data->n, y + s * data->n);
}

/* ---- the best there may be ---- */

/* C less its eigenvectors so far. */
typedef struct deflated {
    const cph_doctor_data *data;
    size_t count;
    double value[CPH_DOCTOR_SOURCES];
    cph_c64 *vector; /* [count][n] */
} deflated;

static void multiply(const void *matrix, const cph_c64 *x, cph_c64 *y)
{
    const deflated *const d = matrix;
    const size_t n = d->data->n;
    product(d->data, x, y);
    for (size_t k = 0; k < d->count; k++) {
        const cph_c64 *const u = d->vector + k * n;
        cph_c64 along = {0.0, 0.0};
        for (size_t p = 0; p < n; p++)
            along = cph_c64_add(along, cph_c64_mulc(x[p], u[p]));
        along = cph_c64_scale(d->value[k], along);
        for (size_t p = 0; p < n; p++)
            y[p] = cph_c64_sub(y[p], cph_c64_mul(along, u[p]));
    }
}

cph_status cph_doctor_attainable(const cph_doctor_data *data, double *score, double *largest)
{
    const size_t n = data->n, sources = cph_size_min(data->problem->sources, n - 1);
    if (n < LEAST || sources == 0)
        return CPH_ERR_ARGUMENT;
    deflated d = {.data = data, .vector = calloc(sources * n, sizeof(cph_c64))};
    cph_status status = d.vector == NULL ? CPH_ERR_MEMORY : CPH_OK;
    double sum = 0.0;
    for (; status == CPH_OK && d.count < sources; d.count++) {
        double value = 0.0;
        status = cph_eigen_largest(n, multiply, &d, &value, d.vector + d.count * n);
        d.value[d.count] = value;
        sum += fmax(value, 0.0) * fmax(value, 0.0);
    }
    /* The model's diagonal is left out, as that of C. */
    if (status == CPH_OK) {
        *score = fmin(sqrt(sum / data->total * (double)n / ((double)n - 1.0)), 1.0);
        *largest = fmin(d.value[0] / sqrt(data->total), 1.0);
    }
    free(d.vector);
    return status;
}

/* ---- all conventions ---- */

typedef struct job {
    const cph_doctor_data *data;
    const cph_convention *list;
    cph_doctor_row *row;
    double largest;    /* eigenvalue */
    double *leave_out; /* [rows][n] */
    cph_c64 *scratch;  /* [threads][2][S][n] */
} job;

static void fit_some(void *context, size_t begin, size_t end, size_t worker)
{
    const job *const j = context;
    const cph_doctor_data *const data = j->data;
    const size_t size = data->problem->sources * data->n;
    cph_c64 *const v = j->scratch + 2 * size * worker, *const y = v + size;
    for (size_t i = begin; i < end; i++) {
        cph_doctor_vectors(data, &j->list[i], v);
        cph_doctor_apply(data, v, y);
        cph_doctor_phases phases;
        const double score = cph_doctor_fit(data, v, y, NULL, j->leave_out + i * data->n, &phases);
        j->row[i] = (cph_doctor_row){
            .convention = j->list[i],
            .score = score,
            .phase_rms_rad = phases.rms,
            .phase_noise_rad = phases.noise,
            .chance = cph_doctor_chance(data->n, data->problem->sources, j->largest, score)};
    }
}

static cph_status run(const cph_doctor_data *data, double largest, cph_doctor_row *row,
                      cph_doctor_result *result)
{
    const cph_doctor_problem *problem = data->problem;
    const size_t rows = result->rows, threads = cph_exec_threads(problem->exec);
    size_t replicates, size;
    if (!cph_size_mul(rows, data->n, &replicates) ||
        !cph_size_mul(2 * threads * problem->sources, data->n, &size))
        return CPH_ERR_OVERFLOW;
    if (replicates == 0 || size == 0)
        return CPH_ERR_ARGUMENT;
    cph_convention *list = calloc(rows, sizeof *list);
    cph_doctor_row *found = calloc(rows, sizeof *found);
    job j = {.data = data,
             .list = list,
             .row = found,
             .largest = largest,
             .leave_out = calloc(replicates, sizeof(double)),
             .scratch = calloc(size, sizeof(cph_c64))};
    cph_status status = CPH_ERR_MEMORY;
    if (list != NULL && found != NULL && j.leave_out != NULL && j.scratch != NULL) {
        cph_doctor_list(problem, list);
        cph_exec_run(problem->exec, rows, fit_some, &j);
        status = cph_doctor_rank(data->n, j.leave_out, found, result);
    }
    for (size_t i = 0; status == CPH_OK && i < rows; i++)
        row[i] = found[i];
    free(list);
    free(found);
    free(j.leave_out);
    free(j.scratch);
    return status;
}

cph_status cph_doctor_run(const cph_doctor_problem *problem, cph_doctor_row *row,
                          cph_doctor_result *result, cph_error *error)
{
    if (row == NULL || result == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "nowhere to put the results");
    cph_doctor_data data;
    cph_status status = cph_doctor_pack(problem, &data, error);
    if (status != CPH_OK)
        return status;
    cph_doctor_result made = {.rows = cph_doctor_count(problem), .used = data.n};
    double largest = 0.0;
    status = cph_doctor_attainable(&data, &made.attainable, &largest);
    if (status == CPH_OK)
        status = run(&data, largest, row, &made);
    if (status == CPH_OK)
        *result = made;
    else
        (void)cph_fail(error, status, "%zu conventions of %zu elements: %s", made.rows, data.n,
                       cph_status_name(status));
    cph_doctor_unpack(&data);
    return status;
}
