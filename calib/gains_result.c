/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "calib/gains.h"
#include "calib/gauge.h"
#include "calib/sigma.h"
#include "calib/spectrum.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

/* Robust weights under this share of the weight given are those of outliers. */
static const double outlying = 0.1;

/* What deliver has found before it writes anything. */
typedef struct measures {
    double chi2, explained_after, second, excess;
    double power; /* of the errors, in units of those of one sample */
} measures;

static size_t live_index(const cph_system *s, size_t element)
{
    for (size_t p = 0; p < s->n; p++)
        if (s->element[p] == element)
            return p;
    return SIZE_MAX;
}

static cph_status name_failure(cph_gain_solver *v, cph_status status)
{
    if (status == CPH_ERR_SINGULAR)
        return cph_fail(v->error, status, "the baselines in use do not determine the gains");
    return cph_fail(v->error, status, "error bars: %s", cph_status_name(status));
}

static bool wants_more(const cph_gain_solution *out)
{
    return out->flux_sigma != NULL || out->noise_sigma != NULL || out->direction_sigma != NULL;
}

/* m_pp, NaN where the model does not say. */
static double self_of(const cph_gain_solver *v, size_t p)
{
    const cph_system *s = &v->system;
    double sum = s->base == NULL ? 0.0 : v->problem->model[s->element[p] * (v->problem->ld + 1)].re;
    for (size_t i = 0; i < s->sources; i++)
        sum += s->flux[i];
    return sum;
}

/* variance and chi-square. */
static cph_status error_bars(cph_gain_solver *v, size_t reference, bool wants_more, measures *found)
{
    const cph_system *s = &v->system;
    size_t elements = v->problem->elements;
    cph_sigma sigma = {.phase_var = v->variance, .amplitude_var = v->variance + elements};
    if (wants_more) {
        for (size_t p = 0; p < s->n; p++)
            v->self[p] = self_of(v, p);
        sigma.self = v->self;
        sigma.noise_var = v->noise_var;
        sigma.flux_var = v->flux_var;
        sigma.offset_var = v->offset_var;
    }
    const cph_gauge gauge = {.gain = v->gain,
                             .reference = reference,
                             .absolute = s->absolute,
                             .scale_free = s->fit && !s->absolute};
    cph_status status = cph_sigma_solve(s, v->g, &gauge, s->diagonal, &sigma);
    if (status != CPH_OK)
        return name_failure(v, status);
    double power = cph_gain_error_power(v, sigma.residual);
    for (size_t p = 0; p < s->n; p++) {
        v->variance[p] *= power;
        v->variance[elements + p] *= power;
    }
    found->power = power;
    found->chi2 =
        cph_gain_known(v) ? v->result.residual * v->problem->samples / sigma.residual : (double)NAN;
    return CPH_OK;
}

static cph_status measure(cph_gain_solver *v, size_t reference, bool wants_more, measures *found)
{
    const cph_system *s = &v->system;
    cph_status status = error_bars(v, reference, wants_more, found);
    if (status == CPH_OK)
        status = cph_spectrum_measure(s, v->g, &found->second, &found->excess);
    if (status != CPH_OK)
        return status;
    double left = cph_system_residual(s, s->weight, v->g, NULL);
    found->explained_after = s->total > 0.0 ? 1.0 - left / s->total : (double)NAN;
    return CPH_OK;
}

/* A solver that ran away has no gains. */
static cph_status give_up(cph_gain_solver *v, measures *found)
{
    cph_system *s = &v->system;
    for (size_t p = 0; p < s->n; p++)
        v->flag[s->element[p]] = CPH_FLAG_UNSOLVED;
    *found = (measures){NAN, NAN, NAN, NAN, NAN};
    return CPH_OK;
}

/* Gains in the gauge; fluxes take up the scale, unless they were given. */
static void fix_gauge(cph_gain_solver *v, size_t reference)
{
    cph_system *s = &v->system;
    cph_gauge_phase(s->n, reference, v->gain);
    if (s->absolute)
        return;
    double scale = cph_gauge_scale(s->n, v->gain);
    for (size_t i = 0; i < s->sources; i++)
        v->flux[i] *= scale * scale;
}

