/* SPDX-License-Identifier: MIT */
#include "tests/unit/near_field_rig.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/calib_scene.h"

cph_c64 near_field_rig_put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

cph_c64 near_field_rig_lopsided(const void *context, const double u[3])
{
    (void)context;
    return near_field_rig_put((1.0 + 0.5 * u[0] - 0.3 * u[1]) *
                              cexp(I * (0.9 * u[0] + 0.4 * u[1])));
}

void near_field_rig_open(near_field_rig *r, size_t nx, size_t ny, double pitch, size_t side,
                         uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->n = nx * ny;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t p = 0; p < r->n; p++) {
        r->position[3 * p] = NEAR_WAVELENGTH * (pitch * (double)(p % nx) - 0.8);
        r->position[3 * p + 1] = NEAR_WAVELENGTH * (pitch * (double)(p / nx) - 0.3);
        r->position[3 * p + 2] = 0.4 * NEAR_WAVELENGTH;
        r->gain[p] = (0.6 + 0.8 * cph_random_uniform(&r->random)) *
                     cexp(2.0 * M_PI * I * cph_random_uniform(&r->random));
    }
    r->scan = (cph_near_field_scan){.columns = side,
                                    .rows = side - 2,
                                    .field = r->field,
                                    .x0 = -0.4 * NEAR_WAVELENGTH * 0.5 * (double)(side - 1),
                                    .y0 = -0.4 * NEAR_WAVELENGTH * 0.5 * (double)(side - 3),
                                    .dx = 0.4 * NEAR_WAVELENGTH,
                                    .dy = 0.38 * NEAR_WAVELENGTH,
                                    .z = 3.4 * NEAR_WAVELENGTH,
                                    .freq_hz = NEAR_FREQ,
                                    .elements = r->n,
                                    .position = r->position};
    r->solution.estimate =
        (cph_gain_estimate){r->solved, r->phase_sigma, r->amplitude_sigma, r->flag};
    r->solution.resolution = r->resolution;
}

double complex near_field_rig_at(const near_field_rig *r, size_t n, size_t j, size_t i)
{
    const cph_near_field_scan *const s = &r->scan;
    const double x = s->x0 + (double)i * s->dx - r->position[3 * n],
                 y = s->y0 + (double)j * s->dy - r->position[3 * n + 1],
                 z = s->z - r->position[3 * n + 2], distance = sqrt(x * x + y * y + z * z);
    const double u[3] = {x / distance, y / distance, z / distance};
    double complex e = cexp(-I * NEAR_WAVENUMBER * distance) / distance;
    if (s->element.at != NULL)
        e *= scene_get(s->element.at(s->element.context, u));
    if (s->probe.at != NULL)
        e *= scene_get(s->probe.at(s->probe.context, u));
    return e;
}

void near_field_rig_measure(near_field_rig *r, double sigma)
{
    for (size_t j = 0; j < r->scan.rows; j++)
        for (size_t i = 0; i < r->scan.columns; i++) {
            double complex e = sigma * scene_get(cph_random_normal(&r->random));
            for (size_t n = 0; n < r->n; n++)
                e += r->gain[n] * near_field_rig_at(r, n, j, i);
            r->field[j * r->scan.columns + i] = near_field_rig_put(e);
        }
}

cph_status near_field_rig_project(near_field_rig *r, double max_sine, cph_c64 *image)
{
    return cph_near_field_project(&r->scan, max_sine, &r->solution.estimate, image, &r->error);
}

cph_status near_field_rig_solve(near_field_rig *r)
{
    return cph_near_field_solve(&r->scan, &r->options, &r->solution, &r->error);
}

double near_field_rig_worst(const near_field_rig *r, const double complex *expected)
{
    double most = 0.0;
    for (size_t n = 0; n < r->n; n++)
        most = fmax(most, cabs(scene_get(r->solved[n]) - expected[n]));
    return most;
}
