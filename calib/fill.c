/* SPDX-License-Identifier: MIT */
/* Gains between channels: delays and common factors off, curves through the rest. */
#include "cophase/fill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/fill.h"
#include "calib/fill_desk.h"
#include "cophase/band.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { CHANNELS_LEAST = 3, GRID = 33, GOLDEN_STEPS = 24 };
static const double turn = 6.28318530717958647693, golden = 0.61803398874989484820,
                    least_sigma = 1e-7;

/* ---- readings as curves ---- */

static double variance_of(double sigma)
{
    return fmax(sigma, least_sigma) * fmax(sigma, least_sigma);
}

/* Curves of element n: what the fit of its delay leaves of phase (unwrapped) and log |g|. */
static void make_curves(cph_fill_desk *d, size_t n)
{
    const cph_fill_config *c = d->c;
    const size_t base = n * c->channels;
    size_t count = 0;
    double last = 0.0;
    for (size_t i = 0; i < c->channels; i++) {
        const size_t at = d->order[i] * c->elements + n;
        if (!cph_c64_finite(d->rest[at]) || d->dead[n])
            continue;
        const double angle = atan2(d->rest[at].im, d->rest[at].re);
        last = count > 0 ? last + remainder(angle - last, turn) : angle;
        d->x[base + count] = d->place[i];
        d->y[0][base + count] = last;
        d->y[1][base + count] = 0.5 * log(cph_c64_power(d->rest[at]));
        d->variance[0][base + count] = variance_of(c->phase_sigma[at]);
        d->variance[1][base + count] = variance_of(c->amplitude_sigma[at]);
        count++;
    }
    d->count[n] = count;
}

static cph_fill_curve curve_of(const cph_fill_desk *d, int k, size_t n)
{
    const size_t base = n * d->c->channels;
    return (cph_fill_curve){.count = d->count[n],
                            .x = d->x + base,
                            .y = d->y[k] + base,
                            .variance = d->variance[k] + base};
}

/* ---- how fast slopes wander ---- */

static double misfit(const cph_fill_desk *d, int k, double q)
{
    double total = 0.0;
    for (size_t n = 0; n < d->c->elements; n++) {
        const cph_fill_curve curve = curve_of(d, k, n);
        /* The reference of a gauge is exact, and no curve. */
        if (curve.count >= CHANNELS_LEAST && curve.variance[0] > least_sigma * least_sigma)
            total += cph_fill_misfit(&curve, q);
    }
    return total;
}

/* The likeliest, x in steps of channels: a decade at a time, then golden section; or none. */
static double likeliest(const cph_fill_desk *d, int k)
{
    static const double top = 2.0;
    double lowest = INFINITY, best = 0.0;
    for (int i = 0; i < GRID; i++) {
        const double value = misfit(d, k, pow(10.0, top - (double)i));
        if (value < lowest) {
            lowest = value;
            best = top - (double)i;
        }
    }
    double a = best - 1.0, b = best + 1.0;
    double x[2] = {b - golden * (b - a), a + golden * (b - a)};
    double f[2] = {misfit(d, k, pow(10.0, x[0])), misfit(d, k, pow(10.0, x[1]))};
    for (int i = 0; i < GOLDEN_STEPS; i++) {
        const bool left = f[0] < f[1];
        a = left ? a : x[0];
        b = left ? x[1] : b;
        x[left] = x[!left];
        f[left] = f[!left];
        x[!left] = left ? b - golden * (b - a) : a + golden * (b - a);
        f[!left] = misfit(d, k, pow(10.0, x[!left]));
    }
    const double q = pow(10.0, 0.5 * (a + b));
    return misfit(d, k, 0.0) <= misfit(d, k, q) ? 0.0 : q;
}

/* ---- answers ---- */

/* The channel in use that is nearest to a frequency. */
static size_t nearest(const cph_fill_desk *d, double freq_hz)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < d->c->channels; i++)
        if (d->used[i] && (best == SIZE_MAX ||
                           fabs(d->c->freq_hz[i] - freq_hz) < fabs(d->c->freq_hz[best] - freq_hz)))
            best = i;
    return best;
}

