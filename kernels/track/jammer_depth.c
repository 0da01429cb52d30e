/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "cophase/jammer.h"
#include "cophase/random.h"
#include "kernels/core/c64.h"

typedef struct question {
    size_t elements;
    const cph_c32 *w;
    const cph_c64 *s, *v;
    const double *amplitude, *phase;
} question;

static cph_status check(const question *q)
{
    for (size_t n = 0; n < q->elements; n++) {
        const double sigma = q->amplitude[n] + q->phase[n];
        if (!isfinite(q->w[n].re) || !isfinite(q->w[n].im) || !cph_c64_finite(q->s[n]) ||
            !cph_c64_finite(q->v[n]) || !isfinite(sigma))
            return CPH_ERR_NOT_FINITE;
        if (q->amplitude[n] < 0.0 || q->phase[n] < 0.0)
            return CPH_ERR_ARGUMENT;
    }
    return CPH_OK;
}

static cph_c64 weight(const question *q, size_t n)
{
    return (cph_c64){(double)q->w[n].re, (double)q->w[n].im};
}

/* w^H (x times what each gain is off by); random NULL: by nothing. */
static void responses(const question *q, cph_random *random, cph_c64 *look, cph_c64 *null)
{
    *look = *null = (cph_c64){0.0, 0.0};
    for (size_t n = 0; n < q->elements; n++) {
        cph_c64 c = cph_c64_conj(weight(q, n));
        if (random != NULL) {
            const cph_c64 draw = cph_random_normal(random);
            const double size = 1.0 + M_SQRT2 * q->amplitude[n] * draw.re;
            const double angle = M_SQRT2 * q->phase[n] * draw.im;
            c = cph_c64_mul(c, (cph_c64){size * cos(angle), size * sin(angle)});
        }
        *look = cph_c64_add(*look, cph_c64_mul(c, q->s[n]));
        *null = cph_c64_add(*null, cph_c64_mul(c, q->v[n]));
    }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double model(const question *q, cph_c64 look, cph_c64 null)
{
    double sum = cph_c64_power(null);
    for (size_t n = 0; n < q->elements; n++)
        sum += cph_c64_power(weight(q, n)) * cph_c64_power(q->v[n]) *
               (q->phase[n] * q->phase[n] + q->amplitude[n] * q->amplitude[n]);
    return 10.0 * log10(sum / cph_c64_power(look));
}

cph_status cph_jammer_depth(size_t elements, const cph_c32 *w, const cph_c64 *s, const cph_c64 *v,
                            const double *amplitude, const double *phase, size_t draws,
                            uint64_t seed, double share, cph_jammer_chance *chance)
{
    const question q = {elements, w, s, v, amplitude, phase};
    cph_random random;
    cph_c64 look, null;
    double mean = 0.0;
    if (elements == 0 || w == NULL || s == NULL || v == NULL || amplitude == NULL ||
        phase == NULL || draws == 0 || !(share > 0.0 && share < 1.0) || chance == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status = check(&q);
    if (status != CPH_OK)
        return status;
    responses(&q, NULL, &look, &null);
    if (!(cph_c64_power(look) > 0.0))
        return CPH_ERR_SINGULAR;
    double *const depth = calloc(draws, sizeof *depth);
    if (depth == NULL)
        return CPH_ERR_MEMORY;
    chance->model_db = model(&q, look, null);
    cph_random_seed(&random, seed, 0);
    for (size_t i = 0; i < draws; i++) {
        responses(&q, &random, &look, &null);
        depth[i] = cph_c64_power(null) / cph_c64_power(look);
        mean += depth[i] / (double)draws;
    }
    qsort(depth, draws, sizeof *depth, ascending);
    const double place = ceil(share * (double)draws);
    chance->mean_db = 10.0 * log10(mean);
    chance->likely_db = 10.0 * log10(depth[(size_t)place - 1]);
    free(depth);
    return CPH_OK;
}
