/* SPDX-License-Identifier: MIT */
#include "tests/unit/rev_rig.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/calib_scene.h"

static cph_c64 put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

void rev_open(rev_rig *r, size_t n, size_t m, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->n = n;
    r->m = m;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t i = 0; i < n; i++)
        r->field[i] = scene_get(cph_random_normal(&r->random));
    for (size_t i = 0; i < m; i++)
        r->state[i] = put(cexp(I * TURN * (double)i / (double)m));
    r->config = (cph_rev_config){.sweeps = n,
                                 .steps = m,
                                 .power = r->power,
                                 .ld = m + 1,
                                 .state = r->state,
                                 .elements = n,
                                 .rule = CPH_REV_CLOSED};
    r->solution =
        (cph_rev_solution){.estimate = {r->gain, r->phase_sigma, r->amplitude_sigma, r->flag},
                           .root = r->root,
                           .root_sigma = r->root_sigma,
                           .choice = r->choice};
}

void rev_table(rev_rig *r, double ripple)
{
    for (size_t i = 0; i < r->m; i++) {
        const double t = (double)i / (double)r->m;
        const double phase = 0.3 + TURN * t + 0.2 * sin(3.0 + 2.0 * TURN * t);
        const double size = 1.0 + ripple * cos(1.0 + 3.0 * TURN * t);
        r->state[i] = put(size * cexp(I * phase));
    }
}

double complex rev_total(const rev_rig *r)
{
    double complex sum = r->rest;
    for (size_t i = 0; i < r->n; i++)
        sum += r->field[i];
    return sum;
}

static bool turns(const rev_rig *r, size_t sweep, size_t n)
{
    return r->config.member == NULL ? sweep == n : r->member[sweep * r->n + n] != 0;
}

void rev_measure(rev_rig *r, double sigma)
{
    for (size_t c = 0; c < r->config.sweeps; c++)
        for (size_t m = 0; m < r->m; m++) {
            double complex sum = r->rest;
            for (size_t n = 0; n < r->n; n++)
                sum += r->field[n] * (turns(r, c, n) ? scene_get(r->state[m]) : 1.0);
            r->power[c * r->config.ld + m] = (1.0 + 0.25 * (double)(c % 3)) * pow(cabs(sum), 2.0) +
                                             sigma * sqrt(2.0) * cph_random_normal(&r->random).re;
        }
}

cph_status rev_solve(rev_rig *r)
{
    return cph_rev_solve(&r->config, &r->solution, &r->error);
}

double rev_worst(const rev_rig *r)
{
    double worst = 0.0;
    const double complex t = rev_total(r);
    for (size_t n = 0; n < r->n; n++)
        worst =
            fmax(worst, r->flag[n] == 0 ? cabs(scene_get(r->gain[n]) - r->field[n] / t) : INFINITY);
    return worst;
}
