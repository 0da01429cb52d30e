/* SPDX-License-Identifier: MIT */
/* The nulls of a plan: their vectors as floats, what each is worth, and the factored products of
 * one another. */
#include <math.h>
#include <string.h>

#include "kernels/adaptive/cholesky.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/track/track_plan.h"

static const double usual_inr = 1e4;

/* *scale: the largest modulus. */
static cph_status check(const cph_track_plan *p, size_t nulls, const cph_c64 *vector,
                        const double *inr, double *scale, cph_error *error)
{
    if (nulls > p->nulls_max || (nulls > 0 && vector == NULL))
        return cph_fail(error, CPH_ERR_ARGUMENT, "%zu nulls: the plan has room for %zu", nulls,
                        p->nulls_max);
    if (nulls > p->driven / 2)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%zu nulls of %zu elements: expected at most half",
                        nulls, p->driven);
    *scale = 0.0;
    for (size_t j = 0; j < nulls; j++) {
        if (inr != NULL && !(inr[j] > 0.0 && isfinite(inr[j])))
            return cph_fail(error, CPH_ERR_ARGUMENT,
                            "null %zu: a power of %g, expected one above 0", j, inr[j]);
        for (size_t n = 0; n < p->elements; n++) {
            const cph_c64 v = vector[j * p->elements + n];
            if (p->live[n] && !cph_c64_finite(v))
                return cph_fail(error, CPH_ERR_NOT_FINITE, "null %zu, element %zu: not finite", j,
                                n);
            if (p->live[n])
                *scale = fmax(*scale, hypot(v.re, v.im));
        }
    }
    return CPH_OK;
}

/* Into p->spare; what is divided by its own size cannot be too small to tell. */
static cph_status factor(cph_track_plan *p, size_t nulls, const cph_c64 *vector, double scale,
                         cph_error *error)
{
    size_t row = 0;
    for (size_t i = 0; i < nulls; i++)
        for (size_t j = 0; j <= i; j++) {
            const cph_c64 *const x = vector + i * p->elements, *const y = vector + j * p->elements;
            cph_c64 sum = {0.0, 0.0};
            for (size_t n = 0; n < p->elements; n++) {
                if (!p->live[n])
                    continue;
                const cph_c64 a = cph_c64_scale(1.0 / scale, x[n]);
                const cph_c64 b = cph_c64_scale((double)p->share[n] / scale, y[n]);
                sum = cph_c64_add(sum, cph_c64_mulc(a, b));
            }
            p->spare[i * nulls + j] = sum;
        }
    for (size_t i = 0; i < nulls; i++)
        if (!(p->spare[i * nulls + i].re > 0.0))
            return cph_fail(error, CPH_ERR_SINGULAR, "null %zu: its vector is 0", i);
    if (cph_cholesky_factor(nulls, p->spare, &row) != 1.0)
        return cph_fail(error, CPH_ERR_SINGULAR, "null %zu is made of the others", row);
    return CPH_OK;
}

static void keep(cph_track_plan *p, size_t nulls, const cph_c64 *vector, const double *inr,
                 double scale)
{
    cph_c64 *const factored = p->spare;
    p->spare = p->factor;
    p->factor = factored;
    p->nulls = nulls;
    p->vector_scale = scale;
    memset(p->null_power, 0, p->ld * sizeof *p->null_power);
    for (size_t j = 0; j < nulls; j++) {
        float *const re = p->v + 2 * j * p->ld, *const im = re + p->ld;
        p->inr[j] = (inr != NULL ? inr[j] : usual_inr) * scale * scale;
        for (size_t n = 0; n < p->elements; n++) {
            const cph_c64 v = p->live[n] ? cph_c64_scale(1.0 / scale, vector[j * p->elements + n])
                                         : (cph_c64){0.0, 0.0};
            p->vector[j * p->elements + n] = v;
            re[n] = (float)v.re;
            im[n] = (float)v.im;
            p->null_power[n] += (float)(p->inr[j] * cph_c64_power(v));
        }
    }
}

cph_status cph_track_set_nulls(cph_track_plan *plan, size_t nulls, const cph_c64 *vector,
                               const double *inr, cph_error *error)
{
    double scale = 0.0;
    if (plan == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no plan to null");
    cph_status status = check(plan, nulls, vector, inr, &scale, error);
    if (status == CPH_OK && nulls > 0 && !(scale > 0.0))
        status = cph_fail(error, CPH_ERR_SINGULAR, "all null vectors are 0");
    if (status == CPH_OK && nulls > 0)
        status = factor(plan, nulls, vector, scale, error);
    if (status == CPH_OK)
        keep(plan, nulls, vector, inr, scale);
    return status;
}

size_t cph_track_nulls(const cph_track_plan *plan)
{
    return plan->nulls;
}
