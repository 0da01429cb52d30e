/* SPDX-License-Identifier: MIT */
/* Offset and image of each receiver, from moments of its samples. */
#include "cophase/receiver.h"

#include <math.h>
#include <stdbool.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { TIMES_LEAST = 16 };
/* A larger share of E[y^2] is the signal's own. */
static const double most_image = 0.8;
/* Power beside the offset that rounding alone may leave. */
static const double rounding = 1e-13;

typedef struct moments {
    cph_c64 mean, square;  /* E[y], E[(y - mean)^2] */
    double power, quartic; /* E|y - mean|^2, E|y - mean|^4 */
} moments;

static cph_c64 sample(const cph_c32 *x)
{
    return (cph_c64){x->re, x->im};
}

static moments measure(size_t times, const cph_c32 *x, size_t ld)
{
    const double share = 1.0 / (double)times;
    moments m = {{0.0, 0.0}, {0.0, 0.0}, 0.0, 0.0};
    for (size_t t = 0; t < times; t++)
        m.mean = cph_c64_add(m.mean, cph_c64_scale(share, sample(x + t * ld)));
    for (size_t t = 0; t < times; t++) {
        const cph_c64 y = cph_c64_sub(sample(x + t * ld), m.mean);
        const double power = cph_c64_power(y);
        m.square = cph_c64_add(m.square, cph_c64_scale(share, cph_c64_mul(y, y)));
        m.power += share * power;
        m.quartic += share * power * power;
    }
    return m;
}

static cph_flag judge(const moments *m)
{
    if (!isfinite(m->power) || !cph_c64_finite(m->mean))
        return CPH_FLAG_NOT_FINITE;
    if (m->power <= rounding * cph_c64_power(m->mean) || m->power == 0.0)
        return CPH_FLAG_DEAD;
    return cph_c64_power(m->square) > most_image * most_image * m->power * m->power
               ? CPH_FLAG_UNSOLVED
               : CPH_FLAG_NONE;
}

static void deliver(size_t times, const moments *m, size_t n, cph_iq_correction *c)
{
    const double k = (double)times, image = cph_c64_power(m->square);
    const double root = sqrt(m->power * m->power - image);
    c->offset[n] = m->mean;
    c->offset_sigma[n] = sqrt(m->power / (2.0 * k));
    c->image[n] = cph_c64_scale(-1.0 / (m->power + root), m->square);
    c->image_sigma[n] = sqrt((m->quartic - image) / (8.0 * k * m->power * m->power));
}

static bool complete(const cph_iq_correction *c)
{
    return c != NULL && c->offset != NULL && c->offset_sigma != NULL && c->image != NULL &&
           c->image_sigma != NULL && c->flag != NULL;
}

cph_status cph_iq_solve(size_t times, size_t elements, const cph_c32 *samples, size_t ld,
                        cph_iq_correction *correction, cph_error *error)
{
    size_t live = 0;
    if (samples == NULL || elements == 0 || !complete(correction))
        return cph_fail(error, CPH_ERR_ARGUMENT, "samples and arrays for the answer are needed");
    if (times < TIMES_LEAST)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%zu times: %d are the least", times, TIMES_LEAST);
    if (!cph_size_matrix(times, ld, elements, sizeof *samples))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu times of %zu elements do not fit", times,
                        elements);
    for (size_t n = 0; n < elements; n++)
        live += correction->flag[n] == CPH_FLAG_NONE;
    if (live == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", elements);
    for (size_t n = 0; n < elements; n++) {
        if (correction->flag[n] == CPH_FLAG_NONE) {
            const moments m = measure(times, samples + n, ld);
            correction->flag[n] = (unsigned char)judge(&m);
            if (correction->flag[n] == CPH_FLAG_NONE) {
                deliver(times, &m, n, correction);
                continue;
            }
        }
        const double nothing = (double)NAN;
        correction->offset[n] = correction->image[n] = (cph_c64){nothing, nothing};
        correction->offset_sigma[n] = correction->image_sigma[n] = nothing;
    }
    return CPH_OK;
}

cph_status cph_iq_apply(size_t times, size_t elements, const cph_iq_correction *correction,
                        cph_c32 *samples, size_t ld)
{
    if (samples == NULL || elements == 0 || !complete(correction))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(times, ld, elements, sizeof *samples))
        return CPH_ERR_OVERFLOW;
    for (size_t t = 0; t < times; t++)
        for (size_t n = 0; n < elements; n++) {
            cph_c32 *const x = &samples[t * ld + n];
            if (correction->flag[n] != CPH_FLAG_NONE)
                continue;
            const cph_c64 y = cph_c64_sub(sample(x), correction->offset[n]);
            const cph_c64 z = cph_c64_add(y, cph_c64_mulc(correction->image[n], y));
            *x = (cph_c32){(float)z.re, (float)z.im};
        }
    return CPH_OK;
}
