/* SPDX-License-Identifier: MIT */
/* Gains from sums of all elements under codes. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/coded.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

enum { N_MOST = 64, K_MOST = 64 };

typedef struct rig {
    size_t n, k;
    double complex gain[N_MOST], signal[N_MOST], leak;
    cph_c64 coefficient[2 * K_MOST * N_MOST], reading[2 * K_MOST], s[N_MOST];
    cph_random random;
    cph_code_config config;
    cph_code_solution solution;
    cph_c64 solved[N_MOST];
    double phase_sigma[N_MOST], amplitude_sigma[N_MOST];
    unsigned char flag[N_MOST];
    cph_error error;
} rig;

static cph_c64 put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

static void open_rig(rig *r, size_t n, size_t k, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->n = n;
    r->k = k;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t i = 0; i < n; i++) {
        r->gain[i] = (0.6 + 0.8 * cph_random_uniform(&r->random)) *
                     cexp(2.0 * M_PI * I * cph_random_uniform(&r->random));
        r->signal[i] = (0.5 + cph_random_uniform(&r->random)) *
                       cexp(2.0 * M_PI * I * cph_random_uniform(&r->random));
        r->s[i] = put(r->signal[i]);
    }
    r->config = (cph_code_config){.elements = n, .rows = k, .reading = r->reading, .signal = r->s};
    r->solution.estimate =
        (cph_gain_estimate){r->solved, r->phase_sigma, r->amplitude_sigma, r->flag};
}

static double complex sign_of(const rig *r, size_t k, size_t half, size_t n)
{
    if (r->config.code != NULL)
        return scene_get(r->coefficient[((r->config.pairs ? 2 * k : k) + half) * r->n + n]);
    const double sign = __builtin_popcountll(k & n) % 2 == 0 ? 1.0 : -1.0;
    return half == 0 ? sign : -sign;
}

static void measure(rig *r, double sigma)
{
    const size_t halves = r->config.pairs ? 2 : 1;
    for (size_t k = 0; k < r->k; k++)
        for (size_t h = 0; h < halves; h++) {
            double complex y = r->leak + sigma * scene_get(cph_random_normal(&r->random));
            for (size_t n = 0; n < r->n; n++)
                y += sign_of(r, k, h, n) * r->signal[n] * r->gain[n];
            r->reading[k * halves + h] = put(y);
        }
}

static cph_status solve(rig *r)
{
    return cph_code_solve(&r->config, &r->solution, &r->error);
}

static double worst(const rig *r)
{
    double most = 0.0;
    for (size_t n = 0; n < r->n; n++)
        most = fmax(most, r->flag[n] == 0 ? cabs(scene_get(r->solved[n]) - r->gain[n]) : INFINITY);
    return most;
}

/* Shifters of 4 bits, each with errors of its own that depend on the state. */
static void shifter_codes(rig *r)
{
    for (size_t k = 0; k < (r->config.pairs ? 2 : 1) * r->k; k++)
        for (size_t n = 0; n < r->n; n++) {
            const size_t code = k % 2 == 1 && r->config.pairs
                                    ? 8
                                    : 2 * (size_t)(8.0 * cph_random_uniform(&r->random));
            const double t = 2.0 * M_PI * (double)code / 16.0;
            r->coefficient[k * r->n + n] = put((1.0 + 0.1 * cos(t + (double)n)) *
                                               cexp(I * (t + 0.1 * sin(2.0 * t + (double)n))));
        }
    r->config.code = r->coefficient;
}

static void without_noise_gains_are_exact(void)
{
    static rig r;
    static signed char h[20 * 20];
    /* Sylvester's, fast. */
    open_rig(&r, 23, 32, 1);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT(worst(&r) < 1e-10);
    CU_ASSERT(r.solution.sigma < 1e-12);
    CU_ASSERT(isnan(r.solution.leak_rms) && isnan(r.solution.chi2_dof));
    /* Of order 20, as many codes as elements: nothing tells the noise. */
    open_rig(&r, 20, 20, 2);
    CU_ASSERT_EQUAL_FATAL(cph_hadamard_fill(20, h), CPH_OK);
    for (size_t i = 0; i < sizeof h; i++)
        r.coefficient[i].re = h[i];
    r.config.code = r.coefficient;
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT(worst(&r) < 1e-10);
    CU_ASSERT(isnan(r.solution.sigma) && isnan(r.phase_sigma[3]));
    /* One element at a time. */
    memset(r.coefficient, 0, sizeof r.coefficient);
    for (size_t i = 0; i < r.n; i++)
        r.coefficient[i * r.n + i].im = 1.0;
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT(worst(&r) < 1e-10);
    /* Real shifters. */
    open_rig(&r, 20, 40, 3);
    shifter_codes(&r);
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT(worst(&r) < 1e-10);
    CU_ASSERT(r.solution.condition > 1.0 && r.solution.condition < 1e3);
    /* Their table taken for an ideal one is an error of its size. */
    for (size_t i = 0; i < r.k * r.n; i++) {
        const double complex c = scene_get(r.coefficient[i]);
        r.coefficient[i] = put(c / cabs(c));
    }
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT(worst(&r) > 1e-3);
}

