/* SPDX-License-Identifier: MIT */
/* Gains over time: their readings, and what they were. */
#include "cophase/drift.h"

#include <math.h>
#include <stdlib.h>

#include "calib/drift.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { TIMES_LEAST = 3 };
static const double turn = 6.28318530717958647693;

cph_drift_config cph_drift_defaults(void)
{
    return (cph_drift_config){.phase_rate = NAN, .amplitude_rate = NAN, .outlier = 5.5};
}

/* ---- readings ---- */

static bool has_reading(const cph_drift_config *c, size_t t, size_t n)
{
    const size_t at = t * c->elements + n;
    return (c->flag == NULL || c->flag[at] == 0) && cph_c64_finite(c->gain[at]) &&
           cph_c64_power(c->gain[at]) > 0.0;
}

static bool is_time_empty(const cph_drift_config *c, size_t t)
{
    for (size_t n = 0; n < c->elements; n++)
        if (has_reading(c, t, n))
            return false;
    return true;
}

static bool is_steady(const cph_drift_config *c, size_t n, const bool *empty)
{
    for (size_t t = 0; t < c->times; t++)
        if (!empty[t] && !has_reading(c, t, n))
            return false;
    return true;
}

/* By how much the gauge of time t is off that of `first`: the mean over steady elements. */
static void find_common(const cph_drift_config *c, const bool *steady, size_t first, size_t t,
                        double common[CPH_DRIFT_QUANTITIES])
{
    const cph_c64 *from = c->gain + first * c->elements, *to = c->gain + t * c->elements;
    cph_c64 sum = {0.0, 0.0};
    double rest = 0.0, log_ratio = 0.0, count = 0.0;
    for (size_t n = 0; n < c->elements; n++) {
        if (!steady[n])
            continue;
        const cph_c64 ratio = cph_c64_mulc(to[n], from[n]);
        sum = cph_c64_add(sum, cph_c64_scale(1.0 / hypot(ratio.re, ratio.im), ratio));
        log_ratio += log(hypot(to[n].re, to[n].im) / hypot(from[n].re, from[n].im));
        count += 1.0;
    }
    const double middle = atan2(sum.im, sum.re);
    for (size_t n = 0; n < c->elements; n++) {
        const cph_c64 ratio = cph_c64_mulc(to[n], from[n]);
        if (steady[n])
            rest += remainder(atan2(ratio.im, ratio.re) - middle, turn);
    }
    common[CPH_DRIFT_PHASE] = c->absolute_phase ? 0.0 : middle + rest / count;
    common[CPH_DRIFT_AMPLITUDE] = c->absolute_amplitude ? 0.0 : log_ratio / count;
}

/* Phases, log amplitudes and variances, element by element. */
static void take_readings(cph_drift_desk *d, const bool *steady, size_t first)
{
    const cph_drift_config *c = d->c;
    for (size_t t = 0; t < d->times; t++) {
        double common[CPH_DRIFT_QUANTITIES] = {0.0, 0.0};
        if (!(c->absolute_phase && c->absolute_amplitude) && !is_time_empty(c, t))
            find_common(c, steady, first, t, common);
        for (size_t n = 0; n < d->n; n++) {
            const size_t at = t * d->n + n, to = n * d->times + t;
            const cph_c64 g = c->gain[at];
            const bool has = has_reading(c, t, n);
            d->mark[to] = has ? CPH_DRIFT_USED : CPH_DRIFT_ABSENT;
            d->use[to] = has ? CPH_WALK_READ : CPH_WALK_NONE;
            if (!has)
                continue;
            d->y[CPH_DRIFT_PHASE][to] =
                remainder(atan2(g.im, g.re) - common[CPH_DRIFT_PHASE], turn);
            d->y[CPH_DRIFT_AMPLITUDE][to] = log(hypot(g.re, g.im)) - common[CPH_DRIFT_AMPLITUDE];
            d->variance[CPH_DRIFT_PHASE][to] = c->phase_sigma[at] * c->phase_sigma[at];
            d->variance[CPH_DRIFT_AMPLITUDE][to] = c->amplitude_sigma[at] * c->amplitude_sigma[at];
        }
    }
}

/* ---- the answer ---- */

static void put_slopes(const cph_drift_slope *from, size_t n, double *value, double *sigma)
{
    for (size_t k = 0; k < n; k++) {
        const bool known = !isinf(from[k].variance);
        if (value != NULL)
            value[k] = known ? from[k].value : NAN;
        if (sigma != NULL)
            sigma[k] = known ? sqrt(from[k].variance) : NAN;
    }
}

/* Seconds from time t to the reading next to it where all readings of element n are on one side:
 * what is extrapolated; else 0. */
