/* SPDX-License-Identifier: MIT */
/* Spectra as forms, and the grids they are swept over. */
#include "kernels/doa/doa_form.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Eigenvalues below this of the largest are rounding. */
static const double least_value = 1e-12;
/* Of |v|^2: less is a direction that the others explain, to rounding of the steering vector. */
static const double least_rest = 1e-6;
/* What is left of |v|^2 in a null to the rounding of its sum. */
static const double rounding = 1e-15;

cph_status cph_doa_form_reserve(const cph_doa *doa, size_t rows, cph_doa_form *form,
                                cph_error *error)
{
    size_t items, bytes;
    if (rows == 0 || doa->frame.n == 0 || !cph_size_mul(rows, doa->frame.n, &items) ||
        !cph_size_mul(items, sizeof *form->q, &bytes))
        return cph_fail(error, CPH_ERR_OVERFLOW, "a spectrum of %zu elements", doa->frame.n);
    form->q = malloc(bytes);
    if (form->q == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "a spectrum of %zu elements: out of memory",
                        doa->frame.n);
    form->rows = form->first = rows;
    form->norm = doa->frame.norm;
    return CPH_OK;
}

void cph_doa_form_free(cph_doa_form *form)
{
    free(form->q);
    form->q = NULL;
}

static cph_status check(const cph_doa *doa, const cph_doa_spectrum *spectrum, double load,
                        cph_error *error)
{
    const size_t n = doa->frame.n;
    if ((unsigned)spectrum->method >= CPH_DOA_METHODS ||
        !(spectrum->loading >= 0.0 && isfinite(spectrum->loading)))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "spectrum %d, loading %g: expected one, and 0 or more",
                        (int)spectrum->method, spectrum->loading);
    const cph_status status = cph_doa_check_vectors(doa, error);
    if (status != CPH_OK)
        return status;
    if (spectrum->method == CPH_DOA_MUSIC)
        return cph_doa_check_sources(doa, spectrum->sources, error);
    if (spectrum->method == CPH_DOA_CAPON &&
        !(doa->value[n - 1] + load > least_value * doa->value[0]))
        return cph_fail(error, CPH_ERR_SINGULAR,
                        "the covariance of %zu elements has an eigenvalue of %g, the largest being "
                        "%g: take more snapshots, or load it",
                        n, doa->value[n - 1], doa->value[0]);
    return CPH_OK;
}

static double mean_value(const cph_doa *doa)
{
    double sum = 0.0;
    for (size_t k = 0; k < doa->frame.n; k++)
        sum += doa->value[k];
    return sum / (double)doa->frame.n;
}

cph_status cph_doa_form_create(const cph_doa *doa, const cph_doa_spectrum *spectrum,
                               cph_doa_form *form, cph_error *error)
{
    static const cph_doa_kind kinds[CPH_DOA_METHODS] = {[CPH_DOA_BARTLETT] = CPH_DOA_POWER,
                                                        [CPH_DOA_CAPON] = CPH_DOA_INVERSE,
                                                        [CPH_DOA_MUSIC] = CPH_DOA_NULL};
    const size_t n = doa->frame.n;
    const double load = spectrum->loading * mean_value(doa);
    cph_status status = check(doa, spectrum, load, error);
    if (status != CPH_OK)
        return status;
    const size_t rows = spectrum->method == CPH_DOA_MUSIC ? spectrum->sources : n;
    status = cph_doa_form_reserve(doa, rows, form, error);
    if (status != CPH_OK)
        return status;
    form->kind = kinds[spectrum->method];
    for (size_t k = 0; k < rows; k++) {
        const double scale = form->kind == CPH_DOA_POWER     ? sqrt(fmax(doa->value[k], 0.0))
                             : form->kind == CPH_DOA_INVERSE ? 1.0 / sqrt(doa->value[k] + load)
                                                             : 1.0;
        for (size_t i = 0; i < n; i++)
            form->q[k * n + i] = cph_c64_scale(scale, cph_c64_conj(doa->vector[k * n + i]));
    }
    return CPH_OK;
}

double cph_doa_form_value(const cph_doa_form *form, double s, double t)
{
    switch (form->kind) {
    case CPH_DOA_POWER:
        return s / (form->norm * form->norm);
    case CPH_DOA_INVERSE:
        return 1.0 / s;
    case CPH_DOA_NULL:
        return form->norm / fmax(form->norm - s, rounding * form->norm);
    default:
        return form->norm - t > least_rest * form->norm ? s / (form->norm - t) : 0.0;
    }
}

/* ---- grids ---- */

size_t cph_doa_points_count(const cph_doa_points *points)
{
    return points->line ? points->grid : points->grid * points->grid;
}

cph_status cph_doa_points_check(const cph_doa_points *points, cph_error *error)
{
    size_t count, bytes;
    if (points->grid < 3 || !(points->radius > 0.0 && points->radius <= 1.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a grid of %zu, radius %g: expected 3 or more, and above 0, at most 1",
                        points->grid, points->radius);
    if (!cph_size_mul(points->grid, points->grid, &count) ||
        !cph_size_mul(count, sizeof(double), &bytes))
        return cph_fail(error, CPH_ERR_OVERFLOW, "a grid of %zu", points->grid);
    return CPH_OK;
}

bool cph_doa_points_at(const void *context, size_t index, double u[3])
{
    const cph_doa_points *points = context;
    const double step = 2.0 / (double)(points->grid - 1);
    const double radius2 = points->radius * points->radius;
    const double s = -1.0 + step * (double)(index % points->grid);
    if (points->line) {
        cph_doa_on_line(points->frame, s, u);
        return s * s < radius2;
    }
    u[0] = s;
    u[1] = -1.0 + step * (double)(index / points->grid);
    const double across = u[0] * u[0] + u[1] * u[1];
    u[2] = sqrt(fmax(1.0 - across, 0.0));
    return across < radius2;
}
