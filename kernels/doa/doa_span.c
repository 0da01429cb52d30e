/* SPDX-License-Identifier: MIT */
#include "kernels/doa/doa_span.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Of |v|^2: what the directions before leave at least. */
static const double least_rest = 1e-12;

cph_status cph_doa_span_create(const cph_doa_frame *frame, size_t sources, cph_doa_span *span,
                               cph_error *error)
{
    size_t bytes = 0, items, slopes, at[7];
    const size_t n = frame->n, square = sources * sources;
    if (!cph_size_mul(sources, n, &items) || !cph_size_mul(items, frame->dims, &slopes) ||
        !cph_size_place(&bytes, items, sizeof(cph_c64), &at[0]) ||
        !cph_size_place(&bytes, square, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, slopes, sizeof(cph_c64), &at[2]) ||
        !cph_size_place(&bytes, items, sizeof(cph_c64), &at[3]) ||
        !cph_size_place(&bytes, square, sizeof(cph_c64), &at[4]) ||
        !cph_size_place(&bytes, n, sizeof(double), &at[5]) ||
        !cph_size_place(&bytes, items, sizeof(cph_c64), &at[6]))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu sources of %zu elements", sources, n);
    void *memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%zu sources of %zu elements: out of memory",
                        sources, n);
    *span = (cph_doa_span){.frame = frame,
                           .sources = sources,
                           .parameters = sources * frame->dims,
                           .basis = cph_size_at(memory, at[0]),
                           .triangle = cph_size_at(memory, at[1]),
                           .slope = cph_size_at(memory, at[2]),
                           .fall = cph_size_at(memory, at[6]),
                           .image = cph_size_at(memory, at[3]),
                           .inner = cph_size_at(memory, at[4]),
                           .phase = cph_size_at(memory, at[5]),
                           .memory = memory};
    return CPH_OK;
}

void cph_doa_span_free(cph_doa_span *span)
{
    free(span->memory);
    span->memory = NULL;
}

/* x less its parts along the first `count` rows of the basis, twice, lest rounding bring them back;
 * the parts are added to column `column` of the triangle, unless it is NULL. */
static void reject(const cph_doa_span *span, size_t count, cph_c64 *x, cph_c64 *column)
{
    const size_t n = span->frame->n;
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < count; k++) {
            const cph_c64 *q = span->basis + k * n;
            const cph_c64 along = cph_c64_inner(n, q, x);
            for (size_t i = 0; i < n; i++)
                x[i] = cph_c64_sub(x[i], cph_c64_mul(along, q[i]));
            if (column != NULL)
                column[k * span->sources] = cph_c64_add(column[k * span->sources], along);
        }
}

static void derive_along(const cph_doa_span *span, const double u[3], const double way[3],
                         cph_c64 *slope)
{
    const cph_doa_frame *f = span->frame;
    cph_doa_steer(f, u, slope);
    cph_doa_slope(f, way, span->phase);
    for (size_t i = 0; i < f->n; i++)
        slope[i] = (cph_c64){-span->phase[i] * slope[i].im, span->phase[i] * slope[i].re};
}

static void derive(const cph_doa_span *span, size_t source, const double u[3])
{
    const cph_doa_frame *f = span->frame;
    const double back[3] = {-u[0], -u[1], -u[2]};
    double tangent[2][3];
    cph_doa_tangents(f, u, tangent);
    for (size_t d = 0; d < f->dims; d++)
        derive_along(span, u, tangent[d], span->slope + (source * f->dims + d) * f->n);
    derive_along(span, u, back, span->fall + source * f->n);
}

