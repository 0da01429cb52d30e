/* SPDX-License-Identifier: MIT */
/* Powers of sources at given directions, and how well the directions are known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/doa/doa_span.h"

/* Coherent sources may have more power together than elements receive of them: by this, or they are
 * so near each other that nothing tells them apart. */
static const double most_cancelled = 100.0;

/* What a bound says of each estimate; NaN where it could not be made. */
static void keep_bound(const cph_doa_span *span, const double *covariance, bool conditional,
                       bool known, cph_doa_estimate *estimate)
{
    static const size_t axis[3][2] = {{0, 0}, {0, 1}, {1, 1}};
    const size_t dims = span->frame->dims, p = span->parameters;
    for (size_t s = 0; s < span->sources; s++) {
        cph_doa_estimate *e = estimate + s;
        const double *own = covariance + s * dims * p + s * dims;
        double tangent[2][3];
        cph_doa_tangents(span->frame, e->direction, tangent);
        double *into = conditional ? e->conditional : e->covariance;
        for (size_t k = 0; k < 3; k++)
            into[k] =
                known ? cph_doa_component(tangent, dims, own, p, axis[k][0], axis[k][1]) : NAN;
        *(conditional ? &e->conditional_sigma : &e->sigma) =
            known ? cph_doa_worst_sigma(dims, own, p) : NAN;
    }
}

static void keep_powers(const cph_doa_span *span, const cph_c64 *power, double noise,
                        cph_doa_estimate *estimate)
{
    const size_t count = span->sources;
    for (size_t s = 0; s < count; s++) {
        cph_doa_estimate *e = estimate + s;
        const double own = power[s * count + s].re;
        e->power = own;
        e->snr = own * span->frame->norm / ((double)span->frame->n * noise);
        e->correlation = 0.0;
        for (size_t t = 0; t < count; t++) {
            const double both = own * power[t * count + t].re;
            const double size2 = cph_c64_power(power[s * count + t]);
            if (t != s && both > 0.0)
                e->correlation = fmax(e->correlation, fmin(sqrt(size2 / both), 1.0));
        }
    }
}

static bool all_positive(size_t count, const cph_c64 *power)
{
    for (size_t s = 0; s < count; s++)
        if (!(power[s * count + s].re > 0.0))
            return false;
    return true;
}

/* Whether sources are so near each other that their fields cancel: what one has of power is far
 * above what all elements receive. */
static bool cancels(const cph_doa *doa, size_t count, const cph_c64 *power)
{
    double total = 0.0, most = 0.0;
    for (size_t i = 0; i < doa->frame.n; i++)
        total += fmax(doa->value[i], 0.0);
    for (size_t s = 0; s < count; s++)
        most = fmax(most, power[s * count + s].re);
    return most * doa->frame.norm > most_cancelled * total;
}

static cph_status judge(const cph_doa *doa, cph_doa_span *span, cph_c64 *scratch,
                        double *covariance, cph_doa_estimate *estimate, double *noise)
{
    const size_t count = span->sources, square = count * count;
    cph_c64 *power = scratch + 4 * square;
    const double outside = cph_doa_span_load(span, doa->r);
    const double level = fmax(outside, 0.0) / (double)(doa->frame.n - count);
    memcpy(power, span->inner, square * sizeof *power);
    for (size_t s = 0; s < count; s++)
        power[s * count + s].re -= level;
    cph_doa_span_sources(span, power, power);
    if (count > 1 && cancels(doa, count, power))
        return CPH_ERR_SINGULAR;
    keep_powers(span, power, level, estimate);
    const bool possible = doa->samples > 0.0 && all_positive(count, power);
    for (int conditional = 0; conditional < 2; conditional++) {
        cph_status status = CPH_ERR_SINGULAR;
        if (possible)
            status = cph_doa_span_bound(span, power, level, doa->samples, conditional != 0, scratch,
                                        covariance);
        if (status != CPH_OK && status != CPH_ERR_SINGULAR)
            return status;
        keep_bound(span, covariance, conditional, status == CPH_OK, estimate);
    }
    if (noise != NULL)
        *noise = level;
    return CPH_OK;
}

/* Room for scratch [5][S][S] and covariance [P][P]. */
static void *reserve(const cph_doa_span *span, size_t *covariance, cph_error *error)
{
    size_t bytes = 0, start;
    void *memory = NULL;
    if (cph_size_place(&bytes, 5 * span->sources * span->sources, sizeof(cph_c64), &start) &&
        cph_size_place(&bytes, span->parameters * span->parameters, sizeof(double), covariance))
        memory = calloc(1, bytes);
    if (memory == NULL)
        (void)cph_fail(error, CPH_ERR_MEMORY, "%zu directions: out of memory", span->sources);
    return memory;
}

cph_status cph_doa_judge(const cph_doa *doa, size_t sources, const double *direction,
                         cph_doa_estimate *estimate, double *noise, cph_error *error)
{
    cph_doa_span span = {.memory = NULL};
    size_t at = 0;
    if (doa == NULL || direction == NULL || estimate == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no covariance, directions, or place for results");
    cph_status status = cph_doa_check_sources(doa, sources, error);
    if (status == CPH_OK)
        status = cph_doa_span_create(&doa->frame, sources, &span, error);
    if (status != CPH_OK)
        return status;
    void *memory = reserve(&span, &at, error);
    cph_doa_estimate *made = calloc(sources, sizeof *made);
    status =
        memory != NULL && made != NULL ? cph_doa_span_set(&span, direction, error) : CPH_ERR_MEMORY;
    if (status == CPH_OK) {
        for (size_t s = 0; s < sources; s++)
            memcpy(made[s].direction, direction + 3 * s, sizeof made[s].direction);
        status = judge(doa, &span, memory, cph_size_at(memory, at), made, noise);
        if (status == CPH_ERR_SINGULAR)
            (void)cph_fail(error, status,
                           "%zu directions, two of them so near each other that their powers "
                           "cancel: expected fewer sources, or a wider look",
                           sources);
        if (status == CPH_OK)
            memcpy(estimate, made, sources * sizeof *made);
    }
    free(made);
    free(memory);
    cph_doa_span_free(&span);
    return status;
}
