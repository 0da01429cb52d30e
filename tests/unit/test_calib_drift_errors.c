/* SPDX-License-Identifier: MIT */
/* Gains that wander: estimates and standard errors against dense least squares, and in scatter. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/drift_rig.h"
#include "tests/unit/seeds.h"

enum { UNKNOWNS = DRIFT_TIMES + 1 };

/* a x = b by Gauss-Jordan; a becomes its inverse. Positive definite. */
static void invert(size_t n, double a[UNKNOWNS][UNKNOWNS])
{
    for (size_t k = 0; k < n; k++) {
        const double pivot = 1.0 / a[k][k];
        a[k][k] = 1.0;
        for (size_t j = 0; j < n; j++)
            a[k][j] *= pivot;
        for (size_t i = 0; i < n; i++) {
            if (i == k)
                continue;
            const double by = a[i][k];
            a[i][k] = 0.0;
            for (size_t j = 0; j < n; j++)
                a[i][j] -= by * a[k][j];
        }
    }
}

/* Levels at all times and the slope of element n's log amplitude, by one least-squares problem. */
static void dense(const drift_rig *r, size_t n, double rate, double *level, double *sigma,
                  double slope[2])
{
    static double a[UNKNOWNS][UNKNOWNS], b[UNKNOWNS], heat[DRIFT_TIMES];
    const size_t times = r->times;
    double mean = 0.0;
    memset(a, 0, sizeof a);
    memset(b, 0, sizeof b);
    for (size_t t = 0; t < times; t++)
        mean += r->temperature[t] / (double)times;
    for (size_t t = 0; t < times; t++) {
        const size_t at = t * r->n + n;
        heat[t] = r->temperature[t] - mean;
        if (t > 0) {
            const double w = 1.0 / (rate * rate * (r->time[t] - r->time[t - 1]));
            a[t][t] += w;
            a[t - 1][t - 1] += w;
            a[t][t - 1] -= w;
            a[t - 1][t] -= w;
        }
        if (r->flag[at] != 0)
            continue;
        const double w = 1.0 / (r->amplitude_sigma[at] * r->amplitude_sigma[at]);
        const double y = log(hypot(r->gain[at].re, r->gain[at].im));
        a[t][t] += w;
        a[t][times] += w * heat[t];
        a[times][t] += w * heat[t];
        a[times][times] += w * heat[t] * heat[t];
        b[t] += w * y;
        b[times] += w * heat[t] * y;
    }
    invert(times + 1, a);
    slope[0] = 0.0;
    slope[1] = sqrt(a[times][times]);
    for (size_t j = 0; j <= times; j++)
        slope[0] += a[times][j] * b[j];
    for (size_t t = 0; t < times; t++) {
        level[t] = heat[t] * slope[0];
        for (size_t j = 0; j <= times; j++)
            level[t] += a[t][j] * b[j];
        sigma[t] =
            sqrt(a[t][t] + 2.0 * heat[t] * a[t][times] + heat[t] * heat[t] * a[times][times]);
    }
}

static void is_least_squares(void)
{
    static drift_rig r;
    double level[DRIFT_TIMES], sigma[DRIFT_TIMES], slope[2];
    drift_rig_open(&r, 14, 3, 11);
    drift_rig_walk(&r, 0.01, 0.004, true);
    drift_rig_read(&r, 0.02, 0.01);
    r.flag[drift_rig_at(&r, 0, 1)] = r.flag[drift_rig_at(&r, 1, 1)] =
        r.flag[drift_rig_at(&r, 13, 2)] = 1;
    for (size_t n = 0; n < 3; n++)
        r.flag[drift_rig_at(&r, 6, n)] = 1;
    r.config.temperature = r.temperature;
    r.config.phase_rate = 0.01;
    r.config.amplitude_rate = 0.004;
    r.config.outlier = 0.0;
    CU_ASSERT_EQUAL_FATAL(drift_rig_solve(&r), CPH_OK);
    for (size_t n = 0; n < 3; n++) {
        dense(&r, n, 0.004, level, sigma, slope);
        CU_ASSERT_DOUBLE_EQUAL(r.slope[2][n], slope[0], 1e-9 * slope[1]);
        CU_ASSERT_DOUBLE_EQUAL(r.slope[3][n], slope[1], 1e-9 * slope[1]);
        for (size_t t = 0; t < r.times; t++) {
            const cph_c64 g = r.found[t * 3 + n];
            CU_ASSERT_DOUBLE_EQUAL(log(hypot(g.re, g.im)), level[t], 1e-9 * sigma[t]);
            CU_ASSERT_DOUBLE_EQUAL(r.found_amplitude_sigma[t * 3 + n], sigma[t], 1e-9 * sigma[t]);
        }
    }
    CU_ASSERT_EQUAL(r.mark[1], CPH_DRIFT_ABSENT);
    CU_ASSERT_EQUAL(r.solution.outliers + r.solution.jumps, 0);
}

