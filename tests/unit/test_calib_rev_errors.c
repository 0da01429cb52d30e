/* SPDX-License-Identifier: MIT */
/* Errors of shares from power readings against the Cramer-Rao bound; what has no answer. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"
#include "tests/unit/rev_rig.h"
#include "tests/unit/seeds.h"

/* Variances of log|z| and arg z by the Fisher matrix of (P0, log|z|, arg z), differentiated
 * numerically. */
static void bound(const rev_rig *r, double complex z, double level, double sigma, double *amplitude,
                  double *phase)
{
    double f[3][3] = {{0.0}};
    for (size_t m = 0; m < r->m; m++) {
        double d[3];
        for (int i = 0; i < 3; i++) {
            double side[2];
            for (int s = 0; s < 2; s++) {
                const double h = (s == 0 ? 1.0 : -1.0) * 1e-5;
                const double complex y = z * (i == 1 ? exp(h) : i == 2 ? cexp(I * h) : 1.0);
                side[s] = level * (i == 0 ? 1.0 + h : 1.0) *
                          pow(cabs(1.0 + y * (scene_get(r->state[m]) - 1.0)), 2.0);
            }
            d[i] = (side[0] - side[1]) / 2e-5 / sigma;
        }
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                f[i][j] += d[i] * d[j];
    }
    const double det = f[0][0] * (f[1][1] * f[2][2] - f[1][2] * f[2][1]) -
                       f[0][1] * (f[1][0] * f[2][2] - f[1][2] * f[2][0]) +
                       f[0][2] * (f[1][0] * f[2][1] - f[1][1] * f[2][0]);
    *amplitude = (f[0][0] * f[2][2] - f[0][2] * f[2][0]) / det;
    *phase = (f[0][0] * f[1][1] - f[0][1] * f[1][0]) / det;
}

static void scatter_against_the_bound(void)
{
    static const char *const settings[] = {"equal amplitudes, noise from residuals",
                                           "real state table, noise known"};
    const size_t seeds = test_seeds(1000);
    static rev_rig r;
    for (int known = 0; known < 2; known++) {
        double error[2] = {0.0}, limit[2] = {0.0}, said[2] = {0.0}, chi2 = 0.0;
        rev_open(&r, 12, 16, 60);
        rev_table(&r, known ? 0.1 : 0.0);
        r.config.rule = CPH_REV_WEAK;
        for (size_t n = 0; n < r.n; n++)
            r.field[n] = 1.0 + 0.4 * r.field[n];
        r.rest = 9.0 * I;
        const double complex t = rev_total(&r);
        const double sigma = 0.01 * pow(cabs(t), 2.0);
        r.config.sigma = known ? sigma : 0.0;
        for (size_t k = 0; k < seeds; k++) {
            cph_random_seed(&r.random, 60, 1 + k);
            rev_measure(&r, sigma);
            memset(r.flag, 0, sizeof r.flag);
            CU_ASSERT_EQUAL_FATAL(rev_solve(&r), CPH_OK);
            chi2 += known ? r.solution.chi2_dof / (double)seeds
                          : pow(r.solution.sigma / sigma, 2.0) / (double)seeds;
            for (size_t n = 0; n < r.n; n++) {
                const double complex z = r.field[n] / t, off = scene_get(r.gain[n]) / z;
                double least[2];
                bound(&r, z, (1.0 + 0.25 * (double)(n % 3)) * pow(cabs(t), 2.0), sigma, &least[0],
                      &least[1]);
                const double e[2] = {log(cabs(off)), carg(off)};
                const double s[2] = {r.amplitude_sigma[n], r.phase_sigma[n]};
                for (int i = 0; i < 2; i++) {
                    error[i] += e[i] * e[i] / least[i];
                    limit[i] += 1.0;
                    said[i] += s[i] * s[i] / least[i];
                }
            }
        }
        test_row(settings[known], "amplitude", error[0] / limit[0], sqrt(said[0] / error[0]));
        test_row(settings[known], "phase", error[1] / limit[1], sqrt(said[1] / error[1]));
        for (int i = 0; i < 2; i++) {
            CU_ASSERT(error[i] / limit[i] > 0.95 && error[i] / limit[i] < 1.15);
            CU_ASSERT_DOUBLE_EQUAL(sqrt(said[i] / error[i]), 1.0, 0.1);
        }
        CU_ASSERT_DOUBLE_EQUAL(chi2, 1.0, 0.05);
    }
}

/* Outputs are as they were. */
static void expect_refusal(rev_rig *r, cph_status expected, const char *words)
{
    static rev_rig before;
    r->solution.sigma = -7.0;
    r->gain[0].re = -7.0;
    r->choice[0] = 77;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, rev_solve(r), expected, words);
}

