/* SPDX-License-Identifier: MIT */
/* Mutual coupling by scattering parameters. */
#include "cophase/coupling.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kernels/core/size.h"

static bool all_finite(size_t count, const cph_c64 *value)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(value[i].re) || !isfinite(value[i].im))
            return false;
    return true;
}

static cph_status check(size_t elements, const cph_c64 *s, const cph_c64 *a)
{
    if (elements == 0 || s == NULL || a == NULL)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(elements, elements, elements, sizeof *s))
        return CPH_ERR_OVERFLOW;
    return all_finite(elements * elements, s) && all_finite(elements, a) ? CPH_OK
                                                                         : CPH_ERR_NOT_FINITE;
}

/* The wave out of port n. */
static cph_c64 outgoing(size_t elements, const cph_c64 *s, const cph_c64 *a, size_t n)
{
    const cph_c64 *row = s + n * elements;
    cph_c64 b = {0.0, 0.0};
    for (size_t m = 0; m < elements; m++) {
        b.re += row[m].re * a[m].re - row[m].im * a[m].im;
        b.im += row[m].re * a[m].im + row[m].im * a[m].re;
    }
    return b;
}

static double power(cph_c64 a)
{
    return a.re * a.re + a.im * a.im;
}

cph_status cph_coupling_radiating(size_t elements, const cph_c64 *s, const cph_c64 *a,
                                  cph_radiator radiator, cph_c64 *radiating)
{
    const cph_status status = check(elements, s, a);
    if (status != CPH_OK)
        return status;
    if (radiating == NULL || radiating == a || (size_t)radiator >= CPH_RADIATOR_COUNT)
        return CPH_ERR_ARGUMENT;
    const double sign = radiator == CPH_RADIATOR_VOLTAGE ? 1.0 : -1.0;
    for (size_t n = 0; n < elements; n++) {
        const cph_c64 b = outgoing(elements, s, a, n);
        radiating[n] = (cph_c64){a[n].re + sign * b.re, a[n].im + sign * b.im};
    }
    return CPH_OK;
}

cph_status cph_coupling_reflection(size_t elements, const cph_c64 *s, const cph_c64 *a,
                                   cph_c64 *gamma, cph_reflection *reflection)
{
    const cph_status status = check(elements, s, a);
    double sent = 0.0, back = 0.0, sum = 0.0, worst = -1.0;
    size_t excited = 0;
    if (status != CPH_OK)
        return status;
    if (reflection == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < elements; n++)
        sent += power(a[n]);
    if (!(sent > 0.0))
        return CPH_ERR_TOO_FEW;
    for (size_t n = 0; n < elements; n++) {
        const cph_c64 b = outgoing(elements, s, a, n);
        const double into = power(a[n]);
        back += power(b);
        if (gamma != NULL)
            gamma[n] = into > 0.0 ? (cph_c64){(b.re * a[n].re + b.im * a[n].im) / into,
                                              (b.im * a[n].re - b.re * a[n].im) / into}
                                  : (cph_c64){NAN, NAN};
        if (!(into > 0.0))
            continue;
        excited++;
        sum += power(b) / into;
        if (power(b) / into > worst) {
            worst = power(b) / into;
            reflection->worst = n;
        }
    }
    reflection->worst_db = 10.0 * log10(worst);
    reflection->mean_db = 10.0 * log10(sum / (double)excited);
    reflection->mismatch_loss_db = back < sent ? -10.0 * log10(1.0 - back / sent) : NAN;
    return CPH_OK;
}

/* x = S^H b, its length returned. */
static double back_through(size_t elements, const cph_c64 *s, const cph_c64 *b, cph_c64 *x)
{
    double length = 0.0;
    for (size_t m = 0; m < elements; m++)
        x[m] = (cph_c64){0.0, 0.0};
    for (size_t n = 0; n < elements; n++)
        for (size_t m = 0; m < elements; m++) {
            const cph_c64 e = s[n * elements + m];
            x[m].re += e.re * b[n].re + e.im * b[n].im;
            x[m].im += e.re * b[n].im - e.im * b[n].re;
        }
    for (size_t m = 0; m < elements; m++)
        length += power(x[m]);
    return sqrt(length);
}

/* Power iteration; the start has a part along everything, and phases of no regularity. */
static double iterate(size_t elements, const cph_c64 *s, cph_c64 *x, cph_c64 *b)
{
    enum { MOST_PASSES = 2000 };
    static const double enough = 1e-10, angle = 2.399963229728653;
    double norm = 0.0;
    for (size_t m = 0; m < elements; m++) {
        const double turn = angle * (double)m * (double)m;
        x[m] = (cph_c64){cos(turn) / sqrt((double)elements), sin(turn) / sqrt((double)elements)};
    }
    for (int pass = 0; pass < MOST_PASSES; pass++) {
        double out = 0.0;
        for (size_t n = 0; n < elements; n++) {
            b[n] = outgoing(elements, s, x, n);
            out += power(b[n]);
        }
        const double before = norm;
        norm = fmax(norm, sqrt(out));
        const double length = back_through(elements, s, b, x);
        if (!(length > 0.0) || norm - before <= enough * norm)
            break;
        for (size_t m = 0; m < elements; m++)
            x[m] = (cph_c64){x[m].re / length, x[m].im / length};
    }
    return norm;
}

cph_status cph_coupling_norm(size_t elements, const cph_c64 *s, double *norm)
{
    const cph_status status = norm != NULL ? check(elements, s, s) : CPH_ERR_ARGUMENT;
    if (status != CPH_OK)
        return status;
    cph_c64 *x = calloc(elements, sizeof *x), *b = calloc(elements, sizeof *b);
    if (x != NULL && b != NULL)
        *norm = iterate(elements, s, x, b);
    const cph_status done = x != NULL && b != NULL ? CPH_OK : CPH_ERR_MEMORY;
    free(x);
    free(b);
    return done;
}