static double beyond(const cph_drift_desk *d, size_t n, size_t t)
{
    const unsigned char *const use = d->use + n * d->times;
    size_t before = t, after = t;
    while (before > 0 && use[before] == CPH_WALK_NONE)
        before--;
    while (after + 1 < d->times && use[after] == CPH_WALK_NONE)
        after++;
    const bool has_before = use[before] != CPH_WALK_NONE, has_after = use[after] != CPH_WALK_NONE;
    return has_before == has_after ? 0.0
           : has_before            ? d->c->time_s[t] - d->c->time_s[before]
                                   : d->c->time_s[after] - d->c->time_s[t];
}

static void put_element(const cph_drift_desk *d, size_t n, cph_drift_solution *solution)
{
    double *sigma[CPH_DRIFT_QUANTITIES] = {solution->phase_sigma, solution->amplitude_sigma};
    double *value[CPH_DRIFT_QUANTITIES] = {d->scratch, d->scratch + d->times};
    for (int i = 0; i < CPH_DRIFT_QUANTITIES; i++) {
        const cph_walk walk = cph_drift_walk(d, i, n);
        const cph_drift_slope k = d->slope[i][n];
        cph_walk_filter(&walk, d->q[i], d->state, NULL);
        cph_walk_smooth(&walk, d->q[i], d->state);
        for (size_t t = 0; t < d->times; t++) {
            const double off = (d->heat != NULL ? d->heat[t] : 0.0) - d->state[t].heat;
            const double from_slope = isinf(k.variance) ? 0.0 : off * off * k.variance;
            const double unseen = (d->q_high[i] - d->q[i]) * beyond(d, n, t);
            const double variance = d->state[t].variance + from_slope + unseen;
            value[i][t] = d->state[t].level + k.value * off;
            sigma[i][t * d->n + n] = isinf(variance) ? NAN : sqrt(variance);
        }
    }
    for (size_t t = 0; t < d->times; t++) {
        const size_t at = t * d->n + n;
        const double size = exp(value[CPH_DRIFT_AMPLITUDE][t]), angle = value[CPH_DRIFT_PHASE][t];
        const bool known = !isnan(sigma[CPH_DRIFT_PHASE][at]);
        solution->gain[at] =
            known ? (cph_c64){size * cos(angle), size * sin(angle)} : (cph_c64){NAN, NAN};
        solution->mark[at] = d->mark[n * d->times + t];
        solution->outliers += solution->mark[at] == CPH_DRIFT_OUTLIER;
        solution->jumps += solution->mark[at] == CPH_DRIFT_JUMP;
    }
}

static void put(const cph_drift_desk *d, cph_drift_solution *solution)
{
    solution->outliers = solution->jumps = 0;
    for (size_t n = 0; n < d->n; n++)
        put_element(d, n, solution);
    put_slopes(d->slope[CPH_DRIFT_PHASE], d->n, solution->phase_slope, solution->phase_slope_sigma);
    put_slopes(d->slope[CPH_DRIFT_AMPLITUDE], d->n, solution->amplitude_slope,
               solution->amplitude_slope_sigma);
    solution->phase_rate = sqrt(d->q[CPH_DRIFT_PHASE]);
    solution->amplitude_rate = sqrt(d->q[CPH_DRIFT_AMPLITUDE]);
    solution->phase_chi2 = d->chi2[CPH_DRIFT_PHASE];
    solution->amplitude_chi2 = d->chi2[CPH_DRIFT_AMPLITUDE];
}

/* ---- the whole ---- */

static cph_status check_readings(const cph_drift_config *c, cph_error *error)
{
    size_t most = 0;
    for (size_t n = 0; n < c->elements; n++) {
        size_t count = 0;
        for (size_t t = 0; t < c->times; t++) {
            const size_t at = t * c->elements + n;
            if (!has_reading(c, t, n))
                continue;
            count++;
            if (!(c->phase_sigma[at] > 0.0) || !(c->amplitude_sigma[at] > 0.0) ||
                isinf(c->phase_sigma[at]) || isinf(c->amplitude_sigma[at]))
                return cph_fail(error, CPH_ERR_ARGUMENT,
                                "element %zu, time %zu: its standard errors must be above 0 (a "
                                "reference element's are not: take the mean phase as gauge)",
                                n, t);
        }
        most = count > most ? count : most;
    }
    if (most < TIMES_LEAST)
        return cph_fail(error, CPH_ERR_TOO_FEW, "no element has %d readings", TIMES_LEAST);
    return CPH_OK;
}

static bool is_rate(double rate)
{
    return isnan(rate) || (rate >= 0.0 && !isinf(rate));
}