static void answer(const cph_fill_desk *d, size_t n, size_t w, const bool *known,
                   const double *level, const double *variance, cph_fill_solution *s)
{
    const cph_fill_config *c = d->c;
    const size_t to = w * c->elements + n;
    if (!known[0] || !known[1]) {
        s->gain[to].re = s->gain[to].im = (double)NAN;
        s->phase_sigma[to] = s->amplitude_sigma[to] = (double)NAN;
        s->flag[to] = CPH_FLAG_UNSOLVED;
        return;
    }
    const double size = exp(level[1]);
    const double angle = level[0] - turn * (c->wanted_hz[w] - d->fit_hz) * d->delay_s[n];
    const cph_c64 g = {size * cos(angle), size * sin(angle)};
    const cph_c64 common =
        c->absolute ? (cph_c64){1.0, 0.0} : d->common[nearest(d, c->wanted_hz[w])];
    s->gain[to] = cph_c64_mul(cph_c64_mul(g, d->fit[n]), common);
    s->phase_sigma[to] = sqrt(variance[0]);
    s->amplitude_sigma[to] = sqrt(variance[1]);
    s->flag[to] = CPH_FLAG_NONE;
}

static void answer_element(const cph_fill_desk *d, size_t n, cph_fill_solution *s)
{
    const cph_fill_config *c = d->c;
    const double gap = c->max_gap_hz / d->unit_hz * (1.0 + 1e-9);
    const cph_fill_curve curve[2] = {curve_of(d, 0, n), curve_of(d, 1, n)};
    for (int k = 0; k < 2; k++)
        cph_fill_pass(&curve[k], d->q[k], d->before[k], d->after[k]);
    for (size_t w = 0; w < c->wanted; w++) {
        const double x = (c->wanted_hz[w] - d->first_hz) / d->unit_hz;
        double level[2] = {0.0, 0.0}, variance[2] = {0.0, 0.0};
        bool known[2];
        for (int k = 0; k < 2; k++)
            known[k] = curve[k].count >= CHANNELS_LEAST &&
                       cph_fill_at(&curve[k], d->q[k], d->before[k], d->after[k], x, gap, &level[k],
                                   &variance[k]);
        answer(d, n, w, known, level, variance, s);
    }
}

/* ---- the whole ---- */

static cph_status check(const cph_fill_config *c, const cph_fill_solution *s, cph_error *error)
{
    size_t count = 0;
    if (c == NULL || s == NULL || c->elements == 0 || c->freq_hz == NULL || c->gain == NULL ||
        c->phase_sigma == NULL || c->amplitude_sigma == NULL || c->wanted == 0 ||
        c->wanted_hz == NULL || s->gain == NULL || s->phase_sigma == NULL ||
        s->amplitude_sigma == NULL || s->flag == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "gains, standard errors, frequencies and arrays for the answer are needed");
    if (!(c->max_gap_hz > 0.0) || !(c->max_delay_s >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a width of gaps above 0 and delays from 0 are needed");
    if (c->channels < CHANNELS_LEAST)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%zu channels: %d are the least", c->channels,
                        CHANNELS_LEAST);
    if (!cph_size_mul(c->channels, c->elements, &count) ||
        !cph_size_mul(c->wanted, c->elements, &count))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu channels of %zu elements do not fit",
                        c->channels, c->elements);
    for (size_t w = 0; w < c->wanted; w++)
        if (!isfinite(c->wanted_hz[w]))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "wanted frequency %zu is not finite", w);
    return CPH_OK;
}

cph_status cph_fill_solve(const cph_fill_config *config, cph_fill_solution *solution,
                          cph_error *error)
{
    cph_fill_desk desk = {.c = config};
    cph_status status = check(config, solution, error);
    if (status == CPH_OK)
        status = cph_fill_prepare(&desk, error);
    if (status == CPH_OK) {
        for (size_t n = 0; n < config->elements; n++)
            make_curves(&desk, n);
        for (int k = 0; k < 2; k++)
            desk.q[k] = likeliest(&desk, k);
        for (size_t n = 0; n < config->elements; n++)
            answer_element(&desk, n, solution);
        solution->phase_rate = sqrt(desk.q[0] / desk.unit_hz) / desk.unit_hz;
        solution->amplitude_rate = sqrt(desk.q[1] / desk.unit_hz) / desk.unit_hz;
    }
    cph_fill_desk_free(&desk);
    return status;
}
