/* SPDX-License-Identifier: MIT */
/* Cramer-Rao bounds of directions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/adaptive/adaptive_plan.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/doa/doa_small.h"
#include "kernels/doa/doa_span.h"

/* out = a b, all [n][n]. */
static void product(size_t n, const cph_c64 *a, const cph_c64 *b, cph_c64 *out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t m = 0; m < n; m++)
                sum = cph_c64_add(sum, cph_c64_mul(a[i * n + m], b[m * n + k]));
            out[i * n + k] = sum;
        }
}

/* w = P V^H R^-1 V P of R = V P V^H + s2 I: with G = V^H V = T^H T, R^-1 V = V (P G + s2 I)^-1, so
 * w = P G (P G + s2 I)^-1 P. scratch [3][S][S]. */
static cph_status unconditional(const cph_doa_span *span, const cph_c64 *power, double noise,
                                cph_c64 *scratch, cph_c64 *w)
{
    const size_t s = span->sources, square = s * s;
    cph_c64 *pg = scratch, *sum = scratch + square, *x = scratch + 2 * square;
    for (size_t i = 0; i < s; i++)
        for (size_t k = 0; k < s; k++) {
            cph_c64 g = {0.0, 0.0};
            for (size_t m = 0; m < s; m++)
                g = cph_c64_add(g,
                                cph_c64_mulc(span->triangle[m * s + k], span->triangle[m * s + i]));
            x[i * s + k] = g;
        }
    product(s, power, x, pg);
    memcpy(sum, pg, square * sizeof *sum);
    for (size_t i = 0; i < s; i++)
        sum[i * s + i].re += noise;
    memcpy(x, power, square * sizeof *x);
    const cph_status status = cph_doa_solve(s, sum, s, x);
    if (status == CPH_OK)
        product(s, pg, x, w);
    return status;
}

cph_status cph_doa_span_bound(const cph_doa_span *span, const cph_c64 *power, double noise,
                              double samples, bool conditional, cph_c64 *scratch,
                              double *covariance)
{
    const size_t p = span->parameters, square = span->sources * span->sources;
    cph_c64 *w = scratch + 3 * square;
    cph_status status = CPH_OK;
    if (!conditional)
        status = unconditional(span, power, noise, scratch, w);
    if (status == CPH_OK) {
        cph_doa_span_information(span, conditional ? power : w, covariance);
        for (size_t i = 0; i < p; i++) /* rounding of w aside it is symmetric */
            for (size_t k = 0; k < i; k++)
                covariance[i * p + k] = covariance[k * p + i] =
                    0.5 * (covariance[i * p + k] + covariance[k * p + i]);
        status = cph_doa_invert(p, covariance);
    }
    for (size_t i = 0; i < p * p && status == CPH_OK; i++)
        covariance[i] *= noise / (2.0 * samples);
    return status;
}

/* ---- of a model ---- */

/* covariance [2 S][2 S] of direction cosines, of that of the offsets [P][P]. */
static void to_cosines(const cph_doa_span *span, const double *direction, const double *offsets,
                       double *covariance)
{
    const size_t dims = span->frame->dims, p = span->parameters, wide = 2 * span->sources;
    for (size_t i = 0; i < wide; i++)
        for (size_t k = 0; k < wide; k++) {
            double left[2][3], right[2][3], sum = 0.0;
            cph_doa_tangents(span->frame, direction + 3 * (i / 2), left);
            cph_doa_tangents(span->frame, direction + 3 * (k / 2), right);
            for (size_t a = 0; a < dims; a++)
                for (size_t b = 0; b < dims; b++)
                    sum += left[a][i % 2] * right[b][k % 2] *
                           offsets[(i / 2 * dims + a) * p + k / 2 * dims + b];
            covariance[i * wide + k] = sum;
        }
}

/* out [S][S] = P of signals at the centre of the elements, where a model has them at the origin. */
static void move_power(const cph_doa_model *model, const cph_doa_frame *frame, cph_c64 *out)
{
    for (size_t s = 0; s < model->sources; s++)
        for (size_t t = 0; t < model->sources; t++) {
            double apart[3];
            cph_add3(model->direction + 3 * s, -1.0, model->direction + 3 * t, apart);
            const double phase = frame->wavenumber * cph_dot3(apart, frame->centre);
            const size_t at = s * model->sources + t;
            out[at] = cph_c64_mul(model->power[at], (cph_c64){cos(phase), sin(phase)});
        }
}

