/* SPDX-License-Identifier: MIT */
#include "calib/health_moments.h"

#include <math.h>

enum {
    ORDER = 4,
    BATCHES_LEAST = 8 /* that tell how samples hang together */
};

/* Where the sum of x^j y^k stands. */
static size_t place(size_t j, size_t k)
{
    const size_t order = j + k;
    return order * (order + 1) / 2 - 1 + k;
}

/* central[j][k] = E (x - E x)^j (y - E y)^k from raw[j][k] = E x^j y^k, j + k <= 4. */
static void centre(double raw[ORDER + 1][ORDER + 1], double central[ORDER + 1][ORDER + 1])
{
    static const double choose[ORDER + 1][ORDER + 1] = {
        {1}, {1, 1}, {1, 2, 1}, {1, 3, 3, 1}, {1, 4, 6, 4, 1}};
    double x[ORDER + 1] = {1}, y[ORDER + 1] = {1}; /* powers of the way to the mean */
    for (size_t i = 1; i <= ORDER; i++) {
        x[i] = -raw[1][0] * x[i - 1];
        y[i] = -raw[0][1] * y[i - 1];
    }
    for (size_t j = 0; j <= ORDER; j++)
        for (size_t k = 0; j + k <= ORDER; k++) {
            central[j][k] = 0.0;
            for (size_t p = 0; p <= j; p++)
                for (size_t q = 0; q <= k; q++)
                    central[j][k] += choose[j][p] * choose[k][q] * x[j - p] * y[k - q] * raw[p][q];
        }
}

/* Excess kurtosis from the second and fourth central moment, without the bias that n Gaussian
 * samples give it. */
static double excess(double second, double fourth, double n)
{
    const double plain = fourth / (second * second) - 3.0;
    return n > 3.0 ? (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * plain + 6.0) : NAN;
}

static void add_fourth(cph_health_total *t, double m[ORDER + 1][ORDER + 1], double n)
{
    const double part[2] = {m[2][0], m[0][2]}, fourth[2] = {m[4][0], m[0][4]};
    for (size_t i = 0; i < 2; i++) {
        const double found = part[i] > 0.0 ? excess(part[i], fourth[i], n) : (double)NAN;
        if (!isfinite(found))
            continue;
        t->kurtosis[i] += n * found;
        t->judged[i] += n;
    }
    if (!(part[0] > 0.0 && part[1] > 0.0))
        return;
    const double cross = sqrt(part[0] * part[1]);
    t->weight += n;
    t->e40 += n * m[4][0] / (part[0] * part[0]);
    t->e31 += n * m[3][1] / (part[0] * cross);
    t->e22 += n * m[2][2] / (cross * cross);
    t->e13 += n * m[1][3] / (part[1] * cross);
    t->e04 += n * m[0][4] / (part[1] * part[1]);
}

double cph_health_total_add(cph_health_total *total, const double *sum, size_t stride, double count,
                            cph_c64 origin, double variance)
{
    double raw[ORDER + 1][ORDER + 1] = {{1.0}}, m[ORDER + 1][ORDER + 1];
    for (size_t j = 0; j <= ORDER; j++)
        for (size_t k = 0; j + k <= ORDER; k++)
            if (j + k > 0)
                raw[j][k] = sum[place(j, k) * stride] / count;
    centre(raw, m);
    /* Of integers these are exact, as long as they are below 2^53. */
    const double *const re = sum + CPH_SUM_10 * stride, *const im = sum + CPH_SUM_01 * stride;
    const double power = sum[CPH_SUM_20 * stride] + sum[CPH_SUM_02 * stride] +
                         2.0 * (origin.re * *re + origin.im * *im) +
                         count * (origin.re * origin.re + origin.im * origin.im);
    const double rest = m[2][0] + m[0][2];
    total->count += count;
    total->sum.re += count * origin.re + *re;
    total->sum.im += count * origin.im + *im;
    total->power += power;
    total->ii += count * m[2][0];
    total->iq += count * m[1][1];
    total->qq += count * m[0][2];
    total->spread += count * rest * rest;
    total->wander += isnan(variance) ? 0.0 : variance;
    total->loose += isnan(variance) ? count * rest : 0.0;
    add_fourth(total, m, count);
    return power / count;
}

