/* SPDX-License-Identifier: MIT */
#include "tests/unit/jones_rig.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/calib_scene.h"

static double complex normal(jones_rig *r)
{
    const cph_c64 z = cph_random_normal(&r->random);
    return z.re + I * z.im;
}

void jones_rig_polarise(jones_rig *r, size_t source, double i, double q, double u, double v)
{
    memcpy(r->stokes + 4 * source, (double[4]){i, q, u, v}, 4 * sizeof(double));
}

static void bind(jones_rig *r)
{
    r->options = cph_jones_defaults();
    r->problem = (cph_jones_problem){.antennas = r->n,
                                     .r = r->r,
                                     .ld = JONES_LD,
                                     .has_diagonal = true,
                                     .position = r->position,
                                     .freq_hz = JONES_FREQ,
                                     .sources = r->sources,
                                     .direction = r->direction,
                                     .stokes = r->stokes};
    r->solution =
        (cph_jones_solution){.jones = r->solved,
                             .jones_sigma = r->jones_sigma,
                             .estimate = {r->gain, r->phase_sigma, r->amplitude_sigma, r->flag},
                             .leakage = r->leakage,
                             .leakage_sigma = r->leakage_sigma};
}

void jones_rig_open(jones_rig *r, size_t n, size_t sources, uint64_t seed)
{
    static const double uv[2 * JONES_SOURCES] = {0.31, -0.22, -0.5, 0.13, 0.08, 0.61};
    static const double flux[JONES_SOURCES] = {1.0, 0.6, 0.35};
    memset(r, 0, sizeof *r);
    printf("seed %u ", (unsigned)seed);
    cph_random_seed(&r->random, seed, 0);
    r->n = n;
    r->sources = sources;
    for (size_t p = 0; p < n; p++) {
        for (size_t k = 0; k < 3; k++)
            r->position[3 * p + k] = (k < 2 ? 12.0 : 1.0) * (cph_random_uniform(&r->random) - 0.5);
        for (size_t a = 0; a < 2; a++) {
            const double complex g = (0.6 + 0.8 * cph_random_uniform(&r->random)) *
                                     cexp(2.0 * M_PI * I * cph_random_uniform(&r->random));
            r->jones[p][a][a] = g;
            r->jones[p][a][1 - a] = 0.1 * g * normal(r);
        }
    }
    for (size_t s = 0; s < sources && s < JONES_SOURCES; s++) {
        const double u = uv[2 * s], v = uv[2 * s + 1];
        memcpy(r->direction + 3 * s, (double[3]){u, v, sqrt(1.0 - u * u - v * v)},
               3 * sizeof(double));
        jones_rig_polarise(r, s, flux[s], 0.0, 0.0, 0.0);
    }
    bind(r);
    jones_rig_exact(r);
}

static double complex delay(const jones_rig *r, size_t s, size_t p)
{
    const double *const u = r->direction + 3 * s, *const x = r->position + 3 * p;
    return cexp(2.0 * M_PI * I * JONES_FREQ / CPH_SPEED_OF_LIGHT *
                (u[0] * x[0] + u[1] * x[1] + u[2] * x[2]));
}

/* Field by field: input a hears sum_c J_ac e_c; <e_x e_x*> = I + Q, <e_x e_y*> = U + jV. */
double complex jones_rig_entry(const jones_rig *r, double complex (*jones)[2][2],
                               const double *noise, size_t a, size_t b)
{
    double complex sum = a == b ? noise[a] : 0.0;
    for (size_t s = 0; s < r->sources; s++) {
        const double *const t = r->stokes + 4 * s;
        const double complex *const x = jones[a / 2][a % 2], *const y = jones[b / 2][b % 2];
        const double complex both =
            x[0] * conj(y[0]) * (t[0] + t[1]) + x[1] * conj(y[1]) * (t[0] - t[1]) +
            x[0] * conj(y[1]) * (t[2] + I * t[3]) + x[1] * conj(y[0]) * (t[2] - I * t[3]);
        sum += both * delay(r, s, a / 2) * conj(delay(r, s, b / 2));
    }
    return sum;
}

static void put(jones_rig *r, size_t a, size_t b, double complex z)
{
    r->r[a * JONES_LD + b] = (cph_c64){creal(z), cimag(z)};
    r->r[b * JONES_LD + a] = (cph_c64){creal(z), -cimag(z)};
}

void jones_rig_exact(jones_rig *r)
{
    for (size_t a = 0; a < 2 * r->n; a++)
        for (size_t b = a; b < 2 * r->n; b++)
            put(r, a, b, jones_rig_entry(r, r->jones, r->noise, a, b));
}

void jones_rig_sample(jones_rig *r, double samples)
{
    const size_t m = 2 * r->n;
    double complex l[JONES_INPUTS][JONES_INPUTS], t[JONES_INPUTS][JONES_INPUTS],
        z[JONES_INPUTS][JONES_INPUTS];
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b <= a; b++) {
            double complex rest = jones_rig_entry(r, r->jones, r->noise, a, b);
            for (size_t k = 0; k < b; k++)
                rest -= l[a][k] * conj(l[b][k]);
            l[a][b] = a == b ? csqrt(rest) : rest / l[b][b];
            t[a][b] = a == b ? sqrt(scene_gamma(&r->random, samples - (double)a)) : normal(r);
        }
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b <= a; b++) {
            z[a][b] = 0.0;
            for (size_t k = b; k <= a; k++)
                z[a][b] += l[a][k] * t[k][b];
        }
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b <= a; b++) {
            double complex sum = 0.0;
            for (size_t k = 0; k <= b; k++)
                sum += z[a][k] * conj(z[b][k]);
            put(r, b, a, (a == b ? creal(sum) : conj(sum)) / samples);
        }
}

cph_status jones_rig_solve(jones_rig *r)
{
    return cph_jones_solve(&r->problem, &r->options, &r->solution, &r->error);
}

double complex jones_rig_solved(const jones_rig *r, size_t n, size_t row, size_t column)
{
    const cph_c64 z = r->solved[4 * n + 2 * row + column];
    return z.re + I * z.im;
}
