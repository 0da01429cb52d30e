/* SPDX-License-Identifier: MIT */
#include "calib/estimate_parts.h"

#include <stdlib.h>

#include "calib/gauge.h"
#include "calib/median.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* As the solver of gains from covariances has it (gains_flag.c). */
static const double dead_sigma = 4.0, dead_median = 0.42, dead_least = 1e-6;

static double modulus(cph_c64 z)
{
    return hypot(z.re, z.im);
}

static bool good(const cph_gain_estimate *e, size_t n)
{
    return e->flag[n] == CPH_FLAG_NONE;
}

static cph_flag judge(double gain, double sigma, double median, double weak_below)
{
    if (!isfinite(gain))
        return CPH_FLAG_UNSOLVED;
    if (gain <= dead_least * median ||
        (gain < dead_median * median && isfinite(sigma) && dead_sigma * sigma > 1.0))
        return CPH_FLAG_DEAD;
    return gain < weak_below * median ? CPH_FLAG_WEAK : CPH_FLAG_NONE;
}

cph_status cph_estimate_flag_low(size_t elements, double weak_below, cph_gain_estimate *estimate)
{
    size_t bytes;
    if (elements == 0 || !cph_estimate_complete(estimate) || !(weak_below >= 0.0))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(elements, sizeof(double), &bytes))
        return CPH_ERR_OVERFLOW;
    double *const size = malloc(bytes);
    if (size == NULL)
        return CPH_ERR_MEMORY;
    size_t count = 0;
    for (size_t n = 0; n < elements; n++)
        if (good(estimate, n) && cph_c64_finite(estimate->gain[n]))
            size[count++] = modulus(estimate->gain[n]);
    const double median = cph_median(size, count);
    for (size_t n = 0; n < elements; n++) {
        if (!good(estimate, n))
            continue;
        const cph_flag flag =
            judge(modulus(estimate->gain[n]), estimate->amplitude_sigma[n], median, weak_below);
        if (flag != CPH_FLAG_NONE)
            cph_estimate_drop(estimate, n, flag);
    }
    free(size);
    return CPH_OK;
}

/* Unflagged gains side by side, and what the gauge takes from each error. */
typedef struct packed {
    size_t n, reference;
    cph_c64 *gain;           /* [n] */
    double *weight;          /* [n] |g| / sum |g| */
    double phase, amplitude; /* variances of the weighted means */
} packed;

static cph_status pack(size_t elements, size_t reference, const cph_gain_estimate *e, packed *p,
                       cph_error *error)
{
    double sum = 0.0;
    p->reference = SIZE_MAX;
    for (size_t n = 0; n < elements; n++) {
        if (!good(e, n))
            continue;
        const double size = modulus(e->gain[n]);
        if (!isfinite(size) || size == 0.0)
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "the gain of element %zu is zero or not finite, and it is not flagged",
                            n);
        if (n == reference)
            p->reference = p->n;
        p->weight[p->n] = size;
        p->gain[p->n++] = e->gain[n];
        sum += size;
    }
    if (p->n == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", elements);
    if (reference != SIZE_MAX && p->reference == SIZE_MAX)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "the reference element %zu is flagged or does not exist", reference);
    for (size_t i = 0, n = 0; n < elements; n++)
        if (good(e, n)) {
            const double share = p->weight[i] / sum;
            p->weight[i++] = share;
            p->phase += e->phase_sigma[n] * e->phase_sigma[n] / (double)(p->n * p->n);
            p->amplitude += share * share * e->amplitude_sigma[n] * e->amplitude_sigma[n];
        }
    return CPH_OK;
}

/* Standard error of e less the weighted mean (of variance `mean`) in which it has this share. What
 * rounding leaves below 0 is 0; NaN, an error that nothing tells, stays NaN. */
static double against_mean(double sigma, double share, double mean)
{
    const double variance = sigma * sigma * (1.0 - 2.0 * share) + mean;
    return variance < 0.0 ? 0.0 : sqrt(variance);
}

static void unpack(size_t elements, size_t reference, const packed *p, cph_gain_estimate *e)
{
    const double fixed = reference == SIZE_MAX ? 0.0 : e->phase_sigma[reference];
    for (size_t i = 0, n = 0; n < elements; n++) {
        if (!good(e, n)) {
            cph_estimate_drop(e, n, (cph_flag)e->flag[n]);
            continue;
        }
        const double own = e->phase_sigma[n];
        e->phase_sigma[n] = n == reference ? 0.0
                            : reference != SIZE_MAX
                                ? hypot(own, fixed)
                                : against_mean(own, 1.0 / (double)p->n, p->phase);
        e->amplitude_sigma[n] = against_mean(e->amplitude_sigma[n], p->weight[i], p->amplitude);
        e->gain[n] = p->gain[i++];
    }
}

cph_status cph_estimate_gauge(size_t elements, size_t reference, cph_gain_estimate *estimate,
                              cph_error *error)
{
    size_t bytes = 0, at[2];
    if (elements == 0 || !cph_estimate_complete(estimate))
        return cph_fail(error, CPH_ERR_ARGUMENT, "a gauge needs gains, errors and flags");
    if (!cph_size_place(&bytes, elements, sizeof(cph_c64), &at[0]) ||
        !cph_size_place(&bytes, elements, sizeof(double), &at[1]))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements are too many", elements);
    void *const memory = malloc(bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu gains", elements);
    packed p = {.gain = cph_size_at(memory, at[0]), .weight = cph_size_at(memory, at[1])};
    const cph_status status = pack(elements, reference, estimate, &p, error);
    if (status == CPH_OK) {
        cph_gauge_phase(p.n, p.reference, p.gain);
        (void)cph_gauge_scale(p.n, p.gain);
        unpack(elements, reference, &p, estimate);
    }
    free(memory);
    return status;
}
