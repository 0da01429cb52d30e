/* SPDX-License-Identifier: MIT */
/* Rates of walks by the largest likelihood, and slopes over temperature. */
#include <math.h>
#include <stdint.h>

#include "calib/drift.h"
#include "calib/median.h"

enum { ROUNDS = 4, GRID = 33, GOLDEN_STEPS = 30 };
static const double turn = 6.28318530717958647693, normal_median = 0.45493642311957283,
                    golden = 0.61803398874989484820, decades = 12.0;

/* The least that a slope moves readings by, relative, before it is said to be determined. */
static bool tells_slope(const cph_walk *walk, const cph_walk_sums *sums)
{
    static const double least = 1e-12;
    double low = INFINITY, high = -INFINITY, variance = 0.0;
    for (size_t t = 0; t < walk->times && walk->heat != NULL; t++) {
        if (walk->use[t] == CPH_WALK_NONE)
            continue;
        low = fmin(low, walk->heat[t]);
        high = fmax(high, walk->heat[t]);
        variance = fmax(variance, walk->variance[t]);
    }
    return high > low && sums->hh * variance > least * (high - low) * (high - low);
}

/* -2 log likelihood of a rate over all elements; chi2: over its expectation. */
static double misfit(const cph_drift_desk *d, int i, double q, double *chi2)
{
    double total = 0.0, squares = 0.0, count = 0.0;
    for (size_t n = 0; n < d->n; n++) {
        cph_walk_sums sums = {0};
        const cph_walk walk = cph_drift_walk(d, i, n);
        cph_walk_filter(&walk, q, NULL, &sums);
        if (sums.count == 0)
            continue;
        const bool sloped = tells_slope(&walk, &sums);
        const double vv = sums.vv - (sloped ? sums.vh * sums.vh / sums.hh : 0.0);
        total += sums.log_f + vv + (sloped ? log(sums.hh) : 0.0);
        squares += vv;
        count += (double)sums.count - (sloped ? 1.0 : 0.0);
    }
    if (chi2 != NULL)
        *chi2 = count > 0.0 ? squares / count : NAN;
    return total;
}

/* Size of steps between readings as if all were the walk's: at least q. */
static double first_rate(const cph_drift_desk *d, int i)
{
    size_t count = 0;
    for (size_t n = 0; n < d->n; n++) {
        size_t before = SIZE_MAX;
        for (size_t t = 0; t < d->times; t++) {
            const size_t at = n * d->times + t;
            if (d->mark[at] == CPH_DRIFT_ABSENT)
                continue;
            if (before != SIZE_MAX) {
                const double step = d->y[i][at] - d->y[i][n * d->times + before];
                const double v = i == CPH_DRIFT_PHASE ? remainder(step, turn) : step;
                d->scratch[count++] = v * v / (d->c->time_s[t] - d->c->time_s[before]);
            }
            before = t;
        }
    }
    return cph_median(d->scratch, count) / normal_median;
}

/* The likeliest rate: a grid over twelve decades below ten times the first one, then golden
 * section; or none at all. */
static double likeliest_rate(const cph_drift_desk *d, int i, double first)
{
    double lowest = INFINITY, best = 0.0;
    if (!(first > 0.0))
        return 0.0;
    const double top = log10(first) + 1.0, step = decades / (GRID - 1);
    for (int k = 0; k < GRID; k++) {
        const double at = top - step * (double)k, value = misfit(d, i, pow(10.0, at), NULL);
        if (value < lowest) {
            lowest = value;
            best = at;
        }
    }
    double a = best - step, b = best + step;
    double x[2] = {b - golden * (b - a), a + golden * (b - a)};
    double f[2] = {misfit(d, i, pow(10.0, x[0]), NULL), misfit(d, i, pow(10.0, x[1]), NULL)};
    for (int k = 0; k < GOLDEN_STEPS; k++) {
        const bool left = f[0] < f[1];
        a = left ? a : x[0];
        b = left ? x[1] : b;
        x[left] = x[!left];
        f[left] = f[!left];
        x[!left] = left ? b - golden * (b - a) : a + golden * (b - a);
        f[!left] = misfit(d, i, pow(10.0, x[!left]), NULL);
    }
    const double q = pow(10.0, 0.5 * (a + b));
    return misfit(d, i, 0.0, NULL) <= misfit(d, i, q, NULL) ? 0.0 : q;
}

/* Where -2 log likelihood has grown by 1 above the likeliest rate: one standard error. Readings
 * that show no wander bound it by what their errors would hide. */
static double highest_rate(const cph_drift_desk *d, int i, double first)
{
    if (!(first > 0.0))
        return d->q[i];
    const double limit = misfit(d, i, d->q[i], NULL) + 1.0;
    double low = d->q[i] > 0.0 ? log10(d->q[i]) : log10(first) - decades, high = low;
    for (int k = 0; k < 2 * GRID && misfit(d, i, pow(10.0, high), NULL) <= limit; k++) {
        low = high;
        high += 1.0;
    }
    for (int k = 0; k < GOLDEN_STEPS; k++) {
        const double middle = 0.5 * (low + high);
        if (misfit(d, i, pow(10.0, middle), NULL) <= limit)
            low = middle;
        else
            high = middle;
    }
    return pow(10.0, high);
}

static void find_slopes(cph_drift_desk *d, int i)
{
    for (size_t n = 0; n < d->n; n++) {
        cph_walk_sums sums = {0};
        const cph_walk walk = cph_drift_walk(d, i, n);
        cph_walk_filter(&walk, d->q[i], NULL, &sums);
        d->slope[i][n] = tells_slope(&walk, &sums)
                             ? (cph_drift_slope){sums.vh / sums.hh, 1.0 / sums.hh}
                             : (cph_drift_slope){0.0, INFINITY};
    }
}

void cph_drift_fit(cph_drift_desk *d)
{
    const double given[CPH_DRIFT_QUANTITIES] = {d->c->phase_rate, d->c->amplitude_rate};
    double first[CPH_DRIFT_QUANTITIES];
    for (int i = 0; i < CPH_DRIFT_QUANTITIES; i++) {
        first[i] = first_rate(d, i);
        d->q[i] = isnan(given[i]) ? first[i] : given[i] * given[i];
    }
    size_t changed = 1;
    for (int round = 0; round < ROUNDS && (round < 2 || changed > 0); round++) {
        changed = 0;
        for (size_t n = 0; n < d->n; n++)
            changed += cph_drift_sort(d, n);
        for (int i = 0; i < CPH_DRIFT_QUANTITIES; i++) {
            if (isnan(given[i]))
                d->q[i] = likeliest_rate(d, i, first[i]);
            find_slopes(d, i);
        }
    }
    for (int i = 0; i < CPH_DRIFT_QUANTITIES; i++) {
        (void)misfit(d, i, d->q[i], &d->chi2[i]);
        d->q_high[i] = isnan(given[i]) ? highest_rate(d, i, first[i]) : d->q[i];
    }
}
