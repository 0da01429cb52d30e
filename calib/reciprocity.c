/* SPDX-License-Identifier: MIT */
/* The ratio of two noisy responses by total least squares. */
#include <math.h>

#include "calib/estimate_parts.h"
#include "cophase/receiver.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

static const double false_alarm = 1e-6;

/* Sums over soundings of |f|^2, |b|^2 and f b*, f whitened to the noise of b. */
typedef struct products {
    double forward, backward;
    cph_c64 cross;
} products;

static products add_up(const cph_reciprocity_config *c, size_t n, double scale)
{
    products p = {0.0, 0.0, {0.0, 0.0}};
    for (size_t t = 0; t < c->soundings; t++) {
        const cph_c64 f = cph_c64_scale(scale, c->forward[t * c->elements + n]);
        const cph_c64 b = c->backward[t * c->elements + n];
        p.forward += cph_c64_power(f);
        p.backward += cph_c64_power(b);
        p.cross = cph_c64_add(p.cross, cph_c64_mulc(f, b));
    }
    return p;
}

/* Whether chance explains the coherence of both: (1 - coherence)^(T - 1). */
static bool by_chance(const products *p, double soundings)
{
    const double coherence = cph_c64_power(p->cross) / (p->forward * p->backward);
    return (soundings - 1.0) * log1p(-fmin(coherence, 1.0 - 1e-16)) > log(false_alarm);
}

/* The eigenvector (u1, u2) of ((forward, cross), (cross*, backward)) has u1/u2 = cross/(l -
 * forward) = (l - backward)/cross*; of both the one without cancellation. */
static void solve_element(const products *p, double soundings, double scale, size_t n,
                          cph_gain_estimate *e)
{
    const double half = 0.5 * (p->forward - p->backward), cross = cph_c64_power(p->cross);
    const double root = sqrt(half * half + cross), above = root + fabs(half);
    const double ratio = half >= 0.0 ? above / cross : 1.0 / above;
    const cph_c64 u = cph_c64_scale(ratio, p->cross); /* u1/u2 */
    const double l1 = 0.5 * (p->forward + p->backward) + root;
    const double l2 = fmax((p->forward * p->backward - cross) / l1, 0.0);
    /* T - 1 complex degrees of freedom are left to the noise. */
    const double noise = l2 / (soundings - 1.0), l = l1 / soundings;
    const double power = l * noise / (soundings * (l - noise) * (l - noise));
    const double one = 1.0 + cph_c64_power(u), shares = cph_c64_power(u) / (one * one);
    e->gain[n] = cph_c64_scale(1.0 / scale, u);
    e->phase_sigma[n] = e->amplitude_sigma[n] = sqrt(0.5 * power / shares);
    e->flag[n] = CPH_FLAG_NONE;
}

static cph_status check(const cph_reciprocity_config *c, const cph_gain_estimate *e,
                        cph_error *error)
{
    size_t count;
    if (c == NULL || c->forward == NULL || c->backward == NULL || c->elements == 0 ||
        !cph_estimate_complete(e) || !(c->noise_ratio >= 0.0) || !isfinite(c->noise_ratio))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "responses both ways and arrays for the answer are needed");
    if (c->soundings < 2)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%zu soundings: 2 are the least", c->soundings);
    if (!cph_size_mul(c->soundings, c->elements, &count) ||
        !cph_size_mul(count, sizeof *c->forward, &count))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu soundings do not fit", c->soundings);
    for (size_t n = 0; n < c->elements; n++)
        if (e->flag[n] == CPH_FLAG_NONE)
            return CPH_OK;
    return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", c->elements);
}

cph_status cph_reciprocity_solve(const cph_reciprocity_config *config, cph_gain_estimate *estimate,
                                 cph_error *error)
{
    const cph_status status = check(config, estimate, error);
    if (status != CPH_OK)
        return status;
    const double soundings = (double)config->soundings;
    const double scale = config->noise_ratio > 0.0 ? 1.0 / sqrt(config->noise_ratio) : 1.0;
    for (size_t n = 0; n < config->elements; n++) {
        if (estimate->flag[n] != CPH_FLAG_NONE) {
            cph_estimate_drop(estimate, n, (cph_flag)estimate->flag[n]);
            continue;
        }
        const products p = add_up(config, n, scale);
        if (!isfinite(p.forward) || !isfinite(p.backward))
            cph_estimate_drop(estimate, n, CPH_FLAG_NOT_FINITE);
        else if (!(p.forward * p.backward > 0.0) || by_chance(&p, soundings))
            cph_estimate_drop(estimate, n, CPH_FLAG_DEAD);
        else
            solve_element(&p, soundings, scale, n, estimate);
    }
    return CPH_OK;
}
