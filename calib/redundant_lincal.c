/* SPDX-License-Identifier: MIT */
/* With m = g_p g_q* u the model changes by m (d log g_p + conj(d log g_q) + d log u): amplitudes
 * and phases are two real least-squares problems with the weights w |m|^2, the one of the sum and
 * the other of the difference. u is at its best for g (variable projection), which takes it out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant.h"
#include "calib/stefcal.h"
#include "kernels/core/c64.h"

/* Weights of the damped update are refreshed every so many iterations (of which each second one
 * is looked at). */
enum { REFRESH = 10, HALVINGS = 10, LOOK = 2 };

static const unsigned limit_lincal = 50, limit_omnical = 3000;
static const double tolerance_least = 1e-12, tolerance_of_noise = 0.03;
/* A step may change no log amplitude or phase by more; and below this share of the data residuals
 * are rounding, which need not shrink. */
static const double longest_step = 1.0, rounding = 1e-24;

static cph_c64 model(const cph_redundant_solver *v, const cph_c64 *g, size_t b)
{
    const cph_redundant_baseline *at = &v->set->baseline[b];
    return cph_c64_mul(cph_c64_mulc(g[at->first], g[at->second]), v->u[at->group]);
}

static void weigh(cph_redundant_solver *v)
{
    for (size_t b = 0; b < v->set->baselines; b++)
        v->w[b] = v->weight[b] * cph_c64_power(model(v, v->g, b));
}

cph_status cph_redundant_equations(cph_redundant_solver *v)
{
    const size_t n = v->set->n;
    cph_status status = CPH_OK;
    weigh(v);
    for (int part = CPH_AMPLITUDES; status == CPH_OK && part <= CPH_PHASES; part++) {
        double *normal = v->inverse + (size_t)part * n * n;
        status = cph_redundant_normal(v->set, (cph_redundant_part)part, v->w, normal);
        if (status == CPH_OK)
            status = cph_redundant_invert(v->set, (cph_redundant_part)part, normal);
    }
    return status;
}

/* Standard deviation of |dg|/|g| that residuals of this size would cause. */
static double noise(const cph_redundant_solver *v)
{
    const cph_redundant_set *s = v->set;
    cph_redundant_info info;
    double *power = v->x + 2 * s->n, sum = 0.0, size = 0.0;
    cph_redundant_count(s, &info);
    memset(power, 0, s->n * sizeof *power);
    for (size_t b = 0; b < s->baselines; b++) {
        power[s->baseline[b].first] += v->w[b];
        power[s->baseline[b].second] += v->w[b];
    }
    for (size_t p = 0; p < s->n; p++) {
        const double g2 = cph_c64_power(v->g[p]);
        sum += power[p] > 0.0 ? g2 / power[p] : 0.0;
        size += g2;
    }
    return sqrt(v->residual / fmax(info.dof, 1.0) * sum / size);
}

static double tolerance_now(const cph_redundant_solver *v)
{
    return v->options->tolerance > 0.0 ? v->options->tolerance
                                       : fmax(tolerance_of_noise * noise(v), tolerance_least);
}

/* |trial - g| / |g| */
static double change_of(const cph_redundant_solver *v)
{
    double change = 0.0, size = 0.0;
    for (size_t p = 0; p < v->set->n; p++) {
        change += cph_c64_power(cph_c64_sub(v->trial[p], v->g[p]));
        size += cph_c64_power(v->g[p]);
    }
    return sqrt(change / size);
}

/* The Gauss-Newton step: x [0] of log amplitudes, x [1] of phases. */
static cph_status direction(cph_redundant_solver *v, double *longest)
{
    const cph_redundant_set *s = v->set;
    const size_t n = s->n;
    cph_status status = cph_redundant_equations(v);
    if (status != CPH_OK)
        return status;
    for (size_t b = 0; b < s->baselines; b++) {
        const cph_c64 m = model(v, v->g, b);
        const cph_c64 e = cph_c64_mulc(cph_c64_sub(v->data[b], m), m);
        v->wy[b] = v->weight[b] * e.re;
        v->wy[s->baselines + b] = v->weight[b] * e.im;
    }
    *longest = 0.0;
    for (int part = CPH_AMPLITUDES; part <= CPH_PHASES; part++)
        cph_redundant_apply(s, (cph_redundant_part)part, v->inverse + (size_t)part * n * n, v->w,
                            v->wy + (size_t)part * s->baselines, v->x + 2 * n,
                            v->x + (size_t)part * n);
    for (size_t i = 0; i < 2 * n; i++)
        *longest = fmax(*longest, fabs(v->x[i]));
    return isfinite(*longest) ? CPH_OK : CPH_ERR_SINGULAR;
}

/* trial = g moved by `share` of the step; the residual there. */
static double move(cph_redundant_solver *v, double share)
{
    const size_t n = v->set->n;
    for (size_t p = 0; p < n; p++) {
        const double size = exp(share * v->x[p]), turn = share * v->x[n + p];
        v->trial[p] = cph_c64_mul(v->g[p], (cph_c64){size * cos(turn), size * sin(turn)});
    }
    return cph_redundant_fit(v, v->trial);
}