static void what_is_refused(void)
{
    static rev_rig r;
    rev_open(&r, 4, 6, 70);
    rev_measure(&r, 0.0);
    r.config.steps = 2;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "three are needed");
    r.config.steps = 3;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "fourth");
    r.config.steps = 6;
    r.config.ld = 5;
    expect_refusal(&r, CPH_ERR_OVERFLOW, "do not fit");
    r.config.ld = 7;
    r.config.elements = 5;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "one by one");
    r.config.elements = 4;
    r.state[2].im = NAN;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "state");
    for (size_t m = 0; m < r.m; m++)
        r.state[m] = (cph_c64){m % 2 == 0 ? 1.0 : -1.0, 0.0};
    expect_refusal(&r, CPH_ERR_SINGULAR, "do not determine");
    memset(r.flag, CPH_FLAG_DEAD, r.n);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "none of 4");
}

static void elements_without_an_answer(void)
{
    static rev_rig r;
    rev_open(&r, 5, 6, 80);
    r.field[2] = 0.0; /* turns nothing: a constant curve */
    r.field[4] = 0.0;
    rev_measure(&r, 0.0);
    r.flag[4] = CPH_FLAG_EXCLUDED;
    r.power[4 * r.config.ld] = NAN;
    CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_SETTLED);
    CU_ASSERT_EQUAL(r.flag[4], CPH_FLAG_EXCLUDED);
    CU_ASSERT(isnan(r.gain[4].re) && isnan(r.phase_sigma[4]));
    CU_ASSERT(cabs(scene_get(r.gain[2])) < 1e-10);
    CU_ASSERT(cabs(scene_get(r.gain[1]) - r.field[1] / rev_total(&r)) < 1e-10);
    /* A sweep that cannot be read leaves the sum open: no root is chosen by it. */
    r.flag[4] = 0;
    CU_ASSERT_EQUAL(rev_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.verdict, CPH_REV_AMBIGUOUS);
    CU_ASSERT_EQUAL(r.flag[4], CPH_FLAG_NOT_FINITE);
    CU_ASSERT_EQUAL(r.flag[1], CPH_FLAG_UNSOLVED);
}

/* {1, j, -1, -j} to the last bit, as of a meter's table: an element then has no Im z at all. */
static void quarter_turns(rev_rig *r)
{
    static const cph_c64 state[4] = {{1.0, 0.0}, {0.0, 1.0}, {-1.0, 0.0}, {0.0, -1.0}};
    memcpy(r->state, state, sizeof state);
}

/* At Re z = 1/2 the roots meet and the curve does not tell the real part. */
static void errors_where_the_roots_meet(void)
{
    static rev_rig r;
    rev_open(&r, 2, 4, 90);
    quarter_turns(&r);
    r.field[0] = r.field[1] = 1.0;
    r.config.sigma = 0.01;
    rev_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(rev_solve(&r), CPH_OK);
    for (size_t n = 0; n < r.n; n++) {
        CU_ASSERT_EQUAL(r.flag[n], CPH_FLAG_NONE);
        CU_ASSERT_DOUBLE_EQUAL(r.gain[n].re, 0.5, 1e-6);
        CU_ASSERT(isinf(r.phase_sigma[n]) && isinf(r.amplitude_sigma[n]));
    }
}

/* Such an element does not touch the errors of others whose groups are without it. */
static void open_errors_stay_with_their_group(void)
{
    static rev_rig r;
    double single[2][3] = {{0.0}};
    for (int groups = 0; groups < 2; groups++) {
        rev_open(&r, 3, 4, 91);
        quarter_turns(&r);
        r.field[0] = 2.0;
        r.field[1] = r.field[2] = 1.0;
        r.config.sigma = 0.01;
        r.config.rule = CPH_REV_WEAK;
        r.config.member = groups ? r.member : NULL;
        for (size_t n = 0; n < r.n; n++)
            r.member[n * r.n + n] = 1;
        rev_measure(&r, 0.0);
        CU_ASSERT_EQUAL_FATAL(rev_solve(&r), CPH_OK);
        CU_ASSERT(isinf(r.phase_sigma[0]) && isinf(r.amplitude_sigma[0]));
        for (size_t n = 1; n < r.n; n++) {
            CU_ASSERT(r.phase_sigma[n] > 0.0 && r.amplitude_sigma[n] > 0.0);
            if (groups) {
                CU_ASSERT_DOUBLE_EQUAL(r.phase_sigma[n], single[0][n], 1e-9 * single[0][n]);
                CU_ASSERT_DOUBLE_EQUAL(r.amplitude_sigma[n], single[1][n], 1e-9 * single[1][n]);
            }
        }
        memcpy(single[0], r.phase_sigma, sizeof single[0]);
        memcpy(single[1], r.amplitude_sigma, sizeof single[1]);
    }
}

CU_TestInfo cph_tests_calib_rev_errors[] = {
    {"scatter against the Cramer-Rao bound", scatter_against_the_bound},
    {"what is refused, with outputs untouched", what_is_refused},
    {"elements without an answer", elements_without_an_answer},
    {"errors where the roots meet", errors_where_the_roots_meet},
    {"open errors stay with their group", open_errors_stay_with_their_group},
    CU_TEST_INFO_NULL,
};
