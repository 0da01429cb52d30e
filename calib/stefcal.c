/* SPDX-License-Identifier: MIT */
/* StEFCal (Salvini & Wijnholds, A&A 571 A97, 2014): each gain is the least-squares solution with
 * the others held, all at once; every second step is averaged with the one before, without which
 * a rank-1 model would take scale s to 1/s for ever. */
#include "calib/stefcal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/coarse.h"
#include "kernels/core/c64.h"

/* Iterations between two looks at the weights, when they don't converge before. */
enum { REWEIGHT = 10 };

/* Rounding leaves nothing to gain below this; above it, this much of the noise. */
static const double tolerance_least = 1e-12, tolerance_of_noise = 0.03;
/* Directions and phases follow each other slowly: so much nearer must they come. */
static const double nearer = 0.03;

typedef struct state {
    cph_system *system;
    cph_c64 *g, *next;
    cph_c64 *checked; /* gains of the check before */
    double *square;   /* [baselines] */
    double *power;    /* [n] sum over q of w |m g_q|^2 */
    cph_coarse coarse;
    bool rough;     /* steps are taken in float: whatever end they find, double has the word */
    bool near;      /* the last change was as small as float can tell */
    unsigned fresh; /* iterations since the weights changed */
    bool heavy;     /* residuals were found to have heavy tails */
    bool moving;    /* sources are: gains have converged to where they were said to be */
} state;

/* next = sum_q w r m* g_q / sum_q w |m g_q|^2; an element that nothing reaches keeps its gain. */
static void step(state *t)
{
    const cph_system *s = t->system;
    if (t->rough) {
        cph_coarse_step(&t->coarse, s, t->g, t->next, t->power);
        return;
    }
    memset(t->next, 0, s->n * sizeof *t->next);
    memset(t->power, 0, s->n * sizeof *t->power);
    for (size_t p = 0; p < s->n; p++) {
        const cph_c64 *r = s->r + p * s->n, *m = s->m + p * s->n;
        const double *w = s->robust + p * s->n;
        for (size_t q = p + 1; q < s->n; q++) {
            if (w[q] <= 0.0)
                continue;
            cph_c64 rm = cph_c64_scale(w[q], cph_c64_mulc(r[q], m[q]));
            double mm = w[q] * cph_c64_power(m[q]);
            t->next[p] = cph_c64_add(t->next[p], cph_c64_mul(rm, t->g[q]));
            t->next[q] = cph_c64_add(t->next[q], cph_c64_mulc(t->g[p], rm));
            t->power[p] += mm * cph_c64_power(t->g[q]);
            t->power[q] += mm * cph_c64_power(t->g[p]);
        }
    }
    for (size_t p = 0; p < s->n; p++)
        t->next[p] = t->power[p] > 0.0 ? cph_c64_scale(1.0 / t->power[p], t->next[p]) : t->g[p];
}

static double norm2(const cph_c64 *g, size_t n)
{
    double sum = 0.0;
    for (size_t p = 0; p < n; p++)
        sum += cph_c64_power(g[p]);
    return sum;
}

/* |g - checked| / |g|; g is remembered. */
static double change_since(state *t)
{
    double sum = 0.0;
    size_t n = t->system->n;
    for (size_t p = 0; p < n; p++)
        sum += cph_c64_power(cph_c64_sub(t->g[p], t->checked[p]));
    memcpy(t->checked, t->g, n * sizeof *t->g);
    return sum > 0.0 ? sqrt(sum / norm2(t->g, n)) : 0.0;
}

/* Standard deviation of |dg|/|g| that residuals of this size would cause; what exceeds the data is
 * no noise but a scale that is far off. */
static double noise(const state *t, double residual)
{
    double weights = 0.0, sum = 0.0;
    const cph_system *s = t->system;
    for (size_t i = 0; i < s->n * s->n; i++)
        weights += s->robust[i];
    for (size_t p = 0; p < s->n; p++)
        sum += t->power[p] > 0.0 ? 1.0 / t->power[p] : 0.0;
    return sqrt(fmin(residual, s->total) / weights * sum / norm2(t->g, s->n));
}

static double tolerance_now(const state *t, const cph_gain_options *options, double residual)
{
    double share = tolerance_of_noise * (t->moving ? nearer : 1.0);
    return options->tolerance > 0.0 ? options->tolerance
                                    : fmax(share * noise(t, residual), tolerance_least);
}

