/* SPDX-License-Identifier: MIT */
/* Deterministic maximum likelihood: tr((I - V V^+) R) made least over all directions together. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/doa/doa_form.h"
#include "kernels/doa/doa_small.h"
#include "kernels/doa/doa_span.h"

enum { STEPS = 200, ROUNDS = 4 };
/* Radians; and of tr R, what is left to gain. */
static const double least_step = 1e-11, least_gain = 1e-15;
static const double most_damping = 1e12;
/* A search of one direction has found another place if it leaves this much less of R. */
static const double better = 1e-6;

typedef struct descent {
    const cph_doa *doa;
    cph_doa_span span;
    double *gradient, *step;  /* [P] */
    double *hessian, *solved; /* [P][P] */
    double *to;               /* [S][3] */
    cph_c64 *w;               /* [S][S] */
    cph_c64 *column;          /* [S] */
    void *memory;
} descent;

static cph_status create(const cph_doa *doa, size_t sources, descent *d, cph_error *error)
{
    *d = (descent){.doa = doa};
    cph_status status = cph_doa_span_create(&doa->frame, sources, &d->span, error);
    if (status != CPH_OK)
        return status;
    const size_t p = d->span.parameters;
    size_t bytes = 0, at[7] = {0};
    if (cph_size_place(&bytes, p, sizeof(double), &at[0]) &&
        cph_size_place(&bytes, p, sizeof(double), &at[1]) &&
        cph_size_place(&bytes, p * p, sizeof(double), &at[2]) &&
        cph_size_place(&bytes, p * p, sizeof(double), &at[3]) &&
        cph_size_place(&bytes, sources, 3 * sizeof(double), &at[4]) &&
        cph_size_place(&bytes, sources * sources, sizeof(cph_c64), &at[5]) &&
        cph_size_place(&bytes, sources, sizeof(cph_c64), &at[6]))
        d->memory = calloc(1, bytes);
    if (d->memory == NULL) {
        cph_doa_span_free(&d->span);
        return cph_fail(error, CPH_ERR_MEMORY, "%zu directions: out of memory", sources);
    }
    d->gradient = cph_size_at(d->memory, at[0]);
    d->step = cph_size_at(d->memory, at[1]);
    d->hessian = cph_size_at(d->memory, at[2]);
    d->solved = cph_size_at(d->memory, at[3]);
    d->to = cph_size_at(d->memory, at[4]);
    d->w = cph_size_at(d->memory, at[5]);
    d->column = cph_size_at(d->memory, at[6]);
    return CPH_OK;
}

static void destroy(descent *d)
{
    cph_doa_span_free(&d->span);
    free(d->memory);
}

/* Half of what is left grows by with an offset of the source, v's derivative `slope`. */
static double grow(const descent *d, const cph_c64 *slope, size_t source)
{
    const cph_doa_span *span = &d->span;
    const size_t n = span->frame->n;
    for (size_t k = 0; k < span->sources; k++)
        d->column[k] = cph_c64_inner(n, span->image + k * n, slope);
    cph_doa_span_undo(span, d->column);
    return -d->column[source].re;
}

/* Half the gradient and half the Gauss-Newton matrix, where the span was set and loaded. To that
 * comes what the bend of the arcs adds: nothing where no direction is better, but on the rim of
 * what a line or a plane sees, where offsets move no phase, it alone is left. */
static void linearise(descent *d)
{
    const cph_doa_span *span = &d->span;
    const size_t n = span->frame->n, dims = span->frame->dims;
    cph_doa_span_sources(span, span->inner, d->w);
    cph_doa_span_information(span, d->w, d->hessian);
    for (size_t i = 0; i < span->parameters; i++) {
        const double bend = grow(d, span->fall + i / dims * n, i / dims);
        d->gradient[i] = grow(d, span->slope + i * n, i / dims);
        d->hessian[i * span->parameters + i] += fmax(bend, 0.0);
    }
}

/* The damped step, and what it promises: -step . gradient. Not finite where it is none. */
static double find_step(descent *d, double damping)
{
    const size_t p = d->span.parameters;
    double promise = 0.0;
    memcpy(d->solved, d->hessian, p * p * sizeof *d->solved);
    for (size_t i = 0; i < p; i++)
        d->solved[i * p + i] *= 1.0 + damping;
    if (cph_doa_invert(p, d->solved) != CPH_OK)
        return NAN;
    for (size_t i = 0; i < p; i++) {
        d->step[i] = 0.0;
        for (size_t k = 0; k < p; k++)
            d->step[i] -= d->solved[i * p + k] * d->gradient[k];
        promise -= d->step[i] * d->gradient[i];
    }
    return promise;
}

