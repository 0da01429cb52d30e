/* SPDX-License-Identifier: MIT */
/* Delay and phase of one element after the other from phasors over the band. */
#include "cophase/band.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/estimate_parts.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { CHANNELS_LEAST = 3, ITERATIONS = 50, GRID_MOST = 1 << 20 };

#define TURN (2.0 * M_PI)
static const double grid_cells = 4.0;
/* Coherence nearer to 1 weighs no more. */
static const double most_coherent = 1.0 - 1e-12;
static const double false_alarm = 1e-6, false_alarm_phasors = 1e-2, agreed = 0.95;
static const double sigmas = 5.0;

typedef struct solver {
    const cph_band_config *config;
    double centre, bandwidth, most; /* Hz, Hz, s */
    size_t grid;
    cph_c64 *phasor, *turned, *step; /* [C] */
    double *weight;                  /* [C] 1/variance of phases, up to a factor without K */
} solver;

/* A fit phase - 2 pi (f - centre) delay, and the covariance of both. */
typedef struct fit {
    double delay, phase, delay_var, phase_var, both_var;
    size_t used;
    double chi2, amplitude, amplitude_var;
    signed char polarity;
} fit;

static bool known(const cph_band_config *c)
{
    return c->samples > 1.0 && c->coherence != NULL;
}

/* Whether channel i says anything of element n: a response, and its coherence where that counts. */
static bool heard(const cph_band_config *c, size_t i, size_t n)
{
    const cph_c64 h = c->response[i * c->elements + n];
    const double size = hypot(h.re, h.im);
    const double coherence = c->coherence == NULL ? 0.5 : c->coherence[i * c->elements + n];
    return isfinite(size) && size > 0.0 && isfinite(coherence) && coherence >= 0.0;
}

/* Phasors and weights; how many channels are in use. */
static size_t take_channels(solver *v, size_t n)
{
    const cph_band_config *const c = v->config;
    size_t used = 0;
    for (size_t i = 0; i < c->channels; i++) {
        const cph_c64 h = c->response[i * c->elements + n];
        const double size = hypot(h.re, h.im);
        double coherence = c->coherence == NULL ? 0.5 : c->coherence[i * c->elements + n];
        if (known(c))
            coherence = (c->samples * coherence - 1.0) / (c->samples - 1.0);
        v->weight[i] = 0.0;
        v->phasor[i] = (cph_c64){0.0, 0.0};
        if (!heard(c, i, n) || !(coherence > 0.0))
            continue;
        coherence = fmin(coherence, most_coherent);
        v->weight[i] = coherence / (1.0 - coherence) * (known(c) ? 2.0 * c->samples : 1.0);
        v->phasor[i] = cph_c64_scale(1.0 / size, h);
        used++;
    }
    return used;
}

static cph_c64 turn_by(double angle)
{
    cph_c64 z;
    z.re = cos(angle);
    z.im = sin(angle);
    return z;
}

/* The delay on the grid with the largest |sum w p exp(+j 2 pi (f - centre) delay)|; *share: that
 * over the sum of weights. */
static double search(solver *v, double *share)
{
    const cph_band_config *const c = v->config;
    const double first = -v->most, step = v->grid > 1 ? 2.0 * v->most / (double)(v->grid - 1) : 0.0;
    double most = 0.0, best = 0.0, sum = 0.0;
    for (size_t i = 0; i < c->channels; i++) {
        const double f = TURN * (c->freq_hz[i] - v->centre);
        v->turned[i] = cph_c64_scale(v->weight[i], cph_c64_mul(v->phasor[i], turn_by(f * first)));
        v->step[i] = turn_by(f * step);
        sum += v->weight[i];
    }
    for (size_t g = 0; g < v->grid; g++) {
        cph_c64 total = {0.0, 0.0};
        for (size_t i = 0; i < c->channels; i++) {
            total = cph_c64_add(total, v->turned[i]);
            v->turned[i] = cph_c64_mul(v->turned[i], v->step[i]);
        }
        if (cph_c64_power(total) > most) {
            most = cph_c64_power(total);
            best = first + (double)g * step;
        }
    }
    *share = sqrt(most) / sum;
    return best;
}

