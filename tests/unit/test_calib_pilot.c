/* SPDX-License-Identifier: MIT */
/* Gains by the dominant eigenvector, against truth and the Cramer-Rao bound. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/pilot.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

typedef struct rig {
    scene scene;
    cph_c64 steering[SCENE_ELEMENTS];
    cph_pilot_config config;
    cph_pilot_solution solution;
    cph_error error;
} rig;

static void open_rig(rig *r, size_t n, size_t sources, bool whitened, uint64_t seed)
{
    scene *const s = &r->scene;
    scene_open(s, n, sources, seed);
    for (size_t p = 0; p < n; p++) {
        const double complex a = scene_steering(s, 0, p);
        r->steering[p] = (cph_c64){creal(a), cimag(a)};
    }
    r->config = (cph_pilot_config){.elements = n,
                                   .r = s->r,
                                   .ld = s->problem.ld,
                                   .steering = r->steering,
                                   .noise = whitened ? s->noise : NULL};
    r->solution =
        (cph_pilot_solution){.estimate = {s->solved, s->phase_sigma, s->amplitude_sigma, s->flag}};
    memset(&r->error, 0, sizeof r->error);
}

static cph_status solve(rig *r)
{
    return cph_pilot_solve(&r->config, &r->solution, &r->error);
}

/* Squared errors of phase and relative amplitude, in the gauge of the answer. */
static void errors(const rig *r, double *phase, double *amplitude)
{
    const scene *const s = &r->scene;
    cph_c64 truth[SCENE_ELEMENTS];
    double nothing[SCENE_ELEMENTS] = {0.0}, mean = 0.0;
    unsigned char flag[SCENE_ELEMENTS];
    size_t live = 0;
    for (size_t p = 0; p < s->n; p++) {
        truth[p] = (cph_c64){creal(s->gain[p]), cimag(s->gain[p])};
        flag[p] = s->flag[p];
    }
    cph_gain_estimate e = {truth, nothing, nothing, flag};
    CU_ASSERT_EQUAL_FATAL(cph_estimate_gauge(s->n, SIZE_MAX, &e, NULL), CPH_OK);
    double complex sum = 0.0;
    for (size_t p = 0; p < s->n; p++)
        if (flag[p] == 0) {
            sum += scene_get(s->solved[p]) / scene_get(truth[p]);
            live++;
        }
    for (size_t p = 0; p < s->n; p++)
        mean += flag[p] == 0
                    ? carg(scene_get(s->solved[p]) / scene_get(truth[p]) / sum) / (double)live
                    : 0.0;
    for (size_t p = 0; p < s->n; p++) {
        if (flag[p] != 0)
            continue;
        const double complex off = scene_get(s->solved[p]) / scene_get(truth[p]);
        phase[p] = pow(carg(off / sum) - mean, 2.0);
        amplitude[p] = pow(cabs(off) - 1.0, 2.0);
    }
}