/* Directions after the step, none of whose offsets is over a quarter of a lobe; its length. */
static double take_step(descent *d, const double *direction)
{
    const cph_doa_frame *f = &d->doa->frame;
    const double reach = 0.25 * cph_aperture_lobe(&f->aperture);
    double longest = 0.0;
    for (size_t i = 0; i < d->span.parameters; i++)
        longest = fmax(longest, fabs(d->step[i]));
    const double scale = longest > reach ? reach / longest : 1.0;
    for (size_t i = 0; i < d->span.parameters; i++)
        d->step[i] *= scale;
    for (size_t s = 0; s < d->span.sources; s++)
        cph_doa_move(f, direction + 3 * s, d->step + s * f->dims, d->to + 3 * s);
    return scale * longest;
}

/* Goes down from `direction`, in place; *left is what of tr R stays outside. */
static cph_status descend(descent *d, double *direction, double *left, size_t *iterations,
                          cph_error *error)
{
    const size_t bytes = 3 * d->span.sources * sizeof *direction;
    double damping = 0.0, total = 0.0;
    cph_status status = cph_doa_span_set(&d->span, direction, error);
    if (status != CPH_OK)
        return status;
    for (size_t k = 0; k < d->doa->frame.n; k++)
        total += d->doa->value[k];
    double at = cph_doa_span_load(&d->span, d->doa->r);
    linearise(d);
    for (size_t k = 0; k < STEPS && damping < most_damping; k++, (*iterations)++) {
        const double promise = find_step(d, damping);
        if (!isfinite(promise)) {
            damping = fmax(1e-6, 10.0 * damping);
            continue;
        }
        const double length = take_step(d, direction);
        const bool last = length < least_step || promise < least_gain * total;
        status = cph_doa_span_set(&d->span, d->to, NULL);

        const double now = status == CPH_OK ? cph_doa_span_load(&d->span, d->doa->r) : INFINITY;
        if (now <= at + 1e-13 * total) {
            memcpy(direction, d->to, bytes);
            at = now;
            damping = damping > 1e-6 ? 0.1 * damping : 0.0;
            linearise(d);
        } else {
            damping = fmax(1e-3, 10.0 * damping);
        }
        if (last) {
            *left = at;
            return CPH_OK;
        }
    }
    return cph_fail(error, CPH_ERR_SINGULAR, "directions do not converge in %d steps", (int)STEPS);
}

/* ---- one direction after the other ---- */

/* What of R each direction takes beyond the span of `others` [count][3]: R's root outside it over
 * the length of v outside it. */
static cph_status form_of_rest(const cph_doa *doa, size_t count, const double *others,
                               cph_doa_form *form, cph_error *error)
{
    const size_t n = doa->frame.n;
    cph_doa_span span = {.memory = NULL};
    cph_status status = cph_doa_form_reserve(doa, n + count, form, error);
    if (status == CPH_OK && count > 0)
        status = cph_doa_span_create(&doa->frame, count, &span, error);
    if (status == CPH_OK && count > 0)
        status = cph_doa_span_set(&span, others, error);
    form->kind = CPH_DOA_REST;
    form->first = n;
    for (size_t k = 0; k < n && status == CPH_OK; k++) {
        cph_c64 *row = form->q + k * n;
        const double root = sqrt(fmax(doa->value[k], 0.0));
        for (size_t i = 0; i < n; i++)
            row[i] = cph_c64_scale(root, doa->vector[k * n + i]);
        for (size_t s = 0; s < count; s++) {
            const cph_c64 along = cph_c64_inner(n, span.basis + s * n, row);
            for (size_t i = 0; i < n; i++)
                row[i] = cph_c64_sub(row[i], cph_c64_mul(along, span.basis[s * n + i]));
        }
        for (size_t i = 0; i < n; i++)
            row[i] = cph_c64_conj(row[i]);
    }
    for (size_t s = 0; s < count && status == CPH_OK; s++)
        for (size_t i = 0; i < n; i++)
            form->q[(n + s) * n + i] = cph_c64_conj(span.basis[s * n + i]);
    cph_doa_span_free(&span);
    return status;
}

