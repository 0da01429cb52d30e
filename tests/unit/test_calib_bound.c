/* SPDX-License-Identifier: MIT */
/* The Cramer-Rao bound against closed forms, and against a Fisher matrix written out from the
 * derivatives of R. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "tests/unit/calib_scene.h"

enum { N = 5, S = 2, ORDER = 3 * N + S };
/* Where phases end, and noise powers. */
static const size_t phases_end = 10, noises_end = 15;

typedef double complex matrix[N][N];

static void identical_elements_have_a_closed_form(void)
{
    const struct {
        size_t n;
        double snr;
    } cases[] = {{8, 0.01}, {13, 1.0}, {36, 10.0}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        static scene s;
        cph_c64 a[SCENE_ELEMENTS], g[SCENE_ELEMENTS];
        double noise[SCENE_ELEMENTS], phase[SCENE_ELEMENTS], amplitude[SCENE_ELEMENTS];
        size_t n = cases[c].n;
        double p = (double)n, snr = cases[c].snr, samples = 700.0, flux = 3.0 * snr;
        scene_open(&s, n, 1, 20 + c);
        for (size_t i = 0; i < n; i++) {
            double complex z = scene_steering(&s, 0, i), turn = s.gain[i] / cabs(s.gain[i]);
            a[i] = (cph_c64){creal(z), cimag(z)};
            g[i] = (cph_c64){creal(turn), cimag(turn)};
            noise[i] = 3.0;
        }
        cph_bound_config config = {.elements = n,
                                   .sources = 1,
                                   .steering = a,
                                   .flux = &flux,
                                   .gain = g,
                                   .noise = noise,
                                   .samples = samples,
                                   .reference = SIZE_MAX};
        double expected = (1 + p * snr) * (p - 1) / (2 * samples * snr * snr * p * p);
        CU_ASSERT_EQUAL(cph_gain_bound(&config, phase, amplitude), CPH_OK);
        for (size_t i = 0; i < n; i++) {
            CU_ASSERT_DOUBLE_EQUAL(phase[i] * phase[i] / expected, 1.0, 1e-9);
            CU_ASSERT_DOUBLE_EQUAL(amplitude[i] * amplitude[i] / expected, 1.0, 1e-9);
        }
        config.reference = 2;
        CU_ASSERT_EQUAL(cph_gain_bound(&config, phase, amplitude), CPH_OK);
        for (size_t i = 0; i < n; i++)
            CU_ASSERT_DOUBLE_EQUAL(phase[i] * phase[i] /
                                       (i == 2 ? 1.0 : expected * 2 * p / (p - 1)),
                                   i == 2 ? 0.0 : 1.0, 1e-9);
    }
}

/* a^-1 by Gauss and Jordan. */
static void invert(size_t n, double complex *a, double complex *inverse)
{
    for (size_t i = 0; i < n * n; i++)
        inverse[i] = i / n == i % n ? 1.0 : 0.0;
    for (size_t k = 0; k < n; k++) {
        double complex pivot = a[k * n + k];
        for (size_t j = 0; j < n; j++) {
            a[k * n + j] /= pivot;
            inverse[k * n + j] /= pivot;
        }
        for (size_t i = 0; i < n; i++) {
            double complex factor = i == k ? 0.0 : a[i * n + k];
            for (size_t j = 0; j < n; j++) {
                a[i * n + j] -= factor * a[k * n + j];
                inverse[i * n + j] -= factor * inverse[k * n + j];
            }
        }
    }
}

/* dR of parameter k: log amplitudes, phases, noise powers, fluxes. */
static void derivative(const scene *s, size_t k, matrix d)
{
    for (size_t p = 0; p < N; p++)
        for (size_t q = 0; q < N; q++) {
            d[p][q] = 0.0;
            for (size_t i = 0; i < S; i++) {
                double complex f = s->gain[p] * scene_steering(s, i, p) *
                                   conj(s->gain[q] * scene_steering(s, i, q));
                if (k < N)
                    d[p][q] += ((double)(p == k) + (double)(q == k)) * s->flux[i] * f;
                else if (k < phases_end)
                    d[p][q] += I * ((double)(p + N == k) - (double)(q + N == k)) * s->flux[i] * f;
                else if (k >= noises_end && k - noises_end == i)
                    d[p][q] += f;
            }
            if (k >= phases_end && k < noises_end)
                d[p][q] = p == q && p + phases_end == k ? 1.0 : 0.0;
        }
}

static double trace_of_product(matrix x, matrix a, matrix y)
{
    double complex sum = 0.0;
    for (size_t p = 0; p < N; p++)
        for (size_t q = 0; q < N; q++)
            for (size_t r = 0; r < N; r++)
                for (size_t t = 0; t < N; t++)
                    sum += x[p][q] * a[q][r] * y[r][t] * a[t][p];
    return creal(sum);
}

/* Variances in the gauge of the mean phase and mean modulus, by constraints: the Fisher matrix
 * with very certain knowledge of both. */
