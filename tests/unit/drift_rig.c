/* SPDX-License-Identifier: MIT */
#include "tests/unit/drift_rig.h"

#include <math.h>
#include <string.h>

double drift_rig_normal(drift_rig *r)
{
    return M_SQRT2 * cph_random_normal(&r->random).re;
}

size_t drift_rig_at(const drift_rig *r, size_t t, size_t n)
{
    return t * r->n + n;
}

void drift_rig_scale(cph_c64 *z, double by)
{
    z->re *= by;
    z->im *= by;
}

void drift_rig_open(drift_rig *r, size_t times, size_t n, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->times = times;
    r->n = n;
    cph_random_seed(&r->random, seed, 0);
    for (size_t t = 0; t < times; t++) {
        r->time[t] = t == 0 ? 100.0 : r->time[t - 1] + 5.0 + (double)((7 * t) % 11);
        r->temperature[t] = 300.0 + 6.0 * sin(0.9 * (double)t) + 0.2 * (double)t;
    }
    r->config = cph_drift_defaults();
    r->config.times = times;
    r->config.elements = n;
    r->config.time_s = r->time;
    r->config.gain = r->gain;
    r->config.phase_sigma = r->phase_sigma;
    r->config.amplitude_sigma = r->amplitude_sigma;
    r->config.flag = r->flag;
    r->config.absolute_phase = r->config.absolute_amplitude = true;
    r->solution = (cph_drift_solution){.gain = r->found,
                                       .phase_sigma = r->found_phase_sigma,
                                       .amplitude_sigma = r->found_amplitude_sigma,
                                       .mark = r->mark,
                                       .phase_slope = r->slope[0],
                                       .phase_slope_sigma = r->slope[1],
                                       .amplitude_slope = r->slope[2],
                                       .amplitude_slope_sigma = r->slope[3]};
}

void drift_rig_walk(drift_rig *r, double phase_rate, double amplitude_rate, bool heated)
{
    for (size_t n = 0; n < r->n; n++) {
        double phase = 0.4 * (double)n - 1.0, size = 0.1 * (double)n;
        for (size_t t = 0; t < r->times; t++) {
            const double step = t == 0 ? 0.0 : sqrt(r->time[t] - r->time[t - 1]);
            const double heat = heated ? (double)(n + 1) * (r->temperature[t] - 300.0) : 0.0;
            phase += phase_rate * step * drift_rig_normal(r);
            size += amplitude_rate * step * drift_rig_normal(r);
            r->phase[t * r->n + n] = phase + 0.01 * heat;
            r->size[t * r->n + n] = size - 0.002 * heat;
        }
    }
}

void drift_rig_read(drift_rig *r, double phase_sigma, double amplitude_sigma)
{
    for (size_t i = 0; i < r->times * r->n; i++) {
        const double more = i % r->n % 2 == 1 ? 2.0 : 1.0;
        r->phase_sigma[i] = more * phase_sigma;
        r->amplitude_sigma[i] = more * amplitude_sigma;
        const double angle = r->phase[i] + r->phase_sigma[i] * drift_rig_normal(r);
        const double size = exp(r->size[i] + r->amplitude_sigma[i] * drift_rig_normal(r));
        r->gain[i].re = size * cos(angle);
        r->gain[i].im = size * sin(angle);
    }
}

cph_status drift_rig_solve(drift_rig *r)
{
    return cph_drift_solve(&r->config, &r->solution, &r->error);
}
