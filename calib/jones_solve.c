/* SPDX-License-Identifier: MIT */
/* Row i is the least-squares solution of r_ik = j_i z_ik, z_ik = M_ik j_k^H, over all k:
 * j_i = (sum w r z^H) (sum w z z^H)^-1. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/jones.h"
#include "calib/stefcal.h"
#include "kernels/core/fail.h"

/* Iterations between two looks at robust weights, when they don't converge before. */
enum { REWEIGHT = 10 };

/* From here Gauss and Newton's steps are few; or this much of the noise. */
static const double near_enough = 1e-3, tolerance_of_noise = 0.1;
/* sum w z z^H of a sky that a row hears in one polarisation alone has a determinant below this,
 * relative to its trace squared. */
static const double one_polarisation = 1e-12;

static double norm2(const cph_c64 *j, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += cph_c64_power(j[i]);
    return sum;
}

double cph_jones_residual(const cph_jones_system *s, const double *weight, const cph_c64 *jones)
{
    double sum = 0.0;
    for (size_t i = 0; i < s->m; i++)
        for (size_t k = i + 1; k < s->m; k++) {
            const double w = weight[i * s->m + k];
            cph_c64 z[2];
            if (!(w > 0.0))
                continue;
            cph_jones_heard(cph_jones_block(s, i, k), jones + 2 * k, z);
            sum += w *
                   cph_c64_power(cph_c64_sub(s->r[i * s->m + k], cph_jones_meet(jones + 2 * i, z)));
        }
    return sum;
}

/* next [2] of input i; *trace: of (sum w z z^H)^-1, the variance of the row for errors of power 1
 * and weights 1. False: it is not determined. */
static bool step_row(const cph_jones_system *s, const cph_c64 *jones, size_t i, cph_c64 *next,
                     double *trace)
{
    cph_c64 right[2] = {{0.0, 0.0}, {0.0, 0.0}}, cross = {0.0, 0.0};
    double power[2] = {0.0, 0.0};
    for (size_t k = 0; k < s->m; k++) {
        const double w = s->weight[i * s->m + k];
        cph_c64 z[2];
        if (!(w > 0.0))
            continue;
        cph_jones_heard(cph_jones_block(s, i, k), jones + 2 * k, z);
        for (size_t c = 0; c < 2; c++) {
            right[c] =
                cph_c64_add(right[c], cph_c64_scale(w, cph_c64_mulc(s->r[i * s->m + k], z[c])));
            power[c] += w * cph_c64_power(z[c]);
        }
        cross = cph_c64_add(cross, cph_c64_scale(w, cph_c64_mulc(z[0], z[1])));
    }
    const double sum = power[0] + power[1],
                 determinant = power[0] * power[1] - cph_c64_power(cross);
    if (!(determinant > one_polarisation * sum * sum))
        return false;
    next[0] = cph_c64_scale(1.0 / determinant, cph_c64_sub(cph_c64_scale(power[1], right[0]),
                                                           cph_c64_mulc(right[1], cross)));
    next[1] = cph_c64_scale(1.0 / determinant, cph_c64_sub(cph_c64_scale(power[0], right[1]),
                                                           cph_c64_mul(right[0], cross)));
    *trace = sum / determinant;
    return true;
}

static cph_status step(const cph_jones_system *s, const cph_c64 *jones, cph_c64 *next,
                       double *trace)
{
    *trace = 0.0;
    for (size_t i = 0; i < s->m; i++) {
        double row = 0.0;
        if (!step_row(s, jones, i, next + 2 * i, &row))
            return cph_fail(s->error, CPH_ERR_SINGULAR,
                            "input %zu hears one polarisation of the sky only, or none: its row of "
                            "J is not determined",
                            s->input[i]);
        *trace += row;
    }
    return CPH_OK;
}

/* What alternation remembers. */
typedef struct state {
    cph_c64 *next, *checked; /* [m][2] */
    cph_convergence convergence;
    unsigned fresh; /* iterations since the weights changed */
} state;

/* Looks at the weights where steps have converged under the present ones, and now and then where
 * those are robust. *done: stop. */
static void look_at_weights(cph_jones_system *s, state *t, bool converged, bool *done)
{
    if (!converged && !(s->heavy && t->fresh >= REWEIGHT))
        return;
    /* Converged at once after a change of weights: they are settled too. */
    const bool settled = t->fresh <= 2 && s->heavy == s->reweighted;
    const bool changed = cph_jones_reweight(s, true);
    if (converged && changed && !settled)
        *done = false;
    if (changed)
        t->convergence = (cph_convergence){0};
    t->fresh = 0;
}

/* Averages, looks where it stands. */
static bool check(cph_jones_system *s, state *t, double trace, cph_stop *stop)
{
    const size_t count = 2 * s->m;
    double moved = 0.0;
    for (size_t i = 0; i < count; i++) {
        s->jones[i] = cph_c64_scale(0.5, cph_c64_add(s->jones[i], t->next[i]));
        moved += cph_c64_power(cph_c64_sub(s->jones[i], t->checked[i]));
    }
    memcpy(t->checked, s->jones, count * sizeof *t->checked);
    const double size = norm2(s->jones, count),
                 residual = cph_jones_residual(s, s->weight, s->jones);
    const double noise = sqrt(fmin(cph_jones_noise(s), s->total) / s->weights * trace / size);
    const double tolerance = s->options->tolerance > 0.0
                                 ? s->options->tolerance
                                 : fmax(tolerance_of_noise * noise, near_enough);
    bool done = cph_convergence_check(&t->convergence, sqrt(moved / size), tolerance, residual,
                                      s->total, stop);
    look_at_weights(s, t, done && *stop == CPH_STOP_CONVERGED, &done);
    return done;
}

cph_status cph_jones_alternate(cph_jones_system *s, unsigned *iterations, cph_stop *stop)
{
    const size_t count = 2 * s->m;
    state t = {.next = calloc(2 * count, sizeof *t.next)};
    cph_status status = CPH_OK;
    bool done = false;
    *stop = CPH_STOP_ITERATIONS;
    if (t.next == NULL)
        return cph_fail(s->error, CPH_ERR_MEMORY, "no memory for %zu inputs", s->m);
    t.checked = t.next + count;
    memcpy(t.checked, s->jones, count * sizeof *t.checked);
    /* Lest what is far out lead astray before there is anything to judge. */
    (void)cph_jones_reweight(s, false);
    for (unsigned i = 1; i <= s->options->max_iterations && status == CPH_OK && !done; i++) {
        double trace;
        status = step(s, s->jones, t.next, &trace);
        *iterations = i;
        t.fresh++;
        if (status != CPH_OK)
            break;
        if (i % 2 == 0)
            done = check(s, &t, trace, stop);
        else
            memcpy(s->jones, t.next, count * sizeof *t.next);
    }
    if (!done)
        *stop = CPH_STOP_ITERATIONS;
    free(t.next);
    return status;
}