static void errors_are_as_said(void)
{
    const size_t seeds = test_seeds(60);
    double error[2] = {0.0}, said[2] = {0.0}, slope[2] = {0.0}, slope_said[2] = {0.0};
    double rate[2] = {0.0}, chi2[2] = {0.0}, outliers = 0.0;
    static drift_rig r;
    printf("seeds 1 to %zu ", seeds);
    for (size_t k = 0; k < seeds; k++) {
        drift_rig_open(&r, DRIFT_TIMES, DRIFT_ELEMENTS, 1 + k);
        drift_rig_walk(&r, 0.01, 0.003, true);
        drift_rig_read(&r, 0.03, 0.01);
        r.config.temperature = r.temperature;
        CU_ASSERT_EQUAL_FATAL(drift_rig_solve(&r), CPH_OK);
        for (size_t i = 0; i < r.times * r.n; i++) {
            const cph_c64 g = r.found[i];
            error[0] += pow(remainder(atan2(g.im, g.re) - r.phase[i], 2.0 * M_PI), 2.0);
            error[1] += pow(log(hypot(g.re, g.im)) - r.size[i], 2.0);
            said[0] += pow(r.found_phase_sigma[i], 2.0);
            said[1] += pow(r.found_amplitude_sigma[i], 2.0);
        }
        for (size_t n = 0; n < r.n; n++)
            for (size_t i = 0; i < 2; i++) {
                const double off = r.slope[2 * i][n] - (i == 0 ? 0.01 : -0.002) * (double)(n + 1);
                slope[i] += off * off;
                slope_said[i] += pow(r.slope[2 * i + 1][n], 2.0);
            }
        rate[0] += r.solution.phase_rate / 0.01 / (double)seeds;
        rate[1] += r.solution.amplitude_rate / 0.003 / (double)seeds;
        chi2[0] += r.solution.phase_chi2 / (double)seeds;
        chi2[1] += r.solution.amplitude_chi2 / (double)seeds;
        outliers += (double)(r.solution.outliers + r.solution.jumps);
    }
    test_row("walk and temperature, rates found", "phase", error[0] / said[0],
             sqrt(said[0] / error[0]));
    test_row("walk and temperature, rates found", "amplitude", error[1] / said[1],
             sqrt(said[1] / error[1]));
    printf("slope sigma / rms %.3f %.3f, rate / truth %.3f %.3f, chi2 %.3f %.3f, %g outliers ",
           sqrt(slope_said[0] / slope[0]), sqrt(slope_said[1] / slope[1]), rate[0], rate[1],
           chi2[0], chi2[1], outliers);
    const double few =
        3.0 / sqrt((double)(seeds * DRIFT_ELEMENTS)); /* three sigma of a variance's ratio */
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT(error[i] / said[i] > 0.95 && error[i] / said[i] < 1.15);
        CU_ASSERT_DOUBLE_EQUAL(slope_said[i] / slope[i], 1.0, 2.0 * few);
        CU_ASSERT_DOUBLE_EQUAL(rate[i], 1.0, 0.05);
        CU_ASSERT_DOUBLE_EQUAL(chi2[i], 1.0, 0.05);
    }
    CU_ASSERT(outliers <= 1.0);
}

CU_TestInfo cph_tests_calib_drift_errors[] = {
    {"levels, slopes and errors are those of least squares", is_least_squares},
    {"errors are as said", errors_are_as_said},
    CU_TEST_INFO_NULL,
};