/* Sums of weights with (f - centre) turned into radians a second. */
typedef struct sums {
    double w, wf, wff;
} sums;

static sums add_up(const solver *v)
{
    sums s = {0.0, 0.0, 0.0};
    for (size_t i = 0; i < v->config->channels; i++) {
        const double f = TURN * (v->config->freq_hz[i] - v->centre), w = v->weight[i];
        s.w += w;
        s.wf += w * f;
        s.wff += w * f * f;
    }
    return s;
}

/* Phase left over in channel i, between -pi and pi. */
static double left_over(const solver *v, const fit *k, size_t i)
{
    const double f = TURN * (v->config->freq_hz[i] - v->centre);
    const cph_c64 z = cph_c64_mul(v->phasor[i], turn_by(f * k->delay - k->phase));
    return atan2(z.im, z.re);
}

static void set_phase(const solver *v, fit *k)
{
    cph_c64 total = {0.0, 0.0};
    for (size_t i = 0; i < v->config->channels; i++) {
        const double f = TURN * (v->config->freq_hz[i] - v->centre);
        total = cph_c64_add(
            total, cph_c64_scale(v->weight[i], cph_c64_mul(v->phasor[i], turn_by(f * k->delay))));
    }
    k->phase = atan2(total.im, total.re);
}

/* Weighted least squares on phases from the delay found. */
static void refine(const solver *v, fit *k)
{
    const sums s = add_up(v);
    const double det = s.w * s.wff - s.wf * s.wf;
    set_phase(v, k);
    for (int pass = 0; pass < ITERATIONS; pass++) {
        double a = 0.0, b = 0.0;
        for (size_t i = 0; i < v->config->channels; i++) {
            const double w = v->weight[i];
            if (w == 0.0)
                continue;
            const double e = left_over(v, k, i);
            a += w * e;
            b += w * e * TURN * (v->config->freq_hz[i] - v->centre);
        }
        const double shift = (s.w * b - s.wf * a) / det;
        k->phase += (s.wff * a - s.wf * b) / det;
        k->delay -= shift;
        if (fabs(shift) * v->bandwidth <= 1e-15)
            break;
    }
    k->phase_var = s.wff / det;
    k->delay_var = s.w / det;
    k->both_var = s.wf / det; /* phase and delay: their slope is -delay */
}

/* Where the phase at 0 Hz must be 0 or pi, and can be no other: the slope through that. */
static void pass_through_zero(const solver *v, double scale, fit *k)
{
    const double w0 = TURN * v->centre, at_zero = k->phase + w0 * k->delay;
    const double variance = k->phase_var + 2.0 * w0 * k->both_var + w0 * w0 * k->delay_var;
    const double sigma = sqrt(fmax(variance, 0.0) * scale), turns = round(at_zero / M_PI);
    if (!(sigmas * sigma < 0.2 * M_PI) ||
        fabs(at_zero - turns * M_PI) > fmax(sigmas * sigma, 1e-9 * fabs(w0 * k->delay) + 1e-9))
        return;
    double slope = 0.0, square = 0.0;
    for (size_t i = 0; i < v->config->channels; i++) {
        const double f = TURN * v->config->freq_hz[i], w = v->weight[i];
        if (w == 0.0)
            continue;
        const double fitted = k->phase - (f - w0) * k->delay;
        slope += w * f * (fitted + left_over(v, k, i) - turns * M_PI);
        square += w * f * f;
    }
    k->delay = -slope / square;
    k->phase = turns * M_PI - w0 * k->delay;
    k->delay_var = 1.0 / square;
    k->phase_var = w0 * w0 / square;
    k->polarity = fmod(fabs(turns), 2.0) < 0.5 ? 1 : -1;
}

/* Sum of squares of phases over their variances, per degree of freedom. */
static double residual(const solver *v, const fit *k)
{
    double sum = 0.0;
    for (size_t i = 0; i < v->config->channels; i++) {
        const double e = v->weight[i] > 0.0 ? left_over(v, k, i) : 0.0;
        sum += v->weight[i] * e * e;
    }
    return k->used > 2 ? sum / (double)(k->used - 2) : (double)NAN;
}