static void exact_covariances(void)
{
    static rig r;
    double phase[SCENE_ELEMENTS], amplitude[SCENE_ELEMENTS];
    for (int whitened = 0; whitened < 2; whitened++) {
        open_rig(&r, 13, 1, whitened == 1, 1);
        scene *const s = &r.scene;
        for (size_t p = 0; p < s->n; p++)
            s->noise[p] = whitened ? 0.2 + 0.3 * (double)p : 0.7;
        scene_exact(s);
        CU_ASSERT_EQUAL(solve(&r), CPH_OK);
        errors(&r, phase, amplitude);
        for (size_t p = 0; p < s->n; p++) {
            CU_ASSERT(phase[p] < 1e-20);
            CU_ASSERT(amplitude[p] < 1e-20);
            CU_ASSERT(isnan(s->phase_sigma[p]));
        }
        double snr = 0.0;
        for (size_t p = 0; p < s->n; p++)
            snr += pow(cabs(s->gain[p]), 2.0) * s->flux[0] / s->noise[p];
        CU_ASSERT_DOUBLE_EQUAL(r.solution.snr / snr, 1.0, 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(r.solution.second, 1.0, 1e-9);
        CU_ASSERT(r.solution.single);
    }
    /* Unequal noise that is not told bends the eigenvector: that is what whitening is for. */
    r.config.noise = NULL;
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    errors(&r, phase, amplitude);
    CU_ASSERT(amplitude[12] > 1e-4);
}

static void a_second_source_is_seen(void)
{
    static rig r;
    for (size_t sources = 1; sources <= 2; sources++) {
        size_t single = 0;
        open_rig(&r, 20, sources, false, 2);
        r.config.samples = 2000.0;
        for (size_t p = 0; p < r.scene.n; p++)
            r.scene.noise[p] = 5.0;
        for (size_t k = 0; k < 50; k++) {
            scene_sample(&r.scene, 2000.0);
            CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
            single += r.solution.single;
        }
        CU_ASSERT_EQUAL(single, sources == 1 ? 50 : 0);
    }
}

static void scatter_against_the_bound(void)
{
    static const char *const settings[] = {"equal noise, unknown", "whitened"};
    const size_t seeds = test_seeds(300);
    static rig r;
    for (int whitened = 0; whitened < 2; whitened++) {
        double sum[2] = {0.0}, said[2] = {0.0}, least[2][SCENE_ELEMENTS];
        double e[2][SCENE_ELEMENTS] = {{0.0}};
        cph_c64 g[SCENE_ELEMENTS];
        open_rig(&r, 16, 1, whitened == 1, 3);
        scene *const s = &r.scene;
        for (size_t p = 0; p < s->n; p++) {
            s->noise[p] = whitened ? 0.5 + 0.2 * (double)p : 2.0;
            g[p] = (cph_c64){creal(s->gain[p]), cimag(s->gain[p])};
        }
        r.config.samples = 300.0;
        const cph_bound_config bound = {.elements = s->n,
                                        .sources = 1,
                                        .steering = r.steering,
                                        .flux = s->flux,
                                        .gain = g,
                                        .noise = s->noise,
                                        .samples = 300.0,
                                        .reference = SIZE_MAX};
        CU_ASSERT_EQUAL_FATAL(cph_gain_bound(&bound, least[0], least[1]), CPH_OK);
        for (size_t k = 0; k < seeds; k++) {
            cph_random_seed(&s->random, 3, 1 + k);
            scene_sample(s, 300.0);
            CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
            errors(&r, e[0], e[1]);
            for (size_t p = 0; p < s->n; p++) {
                sum[0] += e[0][p] / pow(least[0][p], 2.0);
                sum[1] += e[1][p] / pow(least[1][p], 2.0);
                said[0] += pow(s->phase_sigma[p] / least[0][p], 2.0);
                said[1] += pow(s->amplitude_sigma[p] / least[1][p], 2.0);
            }
        }
        const double count = (double)seeds * (double)s->n;
        test_row(settings[whitened], "phase", sum[0] / count, sqrt(said[0] / sum[0]));
        test_row(settings[whitened], "amplitude", sum[1] / count, sqrt(said[1] / sum[1]));
        for (int i = 0; i < 2; i++) {
            CU_ASSERT(sum[i] / count > 0.95 && sum[i] / count < 1.15);
            CU_ASSERT_DOUBLE_EQUAL(sqrt(said[i] / sum[i]), 1.0, 0.1);
        }
    }
}

static void identical_elements_have_a_closed_form(void)
{
    static rig r;
    open_rig(&r, 9, 1, true, 4);
    scene *const s = &r.scene;
    for (size_t p = 0; p < s->n; p++) {
        s->gain[p] /= cabs(s->gain[p]);
        s->noise[p] = 2.5; /* SNR 0.4 */
    }
    r.config.samples = 123.0;
    scene_exact(s);
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    const double n = 9.0, snr = 0.4, v = (1 + n * snr) * (n - 1) / (2 * 123.0 * snr * snr * n * n);
    for (size_t p = 0; p < s->n; p++) {
        CU_ASSERT_DOUBLE_EQUAL(pow(s->phase_sigma[p], 2.0) / v, 1.0, 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(pow(s->amplitude_sigma[p], 2.0) / v, 1.0, 1e-9);
    }
}

/* What nothing tells is NaN before the gauge and after it, never 0. */
static void unknown_errors_stay_unknown_in_the_gauge(void)
{
    static rig r;
    for (int fixed = 0; fixed < 2; fixed++) {
        open_rig(&r, 6, 1, false, 6);
        scene *const s = &r.scene;
        scene_exact(s);
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
        CU_ASSERT_EQUAL(
            cph_estimate_gauge(s->n, fixed ? 2 : SIZE_MAX, &r.solution.estimate, &r.error), CPH_OK);
        for (size_t p = 0; p < s->n; p++) {
            CU_ASSERT(isnan(s->amplitude_sigma[p]));
            CU_ASSERT(fixed && p == 2 ? s->phase_sigma[p] == 0.0 : isnan(s->phase_sigma[p]));
        }
    }
    /* One of two that may be anything: neither is known against their mean. */
    cph_c64 gain[2] = {{1.0, 0.0}, {0.0, 1.0}};
    double phase[2] = {0.1, INFINITY}, amplitude[2] = {INFINITY, 0.1};
    unsigned char flag[2] = {0};
    cph_gain_estimate e = {gain, phase, amplitude, flag};
    CU_ASSERT_EQUAL(cph_estimate_gauge(2, SIZE_MAX, &e, NULL), CPH_OK);
    for (size_t p = 0; p < 2; p++)
        CU_ASSERT(!isfinite(phase[p]) && !isfinite(amplitude[p]));
}

static void expect_refusal(rig *r, cph_status expected, const char *words)
{
    static rig before;
    r->scene.solved[0].re = r->solution.snr = -7.0;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, solve(r), expected, words);
}

static void what_has_no_answer(void)
{
    static rig r;
    open_rig(&r, 6, 1, false, 5);
    scene *const s = &r.scene;
    scene_exact(s);
    s->r[2 * s->problem.ld + 2] = (cph_c64){0.0, 0.0};
    s->r[3 * s->problem.ld + 3].re = NAN;
    CU_ASSERT_EQUAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(s->flag[2], CPH_FLAG_DEAD);
    CU_ASSERT_EQUAL(s->flag[3], CPH_FLAG_NOT_FINITE);
    CU_ASSERT(isnan(s->solved[2].re) && isnan(s->solved[3].im));
    s->r[0 * s->problem.ld + 5].im = NAN;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "elements 0 and 5");
    s->flag[5] = CPH_FLAG_HOT;
    s->flag[4] = CPH_FLAG_HOT;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "2 of 6");
    /* Noise alone, exactly equal. */
    open_rig(&r, 6, 1, false, 5);
    memset(s->gain, 0, sizeof s->gain);
    for (size_t p = 0; p < s->n; p++)
        s->noise[p] = 1.0;
    scene_exact(s);
    expect_refusal(&r, CPH_ERR_SINGULAR, "no source");
    r.config.samples = 1.0;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "of 1 sample:");
    r.config.samples = 2.0;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "fewer than 3");
    r.config.ld = 5;
    r.config.samples = 3.0;
    expect_refusal(&r, CPH_ERR_OVERFLOW, "do not fit");
    r.config.samples = -1.0;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "needed");
}

CU_TestInfo cph_tests_calib_pilot[] = {
    {"exact covariances", exact_covariances},
    {"a second source is seen", a_second_source_is_seen},
    {"scatter against the Cramer-Rao bound", scatter_against_the_bound},
    {"identical elements have a closed form", identical_elements_have_a_closed_form},
    {"unknown errors stay unknown in the gauge", unknown_errors_stay_unknown_in_the_gauge},
    {"what has no answer", what_has_no_answer},
    CU_TEST_INFO_NULL,
};
