/* SPDX-License-Identifier: MIT */
#include "tests/unit/coupling_rig.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "tests/unit/calib_scene.h"

cph_c64 coupling_rig_put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

double complex coupling_rig_coupling(double x, double y)
{
    const double d = hypot(x, y), along = x * x + 0.3 * x * y - 0.5 * y * y;
    return 0.05 * pow(d / COUPLING_PITCH, -1.3) * (1.0 + 0.6 * along / (d * d)) *
           cexp(-I * (1.9 * d / COUPLING_PITCH + 0.7 * along / (d * d)));
}

void coupling_rig_fill(coupling_rig *r, double sigma)
{
    for (size_t k = 0; k < r->n; k++)
        for (size_t n = 0; n < r->n; n++) {
            const double x = r->position[3 * k] - r->position[3 * n],
                         y = r->position[3 * k + 1] - r->position[3 * n + 1];
            const double complex noise = sigma * scene_get(cph_random_normal(&r->random));
            r->s[k * r->config.ld + n] = coupling_rig_put(
                k == n ? NAN : r->r[k] * coupling_rig_coupling(x, y) * r->t[n] + noise);
        }
}

void coupling_rig_open(coupling_rig *r, size_t nx, size_t ny, bool skewed, double spread,
                       uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->n = nx * ny;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t p = 0; p < r->n; p++) {
        const double i = (double)(p % nx), j = (double)(p / nx);
        r->position[3 * p] = COUPLING_PITCH * (i + (skewed ? 0.5 * j : 0.0));
        r->position[3 * p + 1] = COUPLING_PITCH * j * (skewed ? sqrt(0.75) : 1.1);
        for (int w = 0; w < 2; w++) {
            const double complex g =
                (0.6 + 0.8 * cph_random_uniform(&r->random)) *
                cexp(I * spread * (2.0 * cph_random_uniform(&r->random) - 1.0));
            *(w == 0 ? &r->r[p] : &r->t[p]) = g;
        }
    }
    r->config = (cph_coupling_config){.elements = r->n,
                                      .s = r->s,
                                      .ld = r->n + 1,
                                      .position = r->position,
                                      .reference = SIZE_MAX};
    r->solution.receive =
        (cph_gain_estimate){r->gain[0], r->phase_sigma[0], r->amplitude_sigma[0], r->flag[0]};
    r->solution.transmit =
        (cph_gain_estimate){r->gain[1], r->phase_sigma[1], r->amplitude_sigma[1], r->flag[1]};
    r->solution.receive_part = r->part[0];
    r->solution.transmit_part = r->part[1];
}

cph_status coupling_rig_solve(coupling_rig *r)
{
    return cph_coupling_solve(&r->config, &r->solution, &r->error);
}

size_t coupling_rig_truth(const coupling_rig *r, int which, cph_c64 *gain)
{
    double nothing[COUPLING_ELEMENTS] = {0.0};
    unsigned char flag[COUPLING_ELEMENTS];
    size_t live = 0;
    memcpy(flag, r->flag[which], sizeof flag);
    for (size_t p = 0; p < r->n; p++) {
        gain[p] = coupling_rig_put(which == 0 ? r->r[p] : r->t[p]);
        live += flag[p] == 0;
    }
    cph_gain_estimate e = {gain, nothing, nothing, flag};
    CU_ASSERT_EQUAL(cph_estimate_gauge(r->n, r->config.reference, &e, NULL), CPH_OK);
    return live;
}

double coupling_rig_worst(const coupling_rig *r, int which)
{
    cph_c64 gain[COUPLING_ELEMENTS];
    double most = 0.0;
    (void)coupling_rig_truth(r, which, gain);
    for (size_t p = 0; p < r->n; p++)
        if (r->flag[which][p] == 0)
            most = fmax(most, cabs(scene_get(gain[p]) - scene_get(r->gain[which][p])));
    return most;
}
