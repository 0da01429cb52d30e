/* SPDX-License-Identifier: MIT */
/* What redundancy leaves open, by convention: slopes, overall phase, and amplitudes of g beside the
 * reference. */
#include <math.h>
#include <stdlib.h>

#include "calib/redundant.h"
#include "kernels/core/c64.h"

static cph_c64 reference_of(const cph_redundant_solver *v, size_t p)
{
    return v->problem->reference == NULL ? (cph_c64){1.0, 0.0}
                                         : v->problem->reference[v->set->element[p]];
}

/* Unit phasor of g beside the reference; open elements have none. */
static cph_c64 phasor(const cph_redundant_solver *v, size_t p)
{
    const cph_c64 z = cph_c64_mulc(v->g[p], reference_of(v, p));
    const double modulus = hypot(z.re, z.im);
    return v->set->open[p] || !(modulus > 0.0) ? (cph_c64){0.0, 0.0}
                                               : cph_c64_scale(1.0 / modulus, z);
}

static double angle(cph_c64 z)
{
    return atan2(z.im, z.re);
}

/* The mean step of the phases along the baselines of a group. */
static double mean_step(const cph_redundant_solver *v, size_t k)
{
    const cph_redundant_set *s = v->set;
    cph_c64 sum = {0.0, 0.0};
    for (size_t b = s->start[k]; b < s->start[k + 1]; b++)
        sum = cph_c64_add(
            sum, cph_c64_mulc(phasor(v, s->baseline[b].first), phasor(v, s->baseline[b].second)));
    return angle(sum);
}

static void rotate_back(cph_redundant_solver *v)
{
    const size_t n = v->set->n;
    cph_c64 sum = {0.0, 0.0};
    for (size_t p = 0; p < n; p++)
        sum = cph_c64_add(sum, phasor(v, p));
    const double turn = -angle(sum);
    for (size_t p = 0; p < n; p++)
        v->g[p] = cph_c64_mul(v->g[p], (cph_c64){cos(turn), sin(turn)});
}

/* g times exp(-(1 or j) the part of x [n] in the null space). */
static void remove_part(cph_redundant_solver *v, cph_redundant_part part, const double *x)
{
    const cph_redundant_set *s = v->set;
    const bool real = part == CPH_AMPLITUDES;
    const double *basis = real ? s->amplitude_null : s->phase_null;
    for (size_t i = 0; i < (real ? s->amplitude_nulls : s->phase_nulls); i++) {
        double along = 0.0;
        for (size_t p = 0; p < s->n; p++)
            along += basis[i * s->n + p] * x[p];
        for (size_t p = 0; p < s->n; p++) {
            const double by = along * basis[i * s->n + p];
            const cph_c64 factor =
                part == CPH_AMPLITUDES ? (cph_c64){exp(-by), 0.0} : (cph_c64){cos(by), -sin(by)};
            v->g[p] = cph_c64_mul(v->g[p], factor);
        }
    }
}

/* g turned by the mean of the phases x [n], which are 0 for open elements. */
static void remove_mean(cph_redundant_solver *v, const double *x)
{
    const cph_redundant_set *s = v->set;
    double sum = 0.0;
    size_t known = 0;
    for (size_t p = 0; p < s->n; p++) {
        sum += x[p];
        known += !s->open[p];
    }
    const double by = sum / (double)known;
    for (size_t p = 0; p < s->n; p++)
        v->g[p] = cph_c64_mul(v->g[p], (cph_c64){cos(by), -sin(by)});
}

void cph_redundant_fix_phases(cph_redundant_solver *v, bool overall_only)
{
    const cph_redundant_set *s = v->set;
    double step[3] = {0};
    if (!overall_only) {
        for (size_t d = 0; d < s->slopes; d++)
            step[d] = -mean_step(v, s->step[d]);
        cph_redundant_turn(v, step);
    }
    rotate_back(v);
    for (size_t p = 0; p < s->n; p++)
        v->x[p] = s->open[p] ? 0.0 : angle(phasor(v, p));
    if (overall_only)
        remove_mean(v, v->x);
    else
        remove_part(v, CPH_PHASES, v->x);
}

static void fix_amplitudes(cph_redundant_solver *v)
{
    const cph_redundant_set *s = v->set;
    double sum = 0.0, wanted = 0.0;
    for (size_t p = 0; p < s->n; p++)
        v->x[p] = s->open[p]
                      ? 0.0
                      : 0.5 * log(cph_c64_power(v->g[p]) / cph_c64_power(reference_of(v, p)));
    remove_part(v, CPH_AMPLITUDES, v->x);
    for (size_t p = 0; p < s->n; p++) {
        if (s->open[p])
            continue;
        sum += sqrt(cph_c64_power(v->g[p]));
        wanted += sqrt(cph_c64_power(reference_of(v, p)));
    }
    for (size_t p = 0; p < s->n; p++)
        v->g[p] = cph_c64_scale(wanted / sum, v->g[p]);
}

cph_status cph_redundant_gauge(cph_redundant_solver *v)
{
    const bool model = v->problem->model != NULL;
    if (model) {
        const cph_status status = cph_redundant_meet(v);
        if (status != CPH_OK)
            return status;
    } else {
        fix_amplitudes(v);
    }
    cph_redundant_fix_phases(v, model);
    v->residual = cph_redundant_fit(v, v->g);
    return CPH_OK;
}
