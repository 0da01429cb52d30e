/* SPDX-License-Identifier: MIT */
/* Gains and delays from a known waveform. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/waveform.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

enum { N = 5, LD = 7, T_MOST = 1200, L_MOST = 600, TONES = 20 };

typedef struct rig {
    size_t length;
    double complex tone[TONES], gain[N], clean[T_MOST * N];
    double delay[N];
    cph_c32 waveform[L_MOST], samples[T_MOST * LD];
    cph_random random;
    cph_waveform_config config;
    cph_waveform_solution solution;
    cph_c64 solved[N];
    double phase_sigma[N], amplitude_sigma[N], found[N], delay_sigma[N], rest[N], snr[N];
    unsigned char flag[N];
    cph_error error;
} rig;

/* Tones from -0.1 to 0.35 of the rate under a smooth window: known between samples too. */
static double complex shape(const rig *r, double t)
{
    const double length = (double)r->length, w = sin(M_PI * (t + 1.0) / (length + 1.0));
    double complex sum = 0.0;
    if (t <= -1.0 || t >= length)
        return 0.0;
    for (size_t k = 0; k < TONES; k++)
        sum += r->tone[k] * cexp(2.0 * M_PI * I * t * (-0.1 + 0.45 * (double)k / (TONES - 1)));
    return w * w * sum;
}

static void open_rig(rig *r, size_t length, size_t times, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->length = length;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t k = 0; k < TONES; k++)
        r->tone[k] = scene_get(cph_random_normal(&r->random));
    for (size_t n = 0; n < N; n++) {
        r->gain[n] = (0.7 + 0.1 * (double)n) * cexp(I * (2.5 * (double)n - 1.0));
        r->delay[n] = 31.3 + 0.37 * (double)n;
    }
    for (size_t t = 0; t < length; t++) {
        const double complex s = shape(r, (double)t);
        r->waveform[t] = (cph_c32){(float)creal(s), (float)cimag(s)};
    }
    r->config = (cph_waveform_config){.times = times,
                                      .elements = N,
                                      .samples = r->samples,
                                      .ld = LD,
                                      .length = length,
                                      .waveform = r->waveform,
                                      .first_lag = -(ptrdiff_t)length / 2,
                                      .lags = times};
    r->solution = (cph_waveform_solution){
        .estimate = {r->solved, r->phase_sigma, r->amplitude_sigma, r->flag},
        .delay = r->found,
        .delay_sigma = r->delay_sigma,
        .peak_to_rest = r->rest,
        .snr = r->snr};
}

/* What elements receive without noise. */
static void receive(rig *r)
{
    for (size_t t = 0; t < r->config.times; t++)
        for (size_t n = 0; n < N; n++)
            r->clean[t * N + n] = r->gain[n] * shape(r, (double)t - r->delay[n]);
}

static void add_noise(rig *r, double sigma)
{
    for (size_t t = 0; t < r->config.times; t++)
        for (size_t n = 0; n < N; n++) {
            const double complex x =
                r->clean[t * N + n] + sigma * scene_get(cph_random_normal(&r->random));
            r->samples[t * LD + n] = (cph_c32){(float)creal(x), (float)cimag(x)};
        }
    memset(r->flag, 0, sizeof r->flag);
}

static void measure(rig *r, double sigma)
{
    receive(r);
    add_noise(r, sigma);
}

static cph_status solve(rig *r)
{
    return cph_waveform_solve(&r->config, &r->solution, &r->error);
}

static void expect_truth(const rig *r, double gain, double delay)
{
    for (size_t n = 0; n < N; n++) {
        CU_ASSERT_EQUAL(r->flag[n], 0);
        CU_ASSERT(cabs(scene_get(r->solved[n]) / r->gain[n] - 1.0) < gain);
        CU_ASSERT(fabs(r->found[n] - r->delay[n]) < delay);
        if (!(cabs(scene_get(r->solved[n]) / r->gain[n] - 1.0) < gain) ||
            !(fabs(r->found[n] - r->delay[n]) < delay))
            printf("\n    element %zu: gain off %g, delay off %g ", n,
                   cabs(scene_get(r->solved[n]) / r->gain[n] - 1.0), r->found[n] - r->delay[n]);
    }
}