/* Influences on ln(sigma_Q / sigma_I) and on the correlation r of both, for parts u, v of variance
 * 1: (v^2 - u^2) / 2 and u v - r (u^2 + v^2) / 2. Their variances over K, and dr = cos(phase). */
static void show_imbalance(const cph_health_total *t, double effective, cph_vitals *v)
{
    const double gamma = t->ii + t->qq, difference = t->ii - t->qq;
    const double squared = difference * difference + 4.0 * t->iq * t->iq;
    if (gamma > 0.0)
        v->image = sqrt(squared) / (gamma + sqrt(fmax(gamma * gamma - squared, 0.0)));
    if (!(t->ii > 0.0 && t->qq > 0.0 && t->weight > 0.0))
        return;
    const double r = fmin(fmax(t->iq / sqrt(t->ii * t->qq), -1.0), 1.0), w = t->weight;
    const double gain = 0.25 * (t->e40 + t->e04 - 2.0 * t->e22) / w;
    const double phase =
        (t->e22 - r * (t->e31 + t->e13) + 0.25 * r * r * (t->e40 + 2.0 * t->e22 + t->e04)) / w;
    v->iq_gain = sqrt(t->qq / t->ii);
    v->iq_gain_sigma = sqrt(fmax(gain, 0.0) / effective);
    v->iq_phase_rad = asin(r);
    v->iq_phase_sigma_rad =
        r * r < 1.0 ? sqrt(fmax(phase, 0.0) / (effective * (1.0 - r * r))) : (double)NAN;
}

/* Variance of the sum of all samples, both parts together. */
static double wander(const cph_health_total *t, double independent)
{
    return t->batches >= BATCHES_LEAST ? t->wander + t->loose / independent
                                       : (t->ii + t->qq) / independent;
}

void cph_health_total_show(const cph_health_total *t, cph_health_shares shares, double independent,
                           bool real_sampling, cph_vitals *v)
{
    const double nothing = (double)NAN;
    *v = (cph_vitals){.count = (uint64_t)t->count + t->not_finite,
                      .full_scale = t->full_scale,
                      .not_finite = t->not_finite,
                      .effective = nothing,
                      .power = nothing,
                      .peak = nothing,
                      .offset = {nothing, nothing},
                      .offset_sigma = nothing,
                      .iq_gain = nothing,
                      .iq_gain_sigma = nothing,
                      .iq_phase_rad = nothing,
                      .iq_phase_sigma_rad = nothing,
                      .image = nothing,
                      .kurtosis = {nothing, nothing},
                      .kurtosis_sigma = nothing};
    if (!(t->count > 0.0))
        return;
    /* Channels of unlike powers are fewer than there are. */
    const double gamma = t->ii + t->qq;
    const double alike = t->spread > 0.0 ? gamma * gamma / t->spread : t->count;
    const double variance = wander(t, independent);
    v->effective = variance > 0.0 ? gamma * t->count / variance : independent * t->count;
    v->power = t->power / t->count;
    v->peak = t->peak;
    v->offset = (cph_c64){t->sum.re / t->count, t->sum.im / t->count};
    if (real_sampling)
        v->offset.im = nothing;
    v->offset_sigma = sqrt((real_sampling ? 1.0 : 0.5) * variance) / t->count;
    for (size_t i = 0; i < (real_sampling ? 1 : 2); i++)
        v->kurtosis[i] = t->judged[i] > 0.0 ? t->kurtosis[i] / t->judged[i] : nothing;
    v->kurtosis_sigma = sqrt(24.0 / (shares.fourths * t->count));
    if (!real_sampling)
        show_imbalance(t, shares.mirror * alike, v);
}