/* One step, shortened until the residual does not grow; *change is how far it went. */
static cph_status lincal(cph_redundant_solver *v, double *change)
{
    double longest, residual = INFINITY;
    cph_status status = direction(v, &longest);
    if (status != CPH_OK)
        return status;
    const double share = fmin(1.0, longest_step / fmax(longest, longest_step));
    bool better = false;
    for (int i = 0; !better && i <= HALVINGS; i++) {
        residual = move(v, ldexp(share, -i));
        better = residual <= fmax(v->residual, rounding * v->total);
    }
    *change = change_of(v);
    if (better) {
        memcpy(v->g, v->trial, v->set->n * sizeof *v->g);
        v->residual = residual;
    } else {
        /* As low as rounding lets it be. */
        v->residual = cph_redundant_fit(v, v->g);
    }
    return CPH_OK;
}

/* The damped update: every number times (1 - gain) + gain sum w|m|^2 (d / m) / sum w|m|^2, ratios
 * conjugated for the second element. */
static void omnical(cph_redundant_solver *v, cph_c64 *ratio, double *power)
{
    const cph_redundant_set *s = v->set;
    const double gain = v->options->gain;
    memset(ratio, 0, (s->n + s->groups) * sizeof *ratio);
    memset(power, 0, (s->n + s->groups) * sizeof *power);
    for (size_t b = 0; b < s->baselines; b++) {
        const cph_redundant_baseline *at = &s->baseline[b];
        const cph_c64 m = model(v, v->g, b);
        const double m2 = cph_c64_power(m);
        if (!(m2 > 0.0))
            continue;
        const cph_c64 r = cph_c64_scale(v->w[b] / m2, cph_c64_mulc(v->data[b], m));
        const size_t to[3] = {at->first, at->second, s->n + at->group};
        for (int i = 0; i < 3; i++) {
            ratio[to[i]] = cph_c64_add(ratio[to[i]], i == 1 ? cph_c64_conj(r) : r);
            power[to[i]] += v->w[b];
        }
    }
    for (size_t i = 0; i < s->n + s->groups; i++) {
        cph_c64 *x = i < s->n ? &v->g[i] : &v->u[i - s->n];
        if (!(power[i] > 0.0))
            continue;
        cph_c64 factor = cph_c64_scale(gain / power[i], ratio[i]);
        factor.re += 1.0 - gain;
        *x = cph_c64_mul(*x, factor);
    }
}

static double residual_now(const cph_redundant_solver *v)
{
    double sum = 0.0;
    for (size_t b = 0; b < v->set->baselines; b++)
        sum += v->weight[b] * cph_c64_power(cph_c64_sub(v->data[b], model(v, v->g, b)));
    return sum;
}

static cph_status iterate_omnical(cph_redundant_solver *v, unsigned limit)
{
    const cph_redundant_set *s = v->set;
    cph_convergence convergence = {0};
    const size_t numbers = s->n + s->groups;
    cph_c64 *ratio = calloc(numbers, sizeof *ratio);
    double *power = calloc(numbers, sizeof *power);
    bool done = ratio == NULL || power == NULL;
    const cph_status status = done ? CPH_ERR_MEMORY : CPH_OK;
    memcpy(v->trial, v->g, s->n * sizeof *v->g);
    for (unsigned i = 0; !done && i < limit; i++) {
        if (i % REFRESH == 0)
            weigh(v);
        omnical(v, ratio, power);
        v->iterations++;
        if (i % LOOK == 0)
            continue;
        const double change = change_of(v);
        memcpy(v->trial, v->g, s->n * sizeof *v->g);
        v->residual = residual_now(v);
        done = cph_convergence_check(&convergence, change, tolerance_now(v), v->residual, v->total,
                                     &v->stop);
        if (!done)
            v->stop = CPH_STOP_ITERATIONS;
    }
    free(ratio);
    free(power);
    return status;
}

static cph_status iterate_lincal(cph_redundant_solver *v, unsigned limit)
{
    cph_convergence convergence = {0};
    for (unsigned i = 0; i < limit; i++) {
        double change;
        cph_status status = lincal(v, &change);
        if (status != CPH_OK)
            return status;
        v->iterations++;
        if (cph_convergence_check(&convergence, change, tolerance_now(v), v->residual, v->total,
                                  &v->stop))
            return CPH_OK;
    }
    v->stop = CPH_STOP_ITERATIONS;
    return CPH_OK;
}

cph_status cph_redundant_iterate(cph_redundant_solver *v)
{
    const bool gauss = v->options->method == CPH_REDUNDANT_LINCAL;
    const unsigned limit = v->options->max_iterations > 0 ? v->options->max_iterations
                           : gauss                        ? limit_lincal
                                                          : limit_omnical;
    v->stop = CPH_STOP_ITERATIONS;
    v->residual = cph_redundant_fit(v, v->g);
    cph_status status = gauss ? iterate_lincal(v, limit) : iterate_omnical(v, limit);
    if (status == CPH_OK)
        v->residual = cph_redundant_fit(v, v->g);
    return status;
}