static cph_status check(const cph_drift_config *c, const cph_drift_solution *s, cph_error *error)
{
    size_t count;
    if (c == NULL || s == NULL || c->elements == 0 || c->time_s == NULL || c->gain == NULL ||
        c->phase_sigma == NULL || c->amplitude_sigma == NULL || s->gain == NULL ||
        s->phase_sigma == NULL || s->amplitude_sigma == NULL || s->mark == NULL ||
        !is_rate(c->phase_rate) || !is_rate(c->amplitude_rate) || !(c->outlier >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "gains with standard errors and arrays for the answer are needed");
    if (c->times < TIMES_LEAST)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%zu times: %d are the least", c->times,
                        TIMES_LEAST);
    if (!cph_size_mul(c->times, c->elements, &count) ||
        !cph_size_mul(count, sizeof *c->gain, &count) || count > PTRDIFF_MAX)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu times do not fit", c->times);
    for (size_t t = 0; t < c->times; t++) {
        if (!isfinite(c->time_s[t]) || (c->temperature != NULL && !isfinite(c->temperature[t])))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "time %zu: %s is not finite", t,
                            isfinite(c->time_s[t]) ? "its temperature" : "it");
        if (t > 0 && !(c->time_s[t] > c->time_s[t - 1]))
            return cph_fail(error, CPH_ERR_ARGUMENT, "time %zu is not after the one before", t);
    }
    return check_readings(c, error);
}

/* Temperatures less their mean. */
static void centre(const cph_drift_config *c, double *heat)
{
    double sum = 0.0;
    for (size_t t = 0; t < c->times; t++)
        sum += c->temperature[t];
    for (size_t t = 0; t < c->times; t++)
        heat[t] = c->temperature[t] - sum / (double)c->times;
}

/* Readings in the gauge of the first time that has any. */
static cph_status load(cph_drift_desk *d, bool *empty, bool *steady, cph_error *error)
{
    const cph_drift_config *c = d->c;
    size_t first = SIZE_MAX, count = 0;
    for (size_t t = 0; t < c->times; t++) {
        empty[t] = is_time_empty(c, t);
        first = first == SIZE_MAX && !empty[t] ? t : first;
    }
    for (size_t n = 0; n < c->elements; n++) {
        steady[n] = is_steady(c, n, empty);
        count += steady[n];
    }
    if (!(c->absolute_phase && c->absolute_amplitude) && count < 2)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%zu elements have a reading whenever any has: 2 are the least that times "
                        "can be compared by",
                        count);
    take_readings(d, steady, first);
    if (d->heat != NULL)
        centre(c, d->heat);
    return CPH_OK;
}

/* Room for the desk, [T] flags and [N] flags; NULL: none. */
static void *make_desk(const cph_drift_config *c, cph_drift_desk *d, bool **empty, bool **steady)
{
    const size_t n = c->elements, times = c->times, all = n * times;
    enum {
        HEAT,
        Y,
        VARIANCE = Y + 2,
        SLOPE = VARIANCE + 2,
        USE = SLOPE + 2,
        MARK,
        SCRATCH,
        STATE,
        EMPTY,
        STEADY,
        PARTS
    };
    const struct {
        size_t count, size;
    } part[PARTS] = {[HEAT] = {times, sizeof(double)},
                     [Y] = {all, sizeof(double)},
                     [Y + 1] = {all, sizeof(double)},
                     [VARIANCE] = {all, sizeof(double)},
                     [VARIANCE + 1] = {all, sizeof(double)},
                     [SLOPE] = {n, sizeof **d->slope},
                     [SLOPE + 1] = {n, sizeof **d->slope},
                     [USE] = {all, 1},
                     [MARK] = {all, 1},
                     [SCRATCH] = {2 * all, sizeof(double)},
                     [STATE] = {times, sizeof *d->state},
                     [EMPTY] = {times, sizeof **empty},
                     [STEADY] = {n, sizeof **steady}};
    size_t at[PARTS], bytes = 0;
    for (int i = 0; i < PARTS; i++)
        if (!cph_size_place(&bytes, part[i].count, part[i].size, &at[i]))
            return NULL;
    void *memory = calloc(1, bytes);
    if (memory == NULL)
        return NULL;
    *d = (cph_drift_desk){.c = c, .n = n, .times = times};
    d->heat = c->temperature != NULL ? cph_size_at(memory, at[HEAT]) : NULL;
    for (int i = 0; i < CPH_DRIFT_QUANTITIES; i++) {
        d->y[i] = cph_size_at(memory, at[Y + i]);
        d->variance[i] = cph_size_at(memory, at[VARIANCE + i]);
        d->slope[i] = cph_size_at(memory, at[SLOPE + i]);
    }
    d->use = cph_size_at(memory, at[USE]);
    d->mark = cph_size_at(memory, at[MARK]);
    d->scratch = cph_size_at(memory, at[SCRATCH]);
    d->state = cph_size_at(memory, at[STATE]);
    *empty = cph_size_at(memory, at[EMPTY]);
    *steady = cph_size_at(memory, at[STEADY]);
    return memory;
}

cph_status cph_drift_solve(const cph_drift_config *config, cph_drift_solution *solution,
                           cph_error *error)
{
    cph_drift_desk d;
    bool *empty = NULL, *steady = NULL;
    cph_status status = check(config, solution, error);
    if (status != CPH_OK)
        return status;
    void *memory = make_desk(config, &d, &empty, &steady);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    status = load(&d, empty, steady, error);
    if (status == CPH_OK) {
        cph_drift_fit(&d);
        put(&d, solution);
    }
    free(memory);
    return status;
}
