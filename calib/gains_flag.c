/* SPDX-License-Identifier: MIT */
/* How large the errors are, and which gains are no more than that. */
#include <math.h>

#include "calib/gains.h"
#include "calib/median.h"
#include "calib/robust_law.h"
#include "calib/sigma.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

/* An element is dead when its gain is no more than noise would show, and well below the others: so
 * that where live ones stand at 5 sigma and more none is lost. */
static const double dead_sigma = 4.0, dead_median = 0.42;
/* Where nothing says how large noise is: a gain that no element has which hears anything. */
static const double dead_least = 1e-6;
/* chi2_dof is above 1 beyond chance by this many standard deviations of a chi-square, and by this
 * much: with several sources a few modes (their sample correlations) may carry most of it. */
static const double chi2_chance = 3.0, chi2_least = 0.5;
/* Residuals above this share of the data leave open which gains are low. */
static const double misled_share = 0.5;

bool cph_gain_known(const cph_gain_solver *v)
{
    return v->system.diagonal && v->problem->samples > 0.0;
}

double cph_gain_dof(const cph_system *s)
{
    size_t fluxes = s->fit ? s->sources - !s->absolute : 0;
    size_t offsets = 2 * (s->sources - s->held);
    return 2.0 * (double)s->baselines - 2.0 * (double)s->n + 1.0 - (double)(fluxes + offsets);
}

/* Whether the residuals are what errors of 1/K leave. */
static bool as_expected(const cph_gain_solver *v, double expected)
{
    double dof = fmax(cph_gain_dof(&v->system), 1.0);
    double chi2 = v->result.residual * v->problem->samples / expected;
    return cph_gain_known(v) && chi2 <= 1.0 + fmax(chi2_chance * sqrt(2.0 / dof), chi2_least);
}

/* As cph_robust_power has it. */
static double robust_power(const cph_system *s, const cph_c64 *g)
{
    cph_robust_sums sums = {0};
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            const size_t at = p * s->n + q;
            const cph_c64 model = cph_c64_mul(cph_c64_mulc(g[p], g[q]), s->m[at]);
            cph_robust_sums_add(&sums, s->nu, s->weight[at], s->robust[at],
                                cph_c64_power(cph_c64_sub(s->r[at], model)));
        }
    return cph_robust_power(&sums);
}

double cph_gain_error_power(const cph_gain_solver *v, double expected)
{
    if (as_expected(v, expected))
        return 1.0 / v->problem->samples;
    double robust = robust_power(&v->system, v->g);
    return !(expected > 0.0) ? (double)NAN
           : robust > 0.0    ? robust / expected
                             : v->result.residual / expected;
}

static double sum_weights(const cph_system *s, const double *weight)
{
    double sum = 0.0;
    for (size_t i = 0; i < s->n * s->n; i++)
        sum += weight[i];
    return sum;
}

/* Whether gains follow what the model lacks (emission that elements close to each other share),
 * so that a low one may be a good one: residuals are no noise, and most of the data. */
static bool misled(const cph_gain_solver *v)
{
    const cph_system *s = &v->system;
    return sum_weights(s, s->robust) < sum_weights(s, s->weight) &&
           cph_system_residual(s, s->weight, v->g, NULL) > misled_share * s->total;
}

/* sigma is infinite where it is not known; gains under `weak` are too low. */
static cph_flag judge(double gain, double median, double weak, double sigma)
{
    if (!isfinite(gain))
        return CPH_FLAG_UNSOLVED;
    if ((isfinite(sigma) && gain < dead_sigma * sigma && gain < dead_median * median) ||
        gain < dead_least * median)
        return CPH_FLAG_DEAD;
    return gain < weak ? CPH_FLAG_WEAK : CPH_FLAG_NONE;
}

cph_status cph_gain_flag_low(cph_gain_solver *v, bool *any)
{
    const cph_system *s = &v->system;
    double *modulus = v->variance, *sigma = v->variance + s->n;
    /* Residuals of an incomplete model say nothing of an element's noise. */
    bool known = as_expected(v, sum_weights(s, s->robust));
    double root = known ? sqrt(1.0 / v->problem->samples) : INFINITY;
    for (size_t p = 0; p < s->n; p++)
        modulus[p] = s->scale[p] * sqrt(cph_c64_power(v->g[p]));
    double median = cph_median(modulus, s->n);
    double weak = known || !misled(v) ? v->options->weak_below * median : 0.0;
    cph_status status = cph_sigma_of_nothing(s, v->g, sigma);
    if (status != CPH_OK)
        return cph_fail(v->error, status, "error bars: %s", cph_status_name(status));
    *any = false;
    for (size_t p = 0; p < s->n; p++) {
        double gain = s->scale[p] * sqrt(cph_c64_power(v->g[p]));
        cph_flag flag = judge(gain, median, weak, s->scale[p] * root * sigma[p]);
        v->flag[s->element[p]] = (unsigned char)flag;
        *any = *any || flag != CPH_FLAG_NONE;
    }
    return CPH_OK;
}