/* u [3]: the direction on the grid that takes most beside the others. */
static cph_status search_one(const cph_doa *doa, const cph_doa_points *points, size_t count,
                             const double *others, double *u, cph_error *error)
{
    cph_doa_form form = {.q = NULL};
    size_t found = 0;
    cph_status status = form_of_rest(doa, count, others, &form, error);
    if (status == CPH_OK)
        status = cph_doa_points_tops(doa, &form, points, 1, u, &found, error);
    cph_doa_form_free(&form);
    if (status == CPH_OK && found == 0)
        status = cph_fail(error, CPH_ERR_SINGULAR, "no direction is left beside %zu", count);
    return status;
}

/* All of the directions but number `out`. */
static void without(size_t sources, const double *direction, size_t out, double *others)
{
    for (size_t s = 0, k = 0; s < sources; s++)
        if (s != out)
            memcpy(others + 3 * k++, direction + 3 * s, 3 * sizeof *others);
}

static cph_status descend_from(const cph_doa *doa, size_t sources, double *direction, double *left,
                               size_t *iterations, cph_error *error)
{
    descent d;
    cph_status status = create(doa, sources, &d, error);
    for (size_t s = 0; s < sources && status == CPH_OK; s++)
        cph_doa_leave_rim(&doa->frame, direction + 3 * s);
    if (status != CPH_OK)
        return status;
    status = descend(&d, direction, left, iterations, error);
    destroy(&d);
    return status;
}

/* Moves each direction to where the others leave it most, as long as that leaves less of R.
 * work [2][S][3]. */
static cph_status alternate(const cph_doa *doa, const cph_doa_points *points, size_t sources,
                            double *direction, double *left, size_t *iterations, double *work,
                            cph_error *error)
{
    double *trial = work, *others = work + 3 * sources;
    bool moved = sources > 1;
    for (int round = 0; round < ROUNDS && moved; round++) {
        moved = false;
        for (size_t s = 0; s < sources; s++) {
            double now = 0.0;
            without(sources, direction, s, others);
            memcpy(trial, direction, 3 * sources * sizeof *trial);
            cph_status status = search_one(doa, points, sources - 1, others, trial + 3 * s, error);
            if (status != CPH_OK)
                return status;
            status = descend_from(doa, sources, trial, &now, iterations, NULL);
            if (status == CPH_OK && now < *left - better * fabs(*left)) {
                memcpy(direction, trial, 3 * sources * sizeof *trial);
                *left = now;
                moved = true;
            } else if (status != CPH_OK && status != CPH_ERR_SINGULAR) {
                return cph_fail(error, status, "directions: %s", cph_status_name(status));
            }
        }
    }
    return CPH_OK;
}

static cph_status find_all(const cph_doa *doa, const cph_doa_ml_config *config, double *direction,
                           size_t *iterations, double *work, cph_error *error)
{
    const cph_doa_points points = {.frame = &doa->frame,
                                   .grid = config->grid > 0 ? config->grid : cph_doa_grid(doa),
                                   .radius = config->radius,
                                   .line = cph_doa_line(doa, NULL)};
    double left = 0.0;
    cph_status status = CPH_OK;
    if (config->starts == config->sources)
        return descend_from(doa, config->sources, direction, &left, iterations, error);
    status = cph_doa_points_check(&points, error);
    for (size_t s = config->starts; s < config->sources && status == CPH_OK; s++) {
        status = search_one(doa, &points, s, direction, direction + 3 * s, error);
        if (status == CPH_OK)
            status = descend_from(doa, s + 1, direction, &left, iterations, error);
    }
    if (status == CPH_OK)
        status =
            alternate(doa, &points, config->sources, direction, &left, iterations, work, error);
    return status;
}

cph_status cph_doa_ml(const cph_doa *doa, const cph_doa_ml_config *config, double *direction,
                      size_t *iterations, cph_error *error)
{
    size_t steps = 0;
    if (doa == NULL || config == NULL || direction == NULL || config->starts > config->sources)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "no covariance or directions, or more starting "
                        "directions than sources");
    cph_status status = cph_doa_check_vectors(doa, error);
    if (status == CPH_OK)
        status = cph_doa_check_sources(doa, config->sources, error);
    if (status != CPH_OK)
        return status;
    const size_t values = 3 * config->sources;
    double *work = calloc(values, 3 * sizeof *work);
    if (work == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%zu directions: out of memory", config->sources);
    memcpy(work, direction, 3 * config->starts * sizeof *work);
    status = find_all(doa, config, work, &steps, work + values, error);
    if (status == CPH_OK) {
        memcpy(direction, work, values * sizeof *work);
        if (iterations != NULL)
            *iterations = steps;
    }
    free(work);
    return status;
}