cph_status cph_doa_span_set(cph_doa_span *span, const double *direction, cph_error *error)
{
    const size_t n = span->frame->n, count = span->sources;
    memset(span->triangle, 0, count * count * sizeof *span->triangle);
    for (size_t s = 0; s < count; s++) {
        cph_c64 *v = span->basis + s * n;
        cph_doa_steer(span->frame, direction + 3 * s, v);
        reject(span, s, v, span->triangle + s);
        const double left = cph_c64_inner(n, v, v).re;
        if (!(left > least_rest * span->frame->norm))
            return cph_fail(error, CPH_ERR_SINGULAR,
                            "direction %zu of %zu falls together with others", s, count);
        span->triangle[s * count + s].re = sqrt(left);
        for (size_t i = 0; i < n; i++)
            v[i] = cph_c64_scale(1.0 / sqrt(left), v[i]);
    }
    for (size_t s = 0; s < count; s++)
        derive(span, s, direction + 3 * s);
    for (size_t i = 0; i < span->parameters; i++)
        reject(span, count, span->slope + i * n, NULL);
    for (size_t s = 0; s < count; s++)
        reject(span, count, span->fall + s * n, NULL);
    return CPH_OK;
}

double cph_doa_span_load(cph_doa_span *span, const cph_c64 *r)
{
    const size_t n = span->frame->n, count = span->sources;
    double outside = 0.0;
    for (size_t k = 0; k < count; k++)
        for (size_t p = 0; p < n; p++) {
            const cph_c64 *q = span->basis + k * n;
            cph_c64 sum = {0.0, 0.0};
            for (size_t i = 0; i < n; i++)
                sum = cph_c64_add(sum, cph_c64_mul(r[p * n + i], q[i]));
            span->image[k * n + p] = sum;
        }
    for (size_t k = 0; k < count; k++)
        for (size_t l = 0; l < count; l++)
            span->inner[k * count + l] = cph_c64_inner(n, span->basis + k * n, span->image + l * n);
    for (size_t p = 0; p < n; p++)
        outside += r[p * n + p].re;
    for (size_t k = 0; k < count; k++)
        outside -= span->inner[k * count + k].re;
    return outside;
}

void cph_doa_span_undo(const cph_doa_span *span, cph_c64 *x)
{
    const size_t count = span->sources;
    for (size_t s = count; s-- > 0;) {
        for (size_t k = s + 1; k < count; k++)
            x[s] = cph_c64_sub(x[s], cph_c64_mul(span->triangle[s * count + k], x[k]));
        x[s] = cph_c64_scale(1.0 / span->triangle[s * count + s].re, x[s]);
    }
}

/* a becomes a^H. */
static void adjoint(size_t count, cph_c64 *a)
{
    for (size_t s = 0; s < count; s++)
        for (size_t t = 0; t <= s; t++) {
            const cph_c64 swap = a[s * count + t];
            a[s * count + t] = cph_c64_conj(a[t * count + s]);
            a[t * count + s] = cph_c64_conj(swap);
        }
}

void cph_doa_span_sources(const cph_doa_span *span, const cph_c64 *inner, cph_c64 *w)
{
    const size_t count = span->sources;
    if (w != inner)
        memcpy(w, inner, count * count * sizeof *w);
    /* (T^-1 (T^-1 B)^H)^H, a row of the adjoint being a column */
    for (int side = 0; side < 2; side++) {
        adjoint(count, w);
        for (size_t s = 0; s < count; s++) {
            for (size_t t = 0; t < count; t++)
                w[s * count + t] = cph_c64_conj(w[s * count + t]);
            cph_doa_span_undo(span, w + s * count);
            for (size_t t = 0; t < count; t++)
                w[s * count + t] = cph_c64_conj(w[s * count + t]);
        }
    }
}

void cph_doa_span_information(const cph_doa_span *span, const cph_c64 *w, double *information)
{
    const size_t n = span->frame->n, dims = span->frame->dims, count = span->sources;
    for (size_t i = 0; i < span->parameters; i++)
        for (size_t j = 0; j < span->parameters; j++) {
            const cph_c64 inner = cph_c64_inner(n, span->slope + i * n, span->slope + j * n);
            information[i * span->parameters + j] =
                cph_c64_mul(inner, w[j / dims * count + i / dims]).re;
        }
}
