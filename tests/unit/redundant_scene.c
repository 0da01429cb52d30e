/* SPDX-License-Identifier: MIT */
#include "tests/unit/redundant_scene.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

double complex red_get(cph_c64 z)
{
    return z.re + I * z.im;
}

static cph_c64 put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

static void add(red_scene *s, double x, double y, double z)
{
    memcpy(s->position + 3 * s->n++, (double[3]){x, y, z}, 3 * sizeof(double));
}

static void hexagon(red_scene *s)
{
    for (int v = -2; v <= 2; v++)
        for (int u = -2; u <= 2; u++)
            if (u + v >= -2 && u + v <= 2)
                add(s, 1.3 * (u + 0.5 * v), 1.3 * 0.5 * sqrt(3.0) * v, 0.0);
}

static void ragged(red_scene *s)
{
    for (int left = 42, wanted = 25; left > 0; left--) {
        if (cph_random_uniform(&s->random) * left >= wanted)
            continue;
        const int u = left % 7, v = left / 7;
        add(s, 1.1 * u + 0.3 * v, 1.7 * v, 0.0);
        wanted--;
    }
}

static void place(red_scene *s, red_layout layout)
{
    switch (layout) {
    case RED_LINE:
        for (int u = 0; u < 10; u++)
            add(s, 0.9 * u, -0.4 * u, 0.0);
        break;
    case RED_RECTANGLE:
        for (int i = 0; i < 20; i++)
            add(s, 1.2 * (i % 5), 1.5 * (i / 5), 0.0);
        break;
    case RED_RAGGED:
        ragged(s);
        break;
    case RED_BLOCK:
        for (int i = 0; i < 18; i++)
            add(s, 1.2 * (i % 3), 1.4 * (i / 3 % 3), 1.9 * (i / 9));
        break;
    default:
        hexagon(s);
        break;
    }
}

static void scatter_sky(red_scene *s)
{
    for (int i = 0; i < 5; i++) {
        double *sky = s->sky[i];
        sky[0] = 1.2 * (cph_random_uniform(&s->random) - 0.5);
        sky[1] = 1.2 * (cph_random_uniform(&s->random) - 0.5);
        sky[2] = sqrt(1.0 - sky[0] * sky[0] - sky[1] * sky[1]);
        sky[3] = i == 0 ? 1.0 : 0.25 * cph_random_uniform(&s->random);
    }
}

static double complex sky_of(const red_scene *s, size_t p, size_t q)
{
    double complex sum = 0.0;
    for (int i = 0; i < 5; i++) {
        double path = 0.0;
        for (size_t k = 0; k < 3; k++)
            path += s->sky[i][k] * (s->position[3 * p + k] - s->position[3 * q + k]);
        sum += s->sky[i][3] * cexp(2.0 * M_PI * I * s->freq_hz / CPH_SPEED_OF_LIGHT * path);
    }
    return sum;
}

void red_exact(red_scene *s)
{
    for (size_t p = 0; p < s->n; p++) {
        s->truth[p] = put(s->gain[p]);
        for (size_t q = 0; q < s->n; q++) {
            const double complex m = sky_of(s, p, q);
            s->model[p * RED_LD + q] = put(m);
            s->r[p * RED_LD + q] = put(s->gain[p] * conj(s->gain[q]) * m);
        }
    }
}

void red_noise(red_scene *s, double power)
{
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            const double complex e = sqrt(power) * red_get(cph_random_normal(&s->random));
            s->r[p * RED_LD + q] = put(red_get(s->r[p * RED_LD + q]) + e);
            s->r[q * RED_LD + p] = put(conj(red_get(s->r[p * RED_LD + q])));
            s->weight[p * s->n + q] = s->weight[q * s->n + p] = 1.0 / power;
        }
    s->problem.weight = s->weight;
}

void red_open(red_scene *s, red_layout layout, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    printf("seed %u ", (unsigned)seed);
    cph_random_seed(&s->random, seed, 0);
    s->freq_hz = RED_FREQ;
    place(s, layout);
    scatter_sky(s);
    for (size_t p = 0; p < s->n; p++)
        s->gain[p] = (0.5 + cph_random_uniform(&s->random)) *
                     cexp(2.0 * M_PI * I * cph_random_uniform(&s->random));
    if (layout == RED_OFF) {
        s->position[54] += 0.37; /* 18, x and y */
        s->position[55] += 0.21;
    }
    red_exact(s);
    for (size_t i = 0; layout == RED_JITTER && i < 3 * s->n; i++)
        s->position[i] += 0.004 * (cph_random_uniform(&s->random) - 0.5);
    const cph_redundant_config config = {.elements = s->n,
                                         .position = s->position,
                                         .tolerance_m = layout == RED_JITTER ? 0.03 : 1e-6};
    CU_ASSERT_EQUAL_FATAL(cph_redundant_create(&config, &s->plan, &s->error), CPH_OK);
    s->options = cph_redundant_defaults();
    s->problem = (cph_redundant_problem){.r = s->r, .ld = RED_LD};
    s->solution = (cph_redundant_solution){.gain = s->solved,
                                           .phase_sigma = s->phase_sigma,
                                           .amplitude_sigma = s->amplitude_sigma,
                                           .chi2 = s->chi2,
                                           .flag = s->flag,
                                           .visibility = s->visibility};
}

void red_close(red_scene *s)
{
    cph_redundant_destroy(s->plan);
    s->plan = NULL;
}

cph_status red_solve(red_scene *s)
{
    return cph_redundant_solve(s->plan, &s->problem, &s->options, &s->solution, &s->error);
}

double red_worst(const red_scene *s)
{
    double worst = 0.0;
    for (size_t p = 0; p < s->n; p++)
        if (s->flag[p] == CPH_FLAG_NONE)
            worst = fmax(worst, cabs(red_get(s->solved[p]) - s->gain[p]));
    return worst;
}