static void written_out(scene *s, double samples, double *phase, double *amplitude)
{
    static double complex fisher[ORDER * ORDER], inverse[ORDER * ORDER];
    matrix r, q, x, y;
    double modulus = 0.0, size = 0.0;
    scene_exact(s);
    for (size_t i = 0; i < (size_t)N * N; i++)
        r[i / N][i % N] = scene_get(s->r[i / N * s->problem.ld + i % N]);
    invert(N, &r[0][0], &q[0][0]);
    for (size_t j = 0; j < ORDER; j++)
        for (size_t k = 0; k < ORDER; k++) {
            derivative(s, j, x);
            derivative(s, k, y);
            fisher[j * ORDER + k] = samples * trace_of_product(x, q, y);
            size = fmax(size, creal(fisher[j * ORDER + k]));
        }
    for (size_t p = 0; p < N; p++)
        modulus += cabs(s->gain[p]);
    for (size_t j = 0; j < N; j++)
        for (size_t k = 0; k < N; k++) {
            fisher[j * ORDER + k] +=
                1e7 * size * cabs(s->gain[j]) * cabs(s->gain[k]) / (modulus * modulus);
            fisher[(N + j) * ORDER + N + k] += 1e7 * size / (N * N);
        }
    invert(ORDER, fisher, inverse);
    for (size_t p = 0; p < N; p++) {
        amplitude[p] = sqrt(creal(inverse[p * ORDER + p]));
        phase[p] = sqrt(creal(inverse[(N + p) * ORDER + N + p]));
    }
}

static void several_sources_against_the_definition(void)
{
    static scene s;
    cph_c64 a[S * (N + 1)], g[N + 1];
    double noise[N + 1], phase[N + 1], amplitude[N + 1], phase0[N], amplitude0[N];
    const unsigned char flag[N + 1] = {[N] = 1};
    scene_open(&s, N, S, 31);
    for (size_t p = 0; p < N; p++) {
        noise[p] = s.noise[p] = 0.3 + 0.2 * (double)p;
        g[p] = (cph_c64){creal(s.gain[p]), cimag(s.gain[p])};
        for (size_t i = 0; i < S; i++) {
            double complex z = scene_steering(&s, i, p);
            a[i * (N + 1) + p] = (cph_c64){creal(z), cimag(z)};
        }
    }
    const cph_bound_config config = {.elements = N + 1,
                                     .sources = S,
                                     .steering = a,
                                     .flux = s.flux,
                                     .gain = g,
                                     .noise = noise,
                                     .flag = flag,
                                     .noise_unknown = true,
                                     .flux_unknown = true,
                                     .samples = 50.0,
                                     .reference = SIZE_MAX};
    CU_ASSERT_EQUAL_FATAL(cph_gain_bound(&config, phase, amplitude), CPH_OK);
    written_out(&s, 50.0, phase0, amplitude0);
    for (size_t p = 0; p < N; p++) {
        CU_ASSERT_DOUBLE_EQUAL(phase[p] / phase0[p], 1.0, 1e-5);
        CU_ASSERT_DOUBLE_EQUAL(amplitude[p] / amplitude0[p], 1.0, 1e-5);
    }
    CU_ASSERT(isnan(phase[N]) && isnan(amplitude[N]));
}

/* What is known can only help. */
static void unknowns_raise_the_bound(void)
{
    static scene s;
    cph_c64 a[S * N], g[N];
    double noise[N], bound[4][2 * N];
    scene_open(&s, N, S, 32);
    for (size_t p = 0; p < N; p++) {
        noise[p] = 0.5;
        g[p] = (cph_c64){creal(s.gain[p]), cimag(s.gain[p])};
        for (size_t i = 0; i < S; i++) {
            double complex z = scene_steering(&s, i, p);
            a[i * N + p] = (cph_c64){creal(z), cimag(z)};
        }
    }
    for (int k = 0; k < 4; k++) {
        const cph_bound_config config = {.elements = N,
                                         .sources = S,
                                         .steering = a,
                                         .flux = s.flux,
                                         .gain = g,
                                         .noise = noise,
                                         .noise_unknown = k & 1,
                                         .flux_unknown = k >> 1,
                                         .samples = 50.0,
                                         .reference = SIZE_MAX};
        CU_ASSERT_EQUAL(cph_gain_bound(&config, bound[k], bound[k] + N), CPH_OK);
    }
    for (size_t p = 0; p < phases_end; p++) {
        CU_ASSERT(bound[1][p] > bound[0][p] * (1 - 1e-9));
        CU_ASSERT(bound[2][p] > bound[0][p] * (1 - 1e-9));
        CU_ASSERT(bound[3][p] > fmax(bound[1][p], bound[2][p]) * (1 - 1e-9));
    }
}

static void bad_bounds(void)
{
    cph_c64 one[2] = {{1, 0}, {1, 0}};
    double flux = 1.0, noise[2] = {1, 1}, phase[2] = {-7, -7}, amplitude[2] = {-7, -7};
    const unsigned char flag[2] = {0, 1};
    cph_bound_config config = {.elements = 2,
                               .sources = 1,
                               .steering = one,
                               .flux = &flux,
                               .gain = one,
                               .noise = noise,
                               .flag = flag,
                               .samples = 10,
                               .reference = SIZE_MAX};
    CU_ASSERT_EQUAL(cph_gain_bound(&config, phase, amplitude), CPH_ERR_TOO_FEW);
    config.flag = NULL;
    config.samples = 0;
    CU_ASSERT_EQUAL(cph_gain_bound(&config, phase, amplitude), CPH_ERR_ARGUMENT);
    config.samples = 10;
    config.reference = 5;
    CU_ASSERT_EQUAL(cph_gain_bound(&config, phase, amplitude), CPH_ERR_ARGUMENT);
    config.reference = SIZE_MAX;
    noise[0] = noise[1] = 0;
    CU_ASSERT_EQUAL(cph_gain_bound(&config, phase, amplitude), CPH_ERR_SINGULAR);
    CU_ASSERT(phase[0] == -7 && amplitude[1] == -7);
}

CU_TestInfo cph_tests_calib_bound[] = {
    {"identical elements have a closed form", identical_elements_have_a_closed_form},
    {"several sources against the definition", several_sources_against_the_definition},
    {"unknowns raise the bound", unknowns_raise_the_bound},
    {"bad bounds", bad_bounds},
    CU_TEST_INFO_NULL,
};
