/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method reciprocity: soundings both ways, each in a gauge of its own. */
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/calibrate_method.h"
#include "cophase/random.h"
#include "kernels/core/c64.h"
#include "tests/unit/data_fixture.h"
#include "tests/unit/seeds.h"

enum { N = 6, T = 12, C = 2, DEAD = 4, LATE = 1, LATE_TIMES = 5 };
static const double noise[2] = {0.02, 0.01}; /* of forward, backward: of each part */

static cph_c64 polar(double size, double angle)
{
    cph_c64 z = {cos(angle), sin(angle)};
    return cph_c64_scale(size, z);
}

/* c: transmit over receive gain. */
static cph_c64 truth_of(size_t c, size_t n)
{
    return polar(1.0 + 0.1 * (double)n, 0.9 * (double)(n * n) - 0.4 * (double)c);
}

static void set(cph_calibration *k, size_t at, cph_c64 value, double sigma, cph_c64 gauge)
{
    k->gain[at] = cph_c64_mul(value, gauge);
    k->phase_sigma[at] = k->amplitude_sigma[at] = sigma / sqrt(cph_c64_power(value));
    k->flag[at] = CPH_FLAG_NONE;
}

static void write_both(const char *const path[2], uint64_t seed)
{
    cph_calibration k[2] = {{.times = 0}};
    cph_random random;
    cph_array array;
    cph_error error;
    fixture_array(N, &array);
    cph_random_seed(&random, seed, 0);
    for (size_t n = 0; n < N; n++) {
        array.element[n].polarization = '\0';
        array.element[n].listed = false;
    }
    for (int i = 0; i < 2; i++)
        CU_ASSERT_EQUAL_FATAL(cph_calibration_create(&array, T, C, &k[i]), CPH_OK);
    for (size_t at = 0; at < (size_t)T * C * N; at++) {
        const size_t t = at / N / C, c = at / N % C, n = at % N;
        const cph_c64 h = polar(1.0 + 0.3 * sin((double)(3 * t + n)), 1.3 * (double)(t * n));
        const cph_c64 e[2] = {cph_random_normal(&random), cph_random_normal(&random)};
        for (int i = 0; i < 2; i++) {
            const double sigma = noise[i], share = M_SQRT2 * sigma;
            const cph_c64 g = i == 0 ? cph_c64_mul(truth_of(c, n), h) : h;
            if (n == DEAD || (n == LATE && t < T - LATE_TIMES && i == 1))
                k[i].flag[at] = CPH_FLAG_DEAD;
            else
                set(&k[i], at, cph_c64_add(g, cph_c64_scale(share, e[i])), sigma,
                    polar(1.0 + 0.05 * (double)(t % 4), (double)(7 * t + 2 * c) + i));
            k[i].channel_freq_hz[c] = 1e9 + 1e6 * (double)c;
            k[i].time_unix_s[t] = 100.0 * (double)t;
        }
    }
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL_FATAL(cph_calibration_write(path[i], &k[i], NULL, &error), CPH_OK);
        cph_calibration_free(&k[i]);
    }
    cph_array_free(&array);
}

static void solve(const char *const path[2], const char *out, cph_calibration *made)
{
    cph_calibrate_options o = {
        .cli = {.name = "cophase test", .input = path[0], .output = out, .quiet = true},
        .backward = path[1],
        .reference = SIZE_MAX,
        .weak_below = -1.0};
    cph_error error;
    cph_input input;
    o.cli.max_memory = (size_t)64 << 20;
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_method_find("reciprocity", &o.method, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&o.cli, o.method->input, &input), CPH_EXIT_DONE);
    fflush(stdout);
    const int keep = dup(STDOUT_FILENO), file = open("/dev/null", O_WRONLY);
    CU_ASSERT_FATAL(keep >= 0 && file >= 0);
    (void)dup2(file, STDOUT_FILENO);
    const cph_exit code = o.method->run(&o, &input);
    fflush(stdout);
    (void)dup2(keep, STDOUT_FILENO);
    (void)close(file);
    (void)close(keep);
    cph_input_close(&input);
    CU_ASSERT_EQUAL_FATAL(code, CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_read(out, made, &error), CPH_OK);
}

/* Squares of errors in the gauge of the file (mean phase 0, mean |g| 1), and their variances. */
typedef struct sums {
    double squares, variances, worst;
    double of[N]; /* variances of elements */
} sums;

static void add_errors(const cph_calibration *made, size_t c, sums *s)
{
    double angle[N] = {0}, size[N] = {0}, mean[2] = {0}, count = 0.0;
    const cph_c64 *g = made->gain + c * N;
    const cph_c64 first = cph_c64_mulc(g[0], truth_of(c, 0));
    for (size_t n = 0; n < N; n++) {
        if (n == DEAD)
            continue;
        const cph_c64 r = cph_c64_mulc(cph_c64_mulc(g[n], truth_of(c, n)), first);
        angle[n] = atan2(r.im, r.re);
        mean[0] += angle[n];
        mean[1] += sqrt(cph_c64_power(truth_of(c, n)));
        count += 1.0;
    }
    for (size_t n = 0; n < N; n++) {
        if (n == DEAD)
            continue;
        const size_t at = c * N + n;
        size[n] = hypot(g[n].re, g[n].im) / (sqrt(cph_c64_power(truth_of(c, n))) * count / mean[1]);
        const double e[2] = {angle[n] - mean[0] / count, size[n] - 1.0};
        s->worst = fmax(s->worst, fmax(fabs(e[0]), fabs(e[1])));
        s->squares += e[0] * e[0] + e[1] * e[1];
        s->of[n] += pow(made->phase_sigma[at], 2.0) + pow(made->amplitude_sigma[at], 2.0);
    }
}

static void ratios_are_found(void)
{
    const char *const path[2] = {fixture_path("forward.h5"), fixture_path("backward.h5")};
    const char *out = fixture_path("ratio.h5");
    const size_t seeds = test_seeds(40);
    sums s = {0};
    for (size_t seed = 0; seed < seeds; seed++) {
        cph_calibration made;
        write_both(path, seed);
        solve(path, out, &made);
        CU_ASSERT(made.times == 1 && made.channels == C && made.path == CPH_GAIN_TRANSMIT);
        CU_ASSERT(strstr(made.gauge, "transmit over receive gain") != NULL);
        CU_ASSERT_EQUAL(made.time_unix_s[0], 550.0);
        for (size_t c = 0; c < C; c++) {
            for (size_t n = 0; n < N; n++)
                CU_ASSERT_EQUAL(made.flag[c * N + n], n == DEAD ? CPH_FLAG_DEAD : CPH_FLAG_NONE);
            add_errors(&made, c, &s);
        }
        cph_calibration_free(&made);
    }
    for (size_t n = 0; n < N; n++)
        s.variances += s.of[n];
    const double share = s.squares / s.variances;
    printf("%zu seeds, errors over their variance %.3f, worst %.3f ", seeds, share, s.worst);
    CU_ASSERT(s.worst < 0.1);
    /* Residuals of few soundings tell variances to a tenth; there are 2 C (N - 1) errors a seed. */
    CU_ASSERT(share > 0.85 && share < 1.15 + 4.0 * sqrt(1.0 / (C * (N - 1.0) * (double)seeds)));
    CU_ASSERT(s.of[LATE] > 1.3 * s.of[LATE + 1]); /* fewer soundings */
}

CU_TestInfo cph_tests_calibrate_reciprocity[] = {
    {"ratios are found", ratios_are_found},
    CU_TEST_INFO_NULL,
};
