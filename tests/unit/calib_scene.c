/* SPDX-License-Identifier: MIT */
#include "tests/unit/calib_scene.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double complex scene_get(cph_c64 z)
{
    return z.re + I * z.im;
}

static cph_c64 put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

static double complex normal(scene *s)
{
    return scene_get(cph_random_normal(&s->random));
}

double complex scene_steering(const scene *s, size_t i, size_t n)
{
    const double *u = s->direction + 3 * i, *r = s->position + 3 * n;
    double path = u[0] * r[0] + u[1] * r[1] + u[2] * r[2];
    return cexp(2.0 * M_PI * I * SCENE_FREQ / CPH_SPEED_OF_LIGHT * path);
}

void scene_open(scene *s, size_t n, size_t sources, uint64_t seed)
{
    static const double uv[2 * SCENE_SOURCES] = {0.31, -0.22, -0.5, 0.13, 0.08, 0.61};
    static const double flux[SCENE_SOURCES] = {1.0, 0.6, 0.35};
    memset(s, 0, sizeof *s);
    printf("seed %u ", (unsigned)seed);
    cph_random_seed(&s->random, seed, 0);
    s->n = n;
    s->sources = sources;
    for (size_t p = 0; p < n; p++) {
        for (size_t k = 0; k < 3; k++)
            s->position[3 * p + k] = (k < 2 ? 12.0 : 1.0) * (cph_random_uniform(&s->random) - 0.5);
        s->gain[p] = (0.5 + cph_random_uniform(&s->random)) *
                     cexp(2.0 * M_PI * I * cph_random_uniform(&s->random));
    }
    for (size_t i = 0; i < sources && i < SCENE_SOURCES; i++) {
        double u = uv[2 * i], v = uv[2 * i + 1];
        memcpy(s->direction + 3 * i, (double[3]){u, v, sqrt(1.0 - u * u - v * v)},
               3 * sizeof(double));
        s->flux[i] = flux[i];
    }
    s->options = cph_gain_defaults();
    s->problem = (cph_gain_problem){.elements = n,
                                    .r = s->r,
                                    .ld = n + 1,
                                    .has_diagonal = true,
                                    .position = s->position,
                                    .freq_hz = SCENE_FREQ,
                                    .sources = sources,
                                    .direction = s->direction};
    s->solution = (cph_gain_solution){.gain = s->solved,
                                      .phase_sigma = s->phase_sigma,
                                      .amplitude_sigma = s->amplitude_sigma,
                                      .flag = s->flag,
                                      .flux = s->solved_flux};
    scene_exact(s);
}

void scene_gains(scene *s, double decibel, double radian)
{
    for (size_t p = 0; p < s->n; p++) {
        double complex z = normal(s) * sqrt(2.0);
        s->gain[p] = pow(10.0, decibel * creal(z) / 20.0) * cexp(I * radian * cimag(z));
    }
}

static double complex true_entry(const scene *s, size_t p, size_t q)
{
    double complex sum = p == q ? s->noise[p] : 0.0;
    for (size_t i = 0; i < s->sources; i++)
        sum += s->flux[i] * s->gain[p] * scene_steering(s, i, p) *
               conj(s->gain[q] * scene_steering(s, i, q));
    return sum;
}

void scene_exact(scene *s)
{
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = 0; q < s->n; q++)
            s->r[p * s->problem.ld + q] = put(true_entry(s, p, q));
}

double scene_gamma(cph_random *random, double shape)
{
    double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        double x = cph_random_normal(random).re * sqrt(2.0), v = pow(1.0 + c * x, 3.0);
        if (v > 0.0 && log(1.0 - cph_random_uniform(random)) < 0.5 * x * x + d * (1.0 - v + log(v)))
            return d * v;
    }
}

/* l = lower Cholesky factor of the true covariance; rows without power stay 0. */
static void cholesky(const scene *s, double complex l[SCENE_ELEMENTS][SCENE_ELEMENTS])
{
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = 0; q <= p; q++) {
            double complex sum = true_entry(s, p, q);
            for (size_t k = 0; k < q; k++)
                sum -= l[p][k] * conj(l[q][k]);
            l[p][q] = p == q                 ? sqrt(fmax(creal(sum), 0.0))
                      : creal(l[q][q]) > 0.0 ? sum / l[q][q]
                                             : 0.0;
        }
}

void scene_sample(scene *s, double samples)
{
    static double complex l[SCENE_ELEMENTS][SCENE_ELEMENTS], t[SCENE_ELEMENTS][SCENE_ELEMENTS],
        z[SCENE_ELEMENTS][SCENE_ELEMENTS];
    cholesky(s, l);
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = 0; q <= p; q++)
            t[p][q] = p == q ? sqrt(scene_gamma(&s->random, samples - (double)p)) : normal(s);
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = 0; q <= p; q++) {
            z[p][q] = 0.0;
            for (size_t k = q; k <= p; k++)
                z[p][q] += l[p][k] * t[k][q];
        }
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = 0; q <= p; q++) {
            double complex sum = 0.0;
            for (size_t k = 0; k <= q; k++)
                sum += z[p][k] * conj(z[q][k]);
            s->r[p * s->problem.ld + q] = put(sum / samples);
            s->r[q * s->problem.ld + p] = put(conj(sum) / samples);
        }
}

cph_status scene_solve(scene *s)
{
    return cph_gains_solve(&s->problem, &s->options, &s->solution, &s->error);
}

double scene_worst_error(const scene *s)
{
    double complex turn = 0.0;
    double worst = 0.0;
    for (size_t p = 0; p < s->n; p++)
        if (s->flag[p] == 0)
            turn += scene_get(s->solved[p]) * conj(s->gain[p]);
    for (size_t p = 0; p < s->n; p++)
        if (s->flag[p] == 0)
            worst =
                fmax(worst, cabs(scene_get(s->solved[p]) * conj(turn) / cabs(turn) - s->gain[p]));
    return worst;
}