static cph_status bound_model(const cph_doa_model *model, const cph_doa_frame *frame,
                              bool conditional, double *covariance, cph_error *error)
{
    cph_doa_span span = {.memory = NULL};
    cph_status status = cph_doa_span_create(frame, model->sources, &span, error);
    if (status != CPH_OK)
        return status;
    const size_t square = span.sources > 0 ? span.sources * span.sources : 1;
    cph_c64 *scratch = calloc(5 * square, sizeof *scratch);
    double *offsets = calloc(4 * square, sizeof *offsets);
    if (scratch == NULL || offsets == NULL)
        status = cph_fail(error, CPH_ERR_MEMORY, "a bound of %zu sources: out of memory",
                          model->sources);
    else
        status = cph_doa_span_set(&span, model->direction, error);
    if (status == CPH_OK && scratch != NULL) {
        cph_c64 *power = scratch + 4 * square;
        move_power(model, frame, power);
        status = cph_doa_span_bound(&span, power, model->noise, model->samples, conditional,
                                    scratch, offsets);
        if (status == CPH_OK)
            to_cosines(&span, model->direction, offsets, covariance);
        else
            (void)cph_fail(error, status, "%zu elements do not determine %zu directions: %s",
                           frame->n, model->sources, cph_status_name(status));
    }
    free(scratch);
    free(offsets);
    cph_doa_span_free(&span);
    return status;
}

static cph_status check(const cph_doa_model *model, size_t live, cph_error *error)
{
    if (model->elements == 0 || model->position == NULL || model->direction == NULL ||
        model->power == NULL || model->sources == 0 ||
        !(model->freq_hz > 0.0 && isfinite(model->freq_hz)) ||
        !(model->noise > 0.0 && isfinite(model->noise)) || !(model->samples > 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%zu elements, %zu sources, %g Hz, noise %g, %g snapshots: expected all "
                        "above 0",
                        model->elements, model->sources, model->freq_hz, model->noise,
                        model->samples);
    for (size_t s = 0; s < model->sources; s++)
        if (!(model->power[s * model->sources + s].re > 0.0))
            return cph_fail(error, CPH_ERR_ARGUMENT, "power of source %zu is %g: expected above 0",
                            s, model->power[s * model->sources + s].re);
    if (model->sources >= live)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%zu sources are too many for %zu live elements",
                        model->sources, live);
    return CPH_OK;
}

cph_status cph_doa_bound(const cph_doa_model *model, bool conditional, double *covariance,
                         cph_error *error)
{
    if (model == NULL || covariance == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no model, or nowhere to put its bound");
    cph_doa_frame frame = {.n = cph_live_count(model->elements, model->flag),
                           .freq_hz = model->freq_hz};
    cph_status status = check(model, frame.n, error);
    size_t bytes = 0, at[3];
    if (status != CPH_OK)
        return status;
    if (!cph_size_place(&bytes, frame.n, sizeof(size_t), &at[0]) ||
        !cph_size_place(&bytes, frame.n, 3 * sizeof(double), &at[1]) ||
        !cph_size_place(&bytes, frame.n, sizeof(cph_c64), &at[2]))
        return cph_fail(error, CPH_ERR_OVERFLOW, "a bound of %zu elements", frame.n);
    void *memory = malloc(bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "a bound of %zu elements: out of memory", frame.n);
    size_t *index = cph_size_at(memory, at[0]);
    frame.position = cph_size_at(memory, at[1]);
    frame.gain = cph_size_at(memory, at[2]);
    status = cph_live_take(model->elements, model->gain, model->flag, index, frame.gain, error);
    for (size_t i = 0; i < frame.n && status == CPH_OK; i++)
        memcpy(frame.position + 3 * i, model->position + 3 * index[i], 3 * sizeof(double));
    if (status == CPH_OK)
        status = cph_doa_measure(&frame, error);
    if (status == CPH_OK)
        status = bound_model(model, &frame, conditional, covariance, error);
    free(memory);
    return status;
}