static void average_amplitude(const solver *v, size_t n, fit *k)
{
    const cph_band_config *const c = v->config;
    double variance = 0.0;
    for (size_t i = 0; i < c->channels; i++) {
        const cph_c64 h = c->response[i * c->elements + n];
        if (v->weight[i] == 0.0)
            continue;
        k->amplitude += hypot(h.re, h.im) / (double)k->used;
        variance += cph_c64_power(h) / v->weight[i] / (double)(k->used * k->used);
    }
    k->amplitude_var = variance / (k->amplitude * k->amplitude);
}

/* Whether the channels agree more than chance lets them. */
static bool signal_there(const solver *v, size_t n, size_t used, double share)
{
    const cph_band_config *const c = v->config;
    double sum = 0.0, count = 0.0, w = 0.0, ww = 0.0;
    for (size_t i = 0; i < c->channels; i++) {
        w += v->weight[i];
        ww += v->weight[i] * v->weight[i];
        if (!known(c) || !heard(c, i, n))
            continue;
        sum -= (c->samples - 1.0) * log1p(-fmin(c->coherence[i * c->elements + n], most_coherent));
        count += 1.0;
    }
    /* Channels that fell below the bias of coherence are not in `used`, but in the sum. */
    if (known(c))
        return sum > count && sum - count - count * log(sum / count) > -log(false_alarm);
    return share > fmin(sqrt(log((double)used / false_alarm_phasors) * ww / (w * w)), agreed);
}

static cph_flag solve_element(solver *v, size_t n, fit *k)
{
    double share;
    *k = (fit){.used = take_channels(v, n)};
    if (k->used < CHANNELS_LEAST)
        return CPH_FLAG_UNSOLVED;
    k->delay = search(v, &share);
    if (!signal_there(v, n, k->used, share))
        return CPH_FLAG_DEAD;
    refine(v, k);
    k->chi2 = residual(v, k);
    const double scale = known(v->config) ? 1.0 : k->chi2;
    if (v->config->polarity)
        pass_through_zero(v, scale, k);
    average_amplitude(v, n, k);
    k->delay_var *= scale;
    k->phase_var *= scale;
    k->amplitude_var *= scale;
    return isfinite(k->delay) && isfinite(k->phase) ? CPH_FLAG_NONE : CPH_FLAG_UNSOLVED;
}

static void deliver(const solver *v, size_t n, const fit *k, cph_band_solution *s)
{
    const cph_band_config *const c = v->config;
    s->estimate.gain[n] = cph_c64_scale(k->amplitude, turn_by(k->phase));
    s->estimate.phase_sigma[n] = sqrt(k->phase_var);
    s->estimate.amplitude_sigma[n] = sqrt(k->amplitude_var);
    s->estimate.flag[n] = CPH_FLAG_NONE;
    s->delay_s[n] = k->delay;
    s->delay_sigma_s[n] = sqrt(k->delay_var);
    s->polarity[n] = k->polarity;
    s->chi2_dof[n] = known(c) ? k->chi2 : (double)NAN;
    for (size_t i = 0; i < c->channels; i++) {
        const double f = TURN * (c->freq_hz[i] - v->centre), nothing = (double)NAN;
        const cph_c64 turned =
            cph_c64_mul(c->response[i * c->elements + n], turn_by(f * k->delay - k->phase));
        s->bandpass[i * c->elements + n] = v->weight[i] > 0.0
                                               ? cph_c64_scale(1.0 / k->amplitude, turned)
                                               : (cph_c64){nothing, nothing};
    }
}

static void drop(const cph_band_config *c, size_t n, cph_flag flag, cph_band_solution *s)
{
    const double nothing = (double)NAN;
    cph_estimate_drop(&s->estimate, n, flag);
    s->delay_s[n] = s->delay_sigma_s[n] = s->chi2_dof[n] = nothing;
    s->polarity[n] = 0;
    for (size_t i = 0; i < c->channels; i++)
        s->bandpass[i * c->elements + n] = (cph_c64){nothing, nothing};
}

