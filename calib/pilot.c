/* SPDX-License-Identifier: MIT */
#include "cophase/pilot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/eigen.h"
#include "calib/estimate_parts.h"
#include "calib/gauge.h"
#include "calib/samples.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { ELEMENTS_LEAST = 3 };
/* Noise alone passes its edge by this much seldom. */
static const double beyond_edge = 1.1;

typedef struct solver {
    const cph_pilot_config *config;
    size_t n;
    size_t *element;           /* [n] */
    unsigned char *flag;       /* [N] */
    double *root;              /* [n] square root of the noise power, 1 without */
    cph_c64 *r;                /* [n][n] whitened */
    cph_c64 *u, *v, *g;        /* [n] eigenvectors, gains */
    double first, second;      /* eigenvalues */
    double deflate;            /* what is taken off along u */
    double noise;              /* over which they stand */
    double *phase, *amplitude; /* [n] variances */
    cph_error *error;
} solver;

static void multiply(const void *matrix, const cph_c64 *x, cph_c64 *y)
{
    const solver *const s = matrix;
    cph_c64 along = {0.0, 0.0};
    for (size_t p = 0; p < s->n; p++)
        along = cph_c64_add(along, cph_c64_mulc(x[p], s->u[p]));
    along = cph_c64_scale(s->deflate, along);
    for (size_t p = 0; p < s->n; p++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t q = 0; q < s->n; q++)
            sum = cph_c64_add(sum, cph_c64_mul(s->r[p * s->n + q], x[q]));
        y[p] = cph_c64_sub(sum, cph_c64_mul(s->u[p], along));
    }
}

static void choose_elements(solver *s, const unsigned char *flag)
{
    const cph_pilot_config *const c = s->config;
    for (size_t n = 0; n < c->elements; n++) {
        const double power = c->r[n * c->ld + n].re;
        s->flag[n] = flag[n] != CPH_FLAG_NONE ? flag[n]
                     : !isfinite(power)       ? (unsigned char)CPH_FLAG_NOT_FINITE
                     : power > 0.0            ? (unsigned char)CPH_FLAG_NONE
                                              : (unsigned char)CPH_FLAG_DEAD;
        if (s->flag[n] == CPH_FLAG_NONE)
            s->element[s->n++] = n;
    }
}

static cph_status whiten(solver *s)
{
    const cph_pilot_config *const c = s->config;
    for (size_t p = 0; p < s->n; p++)
        s->root[p] = c->noise == NULL ? 1.0 : sqrt(c->noise[s->element[p]]);
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p; q < s->n; q++) {
            const cph_c64 z = cph_c64_scale(1.0 / (s->root[p] * s->root[q]),
                                            c->r[s->element[p] * c->ld + s->element[q]]);
            if (!cph_c64_finite(z))
                return cph_fail(s->error, CPH_ERR_NOT_FINITE,
                                "the covariance of elements %zu and %zu is not finite, or a noise "
                                "power is not above 0",
                                s->element[p], s->element[q]);
            s->r[p * s->n + q] = z;
            s->r[q * s->n + p] = cph_c64_conj(z);
            if (p == q)
                s->r[p * s->n + p].im = 0.0;
        }
    return CPH_OK;
}

/* Both largest eigenvalues over the noise. */
static cph_status decompose(solver *s)
{
    double trace = 0.0;
    cph_status status = cph_eigen_largest(s->n, multiply, s, &s->first, s->v);
    if (status == CPH_OK) {
        memcpy(s->u, s->v, s->n * sizeof *s->u);
        s->deflate = s->first;
        status = cph_eigen_largest(s->n, multiply, s, &s->second, s->v);
    }
    if (status != CPH_OK)
        return cph_fail(s->error, status, "the eigenvalues were not found");
    for (size_t p = 0; p < s->n; p++)
        trace += s->r[p * s->n + p].re;
    s->noise = s->config->noise != NULL ? 1.0 : fmax(trace - s->first, 0.0) / (double)(s->n - 1);
    if (!(s->first > s->noise) || s->first <= s->second)
        return cph_fail(s->error, CPH_ERR_SINGULAR,
                        "no eigenvalue stands above the noise: there is no source");
    return CPH_OK;
}

/* Covariance of relative errors e_p = (D^1/2 d)_p / (D^1/2 u)_p, d of power (1 - u u^H): 1/|u_p|^2
 * (p = q) less 1. With sums over weights w of the gauge, e_p - sum w e has the variance
 *   1/|u_p|^2 (1 - 2 w_p) + sum w^2/|u|^2   (the common 1 cancels). */