static void pairs_cancel_leakage(void)
{
    static rig r;
    for (int real = 0; real < 2; real++) {
        open_rig(&r, 16, 32, 10);
        r.leak = 30.0 - 20.0 * I;
        r.config.pairs = true;
        if (real)
            shifter_codes(&r);
        measure(&r, 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT(worst(&r) < 1e-10);
        CU_ASSERT(cabs(scene_get(r.solution.leak) - r.leak) < 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(r.solution.leak_rms, cabs(r.leak), 1e-9);
    }
    /* Without them leakage is taken for a signal of element 0, whose code never changes. */
    open_rig(&r, 16, 32, 10);
    r.leak = 30.0 - 20.0 * I;
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(worst(&r), cabs(r.leak / r.signal[0]), 1e-9);
}

/* (C^H C)^-1 of the codes, by Gauss and Jordan. */
static void invert_gram(const rig *r, double *diagonal)
{
    static double complex a[N_MOST][2 * N_MOST];
    const size_t n = r->n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double complex sum = 0.0;
            for (size_t k = 0; k < r->k; k++)
                sum += conj(sign_of(r, k, 0, i)) * sign_of(r, k, 0, j);
            a[i][j] = sum;
            a[i][n + j] = i == j;
        }
    for (size_t p = 0; p < n; p++) {
        const double complex pivot = a[p][p];
        for (size_t j = 0; j < 2 * n; j++)
            a[p][j] /= pivot;
        for (size_t i = 0; i < n; i++) {
            const double complex factor = i == p ? 0.0 : a[i][p];
            for (size_t j = 0; j < 2 * n; j++)
                a[i][j] -= factor * a[p][j];
        }
    }
    for (size_t p = 0; p < n; p++)
        diagonal[p] = creal(a[p][n + p]);
}

/* Sylvester's codes, pairs of them, real shifters: with noise known and unknown. */
static void scatter_against_the_bound(void)
{
    static const char *const settings[] = {"Sylvester's codes", "pairs", "real shifters"};
    const size_t seeds = test_seeds(1000);
    static rig r;
    double diagonal[N_MOST] = {0.0};
    for (int which = 0; which < 3; which++) {
        open_rig(&r, 13, which == 2 ? 26 : 16, 20);
        r.config.pairs = which == 1;
        if (which == 2)
            shifter_codes(&r);
        invert_gram(&r, diagonal);
        const double sigma = 0.15;
        double phase = 0.0, amplitude = 0.0, limit = 0.0, said = 0.0, found = 0.0;
        for (size_t t = 0; t < seeds; t++) {
            cph_random_seed(&r.random, 20, 1 + t);
            r.config.sigma = t % 2 == 0 ? sigma : 0.0;
            measure(&r, sigma);
            CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
            found += (t % 2 == 0 ? r.solution.chi2_dof : pow(r.solution.sigma / sigma, 2.0)) /
                     (double)seeds;
            for (size_t n = 0; n < r.n; n++) {
                const double complex off = scene_get(r.solved[n]) / r.gain[n];
                const double power = pow(cabs(r.signal[n] * r.gain[n]), 2.0);
                const double least = diagonal[n] * sigma * sigma / (which == 1 ? 4.0 : 2.0) / power;
                phase += pow(carg(off), 2.0) / least;
                amplitude += pow(cabs(off) - 1.0, 2.0) / least;
                said += pow(r.phase_sigma[n], 2.0) / least;
                limit += 1.0;
                CU_ASSERT_EQUAL(r.phase_sigma[n], r.amplitude_sigma[n]);
            }
        }
        test_row(settings[which], "phase", phase / limit, sqrt(said / phase));
        test_row(settings[which], "amplitude", amplitude / limit, NAN);
        CU_ASSERT(phase / limit > 0.95 && phase / limit < 1.15);
        CU_ASSERT(amplitude / limit > 0.95 && amplitude / limit < 1.15);
        CU_ASSERT_DOUBLE_EQUAL(sqrt(said / phase), 1.0, 0.1);
        CU_ASSERT_DOUBLE_EQUAL(found, 1.0, 0.08);
    }
}

/* The gauge keeps true errors: mean phase 0, mean modulus 1. */
static void errors_in_the_gauge(void)
{
    const size_t seeds = test_seeds(400);
    static rig r;
    for (int fixed = 0; fixed < 2; fixed++) {
        const size_t reference = fixed ? 2 : SIZE_MAX;
        double phase = 0.0, amplitude = 0.0, said[2] = {0.0};
        cph_c64 truth[N_MOST];
        double nothing[N_MOST] = {0.0};
        open_rig(&r, 6, 8, 30);
        r.flag[4] = CPH_FLAG_DEAD;
        r.gain[4] = 0.0;
        r.config.sigma = 0.1;
        for (size_t n = 0; n < r.n; n++) {
            r.gain[n] *= n == 1 ? 4.0 : 1.0;
            truth[n] = put(r.gain[n]);
        }
        cph_gain_estimate exact = {truth, nothing, nothing, r.flag};
        CU_ASSERT_EQUAL(cph_estimate_gauge(r.n, reference, &exact, NULL), CPH_OK);
        for (size_t t = 0; t < seeds; t++) {
            measure(&r, r.config.sigma);
            CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
            CU_ASSERT_EQUAL(cph_estimate_gauge(r.n, reference, &r.solution.estimate, NULL), CPH_OK);
            for (size_t n = 0; n < r.n; n++) {
                if (r.flag[n] != 0)
                    continue;
                const double complex off = scene_get(r.solved[n]) / scene_get(truth[n]);
                phase += pow(carg(off), 2.0);
                amplitude += pow(cabs(off) - 1.0, 2.0);
                said[0] += pow(r.phase_sigma[n], 2.0);
                said[1] += pow(r.amplitude_sigma[n], 2.0);
            }
        }
        printf("sigma / rms in the gauge %.3f %.3f ", sqrt(said[0] / phase),
               sqrt(said[1] / amplitude));
        CU_ASSERT_DOUBLE_EQUAL(sqrt(said[0] / phase), 1.0, 0.06);
        CU_ASSERT_DOUBLE_EQUAL(sqrt(said[1] / amplitude), 1.0, 0.06);
        CU_ASSERT(isnan(r.solved[4].re) && r.flag[4] == CPH_FLAG_DEAD);
        CU_ASSERT(!fixed || (r.solved[2].im == 0.0 && r.phase_sigma[2] == 0.0));
    }
    r.error.message[0] = '\0';
    CU_ASSERT_EQUAL(cph_estimate_gauge(r.n, 4, &r.solution.estimate, &r.error), CPH_ERR_ARGUMENT);
    CU_ASSERT(strstr(r.error.message, "element 4") != NULL);
}

static void low_gains_are_flagged(void)
{
    cph_c64 gain[6] = {{1.0, 0.0}, {0.0, 1.1}, {-0.9, 0.0}, {0.2, 0.1}, {0.0, -0.2}, {NAN, 0.0}};
    double phase[6] = {0.1, 0.1, 0.1, 0.01, 0.5, 0.1},
           amplitude[6] = {0.1, 0.1, 0.1, 0.01, 0.5, 0.1};
    unsigned char flag[6] = {0};
    const unsigned char expected[6] = {0, 0, 0, CPH_FLAG_WEAK, CPH_FLAG_DEAD, CPH_FLAG_UNSOLVED};
    cph_gain_estimate e = {gain, phase, amplitude, flag};
    CU_ASSERT_EQUAL(cph_estimate_flag_low(6, 0.3, &e), CPH_OK);
    for (size_t n = 0; n < 6; n++) {
        CU_ASSERT_EQUAL(flag[n], expected[n]);
        CU_ASSERT_EQUAL(isnan(gain[n].re), expected[n] != 0);
    }
    memset(flag, CPH_FLAG_HOT, sizeof flag);
    CU_ASSERT_EQUAL(cph_estimate_gauge(6, SIZE_MAX, &e, NULL), CPH_ERR_TOO_FEW);
}

static void expect_refusal(rig *r, cph_status expected, const char *words)
{
    static rig before;
    r->solved[0].re = r->solution.sigma = -7.0;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, solve(r), expected, words);
}

static void what_is_refused(void)
{
    static rig r;
    open_rig(&r, 8, 12, 40);
    expect_refusal(&r, CPH_ERR_ARGUMENT, "power of two");
    r.config.rows = 7;
    expect_refusal(&r, CPH_ERR_SINGULAR, "7 codes");
    r.config.rows = 12;
    r.config.code = r.coefficient;
    expect_refusal(&r, CPH_ERR_SINGULAR, "do not tell 8 elements apart");
    r.reading[3].im = INFINITY;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "reading 3");
    r.reading[3].im = 0.0;
    r.config.sigma = NAN;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "needed");
    r.config.sigma = 0.0;
    memset(r.flag, CPH_FLAG_LISTED, sizeof r.flag);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "all 8");
}

CU_TestInfo cph_tests_calib_coded[] = {
    {"without noise gains are exact", without_noise_gains_are_exact},
    {"pairs cancel leakage", pairs_cancel_leakage},
    {"scatter against the Cramer-Rao bound", scatter_against_the_bound},
    {"errors in the gauge", errors_in_the_gauge},
    {"low gains are flagged", low_gains_are_flagged},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