/* Centre, bandwidth, and the delays to try. */
static cph_status measure_band(solver *v, cph_error *error)
{
    const cph_band_config *const c = v->config;
    double low = INFINITY, high = -INFINITY, step = INFINITY;
    for (size_t i = 0; i < c->channels; i++) {
        if (!isfinite(c->freq_hz[i]))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "the frequency of channel %zu is not finite",
                            i);
        v->centre += c->freq_hz[i] / (double)c->channels;
        low = fmin(low, c->freq_hz[i]);
        high = fmax(high, c->freq_hz[i]);
        for (size_t j = 0; j < i; j++)
            step = fmin(step, fabs(c->freq_hz[i] - c->freq_hz[j]));
    }
    if (!(step > 0.0))
        return cph_fail(error, CPH_ERR_SINGULAR, "two channels have the same frequency");
    v->bandwidth = high - low;
    v->most = c->max_delay_s > 0.0 ? c->max_delay_s : 0.5 / step;
    const double grid = ceil(2.0 * v->most * v->bandwidth * grid_cells) + 1.0;
    if (!(grid <= GRID_MOST))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "delays up to %g s over %g Hz: %g to try, at most %d", v->most,
                        v->bandwidth, grid, GRID_MOST);
    v->grid = (size_t)grid;
    return CPH_OK;
}

static cph_status check(const cph_band_config *c, const cph_band_solution *s, cph_error *error)
{
    size_t count;
    if (c == NULL || s == NULL || c->freq_hz == NULL || c->response == NULL || c->elements == 0 ||
        !cph_estimate_complete(&s->estimate) || s->delay_s == NULL || s->delay_sigma_s == NULL ||
        s->polarity == NULL || s->bandpass == NULL || s->chi2_dof == NULL ||
        !(c->max_delay_s >= 0.0) || !(c->samples >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "responses, frequencies and arrays for the answer are needed");
    if (c->channels < CHANNELS_LEAST)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%zu channels: a delay takes %d", c->channels,
                        CHANNELS_LEAST);
    if (!cph_size_mul(c->channels, c->elements, &count) ||
        !cph_size_mul(count, sizeof *c->response, &count))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu channels do not fit", c->channels);
    for (size_t n = 0; n < c->elements; n++)
        if (s->estimate.flag[n] == CPH_FLAG_NONE)
            return CPH_OK;
    return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", c->elements);
}

cph_status cph_band_solve(const cph_band_config *config, cph_band_solution *solution,
                          cph_error *error)
{
    cph_status status = check(config, solution, error);
    if (status != CPH_OK)
        return status;
    solver v = {.config = config};
    status = measure_band(&v, error);
    if (status != CPH_OK)
        return status;
    size_t bytes = 0, at[2];
    if (!cph_size_place(&bytes, config->channels, 3 * sizeof *v.phasor, &at[0]) ||
        !cph_size_place(&bytes, config->channels, sizeof *v.weight, &at[1]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu channels do not fit", config->channels);
    void *const memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu channels", config->channels);
    v.phasor = cph_size_at(memory, at[0]);
    v.turned = v.phasor + config->channels;
    v.step = v.turned + config->channels;
    v.weight = cph_size_at(memory, at[1]);
    solution->freq_hz = v.centre;
    for (size_t n = 0; n < config->elements; n++) {
        fit k;
        cph_flag flag = (cph_flag)solution->estimate.flag[n];
        if (flag == CPH_FLAG_NONE)
            flag = solve_element(&v, n, &k);
        if (flag == CPH_FLAG_NONE)
            deliver(&v, n, &k, solution);
        else
            drop(config, n, flag, solution);
    }
    free(memory);
    return CPH_OK;
}

void cph_band_model(const cph_band_config *config, const cph_band_solution *solution,
                    cph_c64 *model)
{
    for (size_t i = 0; i < config->channels; i++)
        for (size_t n = 0; n < config->elements; n++) {
            const double f = TURN * (config->freq_hz[i] - solution->freq_hz);
            model[i * config->elements + n] =
                cph_c64_mul(solution->estimate.gain[n], turn_by(-f * solution->delay_s[n]));
        }
}