/* By both ways of correlation: 160 x 400 products are direct, 600 x 1200 are not. */
static void without_noise(void)
{
    static rig r;
    for (int large = 0; large < 2; large++) {
        open_rig(&r, large ? 600 : 160, large ? 1200 : 400, 1);
        measure(&r, 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        expect_truth(&r, 1e-5, 1e-5);
        /* Three samples between channels. */
        for (size_t n = 0; n < N; n++)
            r.delay[n] = 40.0 + 3.0 * (double)(n % 2);
        measure(&r, 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        expect_truth(&r, 1e-5, 1e-5);
        for (size_t n = 0; n < N; n++)
            r.delay[n] = 77.77;
        r.config.common = true;
        measure(&r, 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        expect_truth(&r, 1e-5, 1e-5);
        CU_ASSERT(r.rest[0] > 10.0);
    }
}

/* The waveform began before the capture, or goes on after it. */
static void partly_heard(void)
{
    static rig r;
    open_rig(&r, 160, 400, 2);
    for (int late = 0; late < 2; late++) {
        for (size_t n = 0; n < N; n++)
            r.delay[n] = late ? 290.0 + (double)n : -40.0 + (double)n;
        measure(&r, 0.0);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        expect_truth(&r, 5e-3, 5e-3);
    }
    /* Less than half of it is not looked for. */
    for (size_t n = 0; n < N; n++)
        r.delay[n] = -120.0;
    r.config.first_lag = -159;
    r.config.lags = 60;
    measure(&r, 0.0);
    CU_ASSERT_EQUAL(solve(&r), CPH_ERR_TOO_FEW);
    CU_ASSERT(strstr(r.error.message, "half of the waveform") != NULL);
}

/* Bounds of relative amplitude, phase and delay from derivatives of the waveform as it is, one
 * element alone. */
static void bound(const rig *r, double complex gain, double sigma, double variance[3])
{
    double f[3][3] = {{0.0}};
    for (size_t at = 0; at < r->length + 20; at++) {
        const double t = (double)at - 10.0;
        const double complex s = shape(r, t), h = (shape(r, t + 1e-4) - shape(r, t - 1e-4)) / 2e-4;
        const double complex d[3] = {gain * s, I * gain * s, -gain * h};
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                f[i][j] += 2.0 * creal(conj(d[i]) * d[j]) / (sigma * sigma);
    }
    const double det = f[0][0] * (f[1][1] * f[2][2] - f[1][2] * f[2][1]) -
                       f[0][1] * (f[1][0] * f[2][2] - f[1][2] * f[2][0]) +
                       f[0][2] * (f[1][0] * f[2][1] - f[1][1] * f[2][0]);
    for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3, k = (i + 2) % 3;
        variance[i] = (f[j][j] * f[k][k] - f[j][k] * f[k][j]) / det;
    }
}

enum { SEEDS = 500 };

/* Of amplitude, phase, delay: squared errors and reported variances over the bound. */
typedef struct tally {
    double error[3], said[3];
    size_t count;
} tally;

static void add(tally *t, const rig *r, size_t n, const double least[3])
{
    const double complex off = scene_get(r->solved[n]) / r->gain[n];
    const double e[3] = {cabs(off) - 1.0, carg(off), r->found[n] - r->delay[n]};
    const double s[3] = {r->amplitude_sigma[n], r->phase_sigma[n], r->delay_sigma[n]};
    for (int i = 0; i < 3; i++) {
        t->error[i] += e[i] * e[i] / least[i];
        t->said[i] += s[i] * s[i] / least[i];
    }
    t->count++;
}

static void expect_efficient(const tally *t, const char *setting, int first, int last)
{
    static const char *const names[3] = {"amplitude", "phase", "delay"};
    for (int i = first; i <= last; i++) {
        const double over = t->error[i] / (double)t->count, sigma = sqrt(t->said[i] / t->error[i]);
        test_row(setting, names[i], over, sigma);
        CU_ASSERT(over > 0.95 && over < 1.15);
        CU_ASSERT_DOUBLE_EQUAL(sigma, 1.0, 0.1);
    }
}

static void a_delay_each_against_the_bound(void)
{
    static rig r;
    tally t = {{0.0}, {0.0}, 0};
    double least[N][3];
    open_rig(&r, 160, 240, 4);
    r.config.lags = 120;
    r.config.first_lag = 0;
    const double sigma = 2.5;
    for (size_t n = 0; n < N; n++)
        bound(&r, r.gain[n], sigma, least[n]);
    printf("phase rms %.3f rad, delay %.4f samples ", sqrt(least[1][1]), sqrt(least[1][2]));
    const size_t seeds = test_seeds(SEEDS);
    receive(&r);
    for (size_t k = 0; k < seeds; k++) {
        cph_random_seed(&r.random, 4, 1 + k);
        add_noise(&r, sigma);
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        for (size_t n = 0; n < N; n++)
            add(&t, &r, n, least[n]);
    }
    expect_efficient(&t, "a delay each", 0, 2);
}

/* Phases in the gauge of element 0 are free of the error of the common delay. */
static void a_common_delay_against_the_bound(void)
{
    static rig r;
    tally t = {{0.0}, {0.0}, 0}, delay = t;
    double least[N][3], strength = 0.0;
    open_rig(&r, 160, 240, 5);
    r.config.lags = 120;
    r.config.first_lag = 0;
    r.config.common = true;
    const double sigma = 3.0;
    for (size_t n = 0; n < N; n++) {
        r.delay[n] = 31.7;
        bound(&r, r.gain[n], sigma, least[n]);
        strength += 1.0 / least[n][2];
    }
    const size_t seeds = test_seeds(SEEDS);
    receive(&r);
    for (size_t k = 0; k < seeds; k++) {
        cph_random_seed(&r.random, 5, 1 + k);
        add_noise(&r, sigma);
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        const double all[3] = {1.0, 1.0, 1.0 / strength};
        add(&delay, &r, 0, all);
        const double complex turn = scene_get(r.solved[0]) / r.gain[0];
        for (size_t n = 1; n < N; n++) {
            /* Phase alone, without a delay: that of the amplitude. */
            const double pair = least[0][0] + least[n][0];
            r.solved[n] = (cph_c64){creal(scene_get(r.solved[n]) * conj(turn) / cabs(turn)),
                                    cimag(scene_get(r.solved[n]) * conj(turn) / cabs(turn))};
            r.phase_sigma[n] = hypot(r.phase_sigma[n], r.phase_sigma[0]);
            add(&t, &r, n, (const double[3]){least[n][0], pair, 1.0});
        }
    }
    expect_efficient(&t, "common delay", 0, 1);
    const double over = delay.error[2] / (double)seeds, said = sqrt(delay.said[2] / delay.error[2]);
    test_row("common delay", "delay", over, said);
    /* One number a seed: it scatters by 5 %. */
    CU_ASSERT(over > 0.85 && over < 1.2);
    CU_ASSERT_DOUBLE_EQUAL(said, 1.0, 0.1);
}

static void what_holds_no_waveform(void)
{
    static rig r;
    size_t found = 0;
    for (int common = 0; common < 2; common++) {
        open_rig(&r, 160, 400, 6);
        r.config.common = common == 1;
        for (size_t n = 0; n < N; n++)
            r.delay[n] = 50.4;
        r.gain[1] = 0.0;
        measure(&r, 2.0);
        for (size_t t = 0; t < r.config.times; t++)
            r.samples[t * LD + 2] = (cph_c32){0.0F, 0.0F};
        r.samples[17 * LD + 3].im = NAN;
        r.flag[4] = CPH_FLAG_LISTED;
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(r.flag[0], CPH_FLAG_NONE);
        CU_ASSERT_EQUAL(r.flag[1], CPH_FLAG_DEAD);
        CU_ASSERT_EQUAL(r.flag[2], CPH_FLAG_DEAD);
        CU_ASSERT_EQUAL(r.flag[3], CPH_FLAG_NOT_FINITE);
        CU_ASSERT_EQUAL(r.flag[4], CPH_FLAG_LISTED);
        for (size_t n = 1; n < N; n++)
            CU_ASSERT(isnan(r.solved[n].re) && isnan(r.found[n]) && isnan(r.delay_sigma[n]));
        /* Noise alone, many times. */
        memset(r.gain, 0, sizeof r.gain);
        receive(&r);
        for (size_t k = 0; k < 60; k++) {
            add_noise(&r, 1.0);
            found += solve(&r) != CPH_ERR_MISSING;
        }
    }
    CU_ASSERT_EQUAL(found, 0);
    CU_ASSERT(strstr(r.error.message, "no element holds the waveform") != NULL);
}

/* Correlation between lags reaches 33 samples beyond those of the lags searched. */
static void samples_beside_the_search_count(void)
{
    static rig r;
    for (int common = 0; common < 2; common++) {
        open_rig(&r, 64, 400, 8);
        r.config.first_lag = 40;
        r.config.lags = 20;
        r.config.common = common == 1;
        for (size_t n = 0; n < N; n++)
            r.delay[n] = 50.4;
        measure(&r, 0.0);
        const ptrdiff_t last = r.config.first_lag + 19 + 63;
        r.samples[(last + 1) * LD + 1].re = NAN;
        r.samples[(last + 33) * LD + 2].im = INFINITY;
        r.samples[(40 - 33) * LD + 3].im = NAN;
        r.samples[(last + 34) * LD + 4].re = r.samples[(40 - 34) * LD + 4].im = NAN;
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        for (size_t n = 0; n < N; n++) {
            const bool good = n == 0 || n == 4;
            CU_ASSERT_EQUAL(r.flag[n], good ? CPH_FLAG_NONE : CPH_FLAG_NOT_FINITE);
            CU_ASSERT_EQUAL(isnan(r.found[n]), !good);
            CU_ASSERT_EQUAL(isnan(r.solved[n].re) || isnan(r.phase_sigma[n]), !good);
            CU_ASSERT(!good || fabs(r.found[n] - r.delay[n]) < 1e-3);
        }
    }
}

static void expect_refusal(rig *r, cph_status expected, const char *words)
{
    static rig before;
    r->solved[0].re = r->found[0] = -7.0;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, solve(r), expected, words);
}

static void what_is_refused(void)
{
    static rig r;
    open_rig(&r, 160, 400, 7);
    measure(&r, 0.0);
    r.config.length = 7;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "8 are the least");
    r.config.length = 160;
    r.config.first_lag = 400;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "do not meet");
    r.config.first_lag = 0;
    r.config.ld = 4;
    expect_refusal(&r, CPH_ERR_OVERFLOW, "do not fit");
    r.config.ld = LD;
    r.waveform[3].re = NAN;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "item 3");
    memset(r.waveform, 0, sizeof r.waveform);
    expect_refusal(&r, CPH_ERR_SINGULAR, "no energy");
    memset(r.flag, CPH_FLAG_HOT, sizeof r.flag);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "all 5");
}

CU_TestInfo cph_tests_calib_waveform[] = {
    {"without noise", without_noise},
    {"a waveform partly heard", partly_heard},
    {"a delay each, against the Cramer-Rao bound", a_delay_each_against_the_bound},
    {"a common delay, against the Cramer-Rao bound", a_common_delay_against_the_bound},
    {"what holds no waveform", what_holds_no_waveform},
    {"samples beside the search count", samples_beside_the_search_count},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