static void fill_variances(solver *s, double power)
{
    double sum = 0.0, phase = 0.0, amplitude = 0.0;
    for (size_t p = 0; p < s->n; p++)
        sum += hypot(s->g[p].re, s->g[p].im);
    for (size_t p = 0; p < s->n; p++) {
        const double w = hypot(s->g[p].re, s->g[p].im) / sum, v = 1.0 / cph_c64_power(s->u[p]);
        phase += v / ((double)s->n * (double)s->n);
        amplitude += w * w * v;
    }
    for (size_t p = 0; p < s->n; p++) {
        const double w = hypot(s->g[p].re, s->g[p].im) / sum, v = 1.0 / cph_c64_power(s->u[p]);
        s->phase[p] = 0.5 * power * (v * (1.0 - 2.0 / (double)s->n) + phase);
        s->amplitude[p] = 0.5 * power * (v * (1.0 - 2.0 * w) + amplitude);
    }
}

static cph_status find_gains(solver *s)
{
    const cph_pilot_config *const c = s->config;
    for (size_t p = 0; p < s->n; p++) {
        const cph_c64 a = c->steering == NULL ? (cph_c64){1.0, 0.0} : c->steering[s->element[p]];
        const cph_c64 u = cph_c64_scale(s->root[p], s->u[p]);
        s->g[p] = cph_c64_scale(1.0 / cph_c64_power(a), cph_c64_mulc(u, a));
        if (!cph_c64_finite(s->g[p]) || cph_c64_power(s->g[p]) == 0.0)
            return cph_fail(s->error, CPH_ERR_SINGULAR,
                            "element %zu has no gain: no correlation with the others, or a "
                            "steering of 0",
                            s->element[p]);
    }
    cph_gauge_phase(s->n, SIZE_MAX, s->g);
    (void)cph_gauge_scale(s->n, s->g);
    const double l = s->first / s->noise;
    fill_variances(s, c->samples > 0.0 ? l / (c->samples * (l - 1.0) * (l - 1.0)) : (double)NAN);
    return CPH_OK;
}

static void deliver(const solver *s, cph_pilot_solution *out)
{
    const cph_pilot_config *const c = s->config;
    for (size_t n = 0, p = 0; n < c->elements; n++) {
        if (s->flag[n] != CPH_FLAG_NONE) {
            cph_estimate_drop(&out->estimate, n, (cph_flag)s->flag[n]);
            continue;
        }
        out->estimate.gain[n] = s->g[p];
        out->estimate.phase_sigma[n] = sqrt(s->phase[p]);
        out->estimate.amplitude_sigma[n] = sqrt(s->amplitude[p++]);
    }
    out->snr = s->first / s->noise - 1.0;
    out->second = s->second / s->noise;
    out->edge = c->samples > 0.0 ? pow(1.0 + sqrt((double)s->n / c->samples), 2.0) : (double)NAN;
    out->single = !(out->second > beyond_edge * out->edge);
}

static cph_status run(solver *s, cph_pilot_solution *solution)
{
    choose_elements(s, solution->estimate.flag);
    if (s->n < ELEMENTS_LEAST)
        return cph_fail(s->error, CPH_ERR_TOO_FEW, "%zu of %zu elements are live: %d are the least",
                        s->n, s->config->elements, ELEMENTS_LEAST);
    cph_status status = whiten(s);
    if (status == CPH_OK)
        status = decompose(s);
    if (status == CPH_OK)
        status = find_gains(s);
    if (status == CPH_OK)
        deliver(s, solution);
    return status;
}

cph_status cph_pilot_solve(const cph_pilot_config *config, cph_pilot_solution *solution,
                           cph_error *error)
{
    size_t square, bytes = 0, at[5];
    if (config == NULL || solution == NULL || config->r == NULL || config->elements == 0 ||
        !cph_estimate_complete(&solution->estimate) || !(config->samples >= 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a covariance and arrays for the answer are needed");
    const cph_status enough = cph_samples_check(config->samples, error);
    if (enough != CPH_OK)
        return enough;
    const size_t n = config->elements;
    if (!cph_size_matrix(n, config->ld, n, sizeof *config->r) || !cph_size_mul(n, n, &square) ||
        !cph_size_place(&bytes, n, sizeof(size_t), &at[0]) ||
        !cph_size_place(&bytes, n, 1, &at[1]) ||
        !cph_size_place(&bytes, n, 3 * sizeof(double), &at[2]) ||
        !cph_size_place(&bytes, square, sizeof(cph_c64), &at[3]) ||
        !cph_size_place(&bytes, n, 3 * sizeof(cph_c64), &at[4]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements do not fit", n);
    void *const memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu elements", n);
    solver s = {.config = config, .error = error};
    s.element = cph_size_at(memory, at[0]);
    s.flag = cph_size_at(memory, at[1]);
    s.root = cph_size_at(memory, at[2]);
    s.phase = s.root + n;
    s.amplitude = s.phase + n;
    s.r = cph_size_at(memory, at[3]);
    s.u = cph_size_at(memory, at[4]);
    s.v = s.u + n;
    s.g = s.v + n;
    const cph_status status = run(&s, solution);
    free(memory);
    return status;
}