/* Averages with the last step, fits fluxes, and looks where it stands. *done: stop. */
static cph_status check(state *t, const cph_gain_options *options, cph_convergence *convergence,
                        cph_stefcal_result *result, bool *done)
{
    cph_system *s = t->system;
    for (size_t p = 0; p < s->n; p++)
        t->g[p] = cph_c64_scale(0.5, cph_c64_add(t->g[p], t->next[p]));
    cph_status status = s->fit ? cph_sources_fit(s, t->g) : CPH_OK;
    if (status == CPH_OK && t->moving)
        status = cph_directions_fit(s, t->g);
    if (status != CPH_OK)
        return status;
    result->residual = cph_system_residual(s, s->robust, t->g, t->square);
    double change = change_since(t);
    t->near = !(change > CPH_COARSE_LEAST);
    *done = cph_convergence_check(convergence, change, tolerance_now(t, options, result->residual),
                                  result->residual, s->total, &result->stop);
    bool converged = *done && result->stop == CPH_STOP_CONVERGED;
    if (options->robust > 0.0 && (converged || t->fresh >= REWEIGHT)) {
        /* Converged at once after a change of weights: they are settled too. */
        bool settled = t->fresh <= 2;
        bool changed = cph_robust_weights(s, t->g, options, t->square, &t->heavy);
        if (converged && !settled && changed)
            *done = false;
        if (changed)
            *convergence = (cph_convergence){0};
        t->coarse.packed = t->coarse.packed && !changed;
        t->fresh = 0;
    }
    if (converged && !t->moving && s->held < s->sources) {
        t->moving = true;
        *done = false;
        *convergence = (cph_convergence){0};
    }
    return CPH_OK;
}

/* Goes on in double; from `start` where float found no finite gains. */
static void refine(state *t, const cph_c64 *start, cph_stop stop, cph_convergence *convergence)
{
    t->rough = false;
    if (stop != CPH_STOP_CONVERGED)
        *convergence = (cph_convergence){0};
    if (stop != CPH_STOP_DIVERGED)
        return;
    memcpy(t->g, start, t->system->n * sizeof *t->g);
    memcpy(t->checked, start, t->system->n * sizeof *t->g);
}

static cph_status iterate(state *t, const cph_c64 *start, const cph_gain_options *options,
                          cph_stefcal_result *result)
{
    cph_convergence convergence = {0};
    *result = (cph_stefcal_result){
        .stop = CPH_STOP_ITERATIONS, .residual = INFINITY, .warm = result->warm};
    if (result->warm && options->robust > 0.0)
        (void)cph_robust_weights(t->system, t->g, options, t->square, &t->heavy);
    memcpy(t->checked, t->g, t->system->n * sizeof *t->g);
    for (unsigned i = 1; i <= options->max_iterations; i++) {
        bool done = false;
        step(t);
        result->iterations = i;
        t->fresh++;
        if (i % 2 == 1) {
            cph_c64 *kept = t->g;
            t->g = t->next;
            t->next = kept;
            continue;
        }
        cph_status status = check(t, options, &convergence, result, &done);
        if (status == CPH_OK && t->rough && (done || t->near)) {
            refine(t, start, done ? result->stop : CPH_STOP_CONVERGED, &convergence);
            continue;
        }
        if (status != CPH_OK || done)
            return status;
    }
    result->stop = CPH_STOP_ITERATIONS;
    result->residual = cph_system_residual(t->system, t->system->robust, t->g, t->square);
    return CPH_OK;
}

cph_status cph_stefcal_run(cph_system *system, const cph_gain_options *options, cph_c64 *g,
                           cph_stefcal_result *result)
{
    size_t n = system->n;
    cph_c64 *gains = calloc(3 * n, sizeof *gains);
    double *real = calloc(n + system->baselines, sizeof *real);
    if (gains == NULL || real == NULL) {
        free(gains);
        free(real);
        return CPH_ERR_MEMORY;
    }
    state t = {.system = system,
               .g = gains,
               .next = gains + n,
               .checked = gains + 2 * n,
               .power = real,
               .moving = result->warm && system->held < system->sources,
               .square = real + n};
    memcpy(t.g, g, n * sizeof *g);
    /* Sources that change the model with every step would have it packed as often. */
    bool still = !system->fit && system->held >= system->sources;
    t.rough = still && cph_coarse_open(&t.coarse, n);
    cph_status status = iterate(&t, g, options, result);
    cph_coarse_close(&t.coarse);
    if (status == CPH_OK)
        memcpy(g, t.g, n * sizeof *g);
    free(gains);
    free(real);
    return status;
}