static void write_elements(const cph_gain_solver *v, cph_gain_solution *out)
{
    size_t elements = v->problem->elements;
    for (size_t i = 0, p = 0; i < elements; i++) {
        bool live = v->flag[i] == CPH_FLAG_NONE;
        out->flag[i] = v->flag[i];
        out->gain[i] = live ? v->gain[p] : (cph_c64){NAN, NAN};
        out->phase_sigma[i] = live ? sqrt(v->variance[p]) : (double)NAN;
        out->amplitude_sigma[i] = live ? sqrt(v->variance[elements + p]) : (double)NAN;
        p += live;
    }
}

static double root(double variance)
{
    return variance < 0.0 ? 0.0 : sqrt(variance);
}

/* Fluxes in the gauge of the gains, and directions. */
static void write_sky(const cph_gain_solver *v, const measures *found, cph_gain_solution *out)
{
    const cph_system *s = &v->system;
    bool lost = v->result.stop == CPH_STOP_DIVERGED;
    for (size_t i = 0; i < s->sources; i++) {
        bool moves = i >= s->held && s->flux[i] > 0.0 && !lost, fitted = s->fit || !s->absolute;
        const double *offset = v->offset_var + 2 * (i - s->held);
        double unit = s->flux[i] > 0.0 ? v->flux[i] / s->flux[i] : 1.0;
        out->flux[i] = v->flux[i];
        if (out->flux_sigma != NULL)
            out->flux_sigma[i] =
                fitted && !lost ? unit * root(found->power * v->flux_var[i]) : (double)NAN;
        if (out->direction != NULL)
            memcpy(out->direction + 3 * i, s->direction + 3 * i, 3 * sizeof(double));
        if (out->direction_sigma != NULL)
            out->direction_sigma[i] =
                moves ? root(found->power * (offset[0] + offset[1])) : (double)NAN;
    }
}

static void write_noise(const cph_gain_solver *v, const measures *found, cph_gain_solution *out)
{
    const cph_system *s = &v->system;
    for (size_t i = 0, p = 0; i < v->problem->elements; i++) {
        double noise = NAN, sigma = NAN;
        if (v->flag[i] == CPH_FLAG_NONE) {
            double power = s->scale[p] * s->scale[p];
            if (s->diagonal) {
                noise = power * (1.0 - cph_c64_power(v->g[p]) * self_of(v, p));
                sigma = power * root(found->power * v->noise_var[p]);
            }
            p++;
        }
        if (out->noise != NULL)
            out->noise[i] = noise;
        if (out->noise_sigma != NULL)
            out->noise_sigma[i] = sigma;
    }
}

/* Baselines that count for nothing, and which of them is the worst. */
static void write_outliers(const cph_system *s, cph_gain_solution *out)
{
    double least = outlying;
    out->outliers = s->left_out;
    out->outlier[0] = out->outlier[1] = SIZE_MAX;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            size_t at = p * s->n + q;
            double share = s->weight[at] > 0.0 ? s->robust[at] / s->weight[at] : 1.0;
            out->outliers += share < outlying;
            if (share < least) {
                least = share;
                out->outlier[0] = s->element[p];
                out->outlier[1] = s->element[q];
            }
        }
    if (s->left_out > 0)
        memcpy(out->outlier, s->worst, sizeof s->worst);
}

cph_status cph_gain_deliver(cph_gain_solver *v, cph_gain_solution *out)
{
    const cph_system *s = &v->system;
    measures found;
    size_t reference = v->options->reference;
    if (reference != SIZE_MAX) {
        reference = live_index(s, reference);
        if (reference == SIZE_MAX)
            return cph_fail(v->error, CPH_ERR_ARGUMENT, "reference element %zu is %s",
                            v->options->reference,
                            cph_flag_name((cph_flag)v->flag[v->options->reference]));
    }
    for (size_t p = 0; p < s->n; p++)
        v->gain[p] = cph_c64_scale(s->scale[p], v->g[p]);
    bool lost = v->result.stop == CPH_STOP_DIVERGED;
    cph_status status = lost ? give_up(v, &found) : measure(v, reference, wants_more(out), &found);
    if (status != CPH_OK)
        return status;
    if (!lost)
        fix_gauge(v, reference);
    write_elements(v, out);
    write_sky(v, &found, out);
    write_noise(v, &found, out);
    write_outliers(s, out);
    out->student_nu = s->nu;
    out->iterations = v->iterations;
    out->stop = v->result.stop;
    out->explained_before = v->explained_before;
    out->explained_after = found.explained_after;
    out->chi2_dof = found.chi2;
    out->dof = cph_gain_dof(s);
    out->baselines = s->baselines;
    out->second_eigenvalue = found.second;
    out->residual_excess = found.excess;
    return CPH_OK;
}
