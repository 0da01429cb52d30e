/* SPDX-License-Identifier: MIT */
/* The constraints of a beam, and its weights as they are stored. */
#include <math.h>
#include <string.h>

#include "cli/adapt_shop.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/vec3.h"

/* A slope that is this small beside the other, or this near to it, has no direction of its own:
 * a line of elements has one slope, not two. */
static const double no_slope = 1e-6;

/* Positions about the mean of the live ones: there the phase of a flat response is flat too. */
static void centre(cph_shop *s)
{
    const size_t n = s->selection->elements;
    const double *position = s->selection->position;
    double mean[3] = {0.0, 0.0, 0.0}, live = 0.0;
    for (size_t e = 0; e < n; e++)
        if (s->flag[e] == CPH_FLAG_NONE) {
            cph_add3(mean, 1.0, position + 3 * e, mean);
            live += 1.0;
        }
    for (size_t e = 0; e < n; e++)
        cph_add3(position + 3 * e, -1.0 / fmax(live, 1.0), mean, s->centred + 3 * e);
}

/* Two directions at right angles to u and to each other. */
static void tangents(const double u[3], double first[3], double second[3])
{
    double axis[3] = {0.0, 0.0, 0.0};
    const double z = fabs(u[2]);
    axis[z < 0.9 ? 2 : 0] = 1.0;
    (void)cph_reject3(axis, u, first);
    (void)cph_unit3(first);
    cph_cross3(u, first, second);
}

/* x^H y over the live elements. */
static cph_c64 inner(const cph_shop *s, const cph_c64 *x, const cph_c64 *y)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t e = 0; e < s->selection->elements; e++)
        if (s->flag[e] == CPH_FLAG_NONE)
            sum = cph_c64_add(sum, cph_c64_mulc(y[e], x[e]));
    return sum;
}

/* Keeps of two slopes at c what differs: the larger one first. */
static size_t independent(cph_shop *s, cph_c64 *c)
{
    const size_t n = s->selection->elements;
    cph_c64 *other = c + n;
    double size = inner(s, c, c).re, beside = inner(s, other, other).re;
    if (size < beside) {
        memcpy(s->w, c, n * sizeof *c);
        memcpy(c, other, n * sizeof *c);
        memcpy(other, s->w, n * sizeof *c);
        const double swap = size;
        size = beside;
        beside = swap;
    }
    if (!(size > 0.0))
        return 0;
    const double along = cph_c64_power(inner(s, c, other)) / size;
    return beside - along > no_slope * no_slope * size ? 2 : 1;
}

cph_status cph_adapt_constrain(cph_shop *s, size_t b, size_t *count, cph_error *error)
{
    const size_t n = s->selection->elements;
    const double *u = s->weights->direction + 3 * b;
    cph_status status = cph_steer_c64(n, s->selection->position, s->dump.freq_hz, u, s->c);
    *count = 1 + s->nulls->count;
    for (size_t i = 0; i < s->nulls->count; i++)
        memcpy(s->c + (1 + i) * n, s->nulls->c + s->nulls->first[i] * n, n * sizeof *s->c);
    if (status == CPH_OK && s->method->keys.derivative > 0.0) {
        double first[3], second[3];
        cph_c64 *slopes = s->c + *count * n;
        centre(s);
        tangents(u, first, second);
        status = cph_constraint_derivative(n, s->centred, s->dump.freq_hz, u, first, slopes);
        if (status == CPH_OK)
            status =
                cph_constraint_derivative(n, s->centred, s->dump.freq_hz, u, second, slopes + n);
        if (status == CPH_OK)
            *count += independent(s, slopes);
    }
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "steering: %s", cph_status_name(status));
}

void cph_adapt_store(cph_shop *s, size_t b)
{
    const size_t n = s->selection->elements;
    cph_c32 *w = s->weights->weights + (b * s->weights->channels + s->channel) * n;
    for (size_t e = 0; e < n; e++) {
        cph_c64 z = s->w[e];
        if (s->calibrated && s->flag[e] == CPH_FLAG_NONE) /* over conj(g) */
            z = cph_c64_scale(1.0 / cph_c64_power(s->gain[e]), cph_c64_mul(z, s->gain[e]));
        w[e] = (cph_c32){(float)z.re, (float)z.im};
    }
    cph_nulls_measure(s->nulls, b, 0.0, s->c, s->gain, s->flag, w);
}
