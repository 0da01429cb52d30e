/* SPDX-License-Identifier: MIT */
/* Gains that wander: against dense least squares, in scatter, through turns, jumps and outliers. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/drift.h"
#include "cophase/random.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

enum { T_MOST = 48, N_MOST = 6, ALL = T_MOST * N_MOST };

typedef struct rig {
    size_t times, n;
    double time[T_MOST], temperature[T_MOST], phase[ALL], size[ALL]; /* true, [T][N] */
    cph_c64 gain[ALL];
    double phase_sigma[ALL], amplitude_sigma[ALL];
    unsigned char flag[ALL];
    cph_random random;
    cph_drift_config config;
    cph_c64 found[ALL];
    double found_phase_sigma[ALL], found_amplitude_sigma[ALL];
    unsigned char mark[ALL];
    double slope[4][N_MOST];
    cph_drift_solution solution;
    cph_error error;
} rig;

static double normal(rig *r)
{
    return M_SQRT2 * cph_random_normal(&r->random).re;
}

static size_t at(const rig *r, size_t t, size_t n)
{
    return t * r->n + n;
}

static void scale(cph_c64 *z, double by)
{
    z->re *= by;
    z->im *= by;
}

/* Times with gaps of 5 to 15 s, temperatures without symmetry. */
static void open_rig(rig *r, size_t times, size_t n, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->times = times;
    r->n = n;
    cph_random_seed(&r->random, seed, 0);
    for (size_t t = 0; t < times; t++) {
        r->time[t] = t == 0 ? 100.0 : r->time[t - 1] + 5.0 + (double)((7 * t) % 11);
        r->temperature[t] = 300.0 + 6.0 * sin(0.9 * (double)t) + 0.2 * (double)t;
    }
    r->config = cph_drift_defaults();
    r->config.times = times;
    r->config.elements = n;
    r->config.time_s = r->time;
    r->config.gain = r->gain;
    r->config.phase_sigma = r->phase_sigma;
    r->config.amplitude_sigma = r->amplitude_sigma;
    r->config.flag = r->flag;
    r->config.absolute_phase = r->config.absolute_amplitude = true;
    r->solution = (cph_drift_solution){.gain = r->found,
                                       .phase_sigma = r->found_phase_sigma,
                                       .amplitude_sigma = r->found_amplitude_sigma,
                                       .mark = r->mark,
                                       .phase_slope = r->slope[0],
                                       .phase_slope_sigma = r->slope[1],
                                       .amplitude_slope = r->slope[2],
                                       .amplitude_slope_sigma = r->slope[3]};
}

/* Walks of these rates per root second, slopes that differ between elements where asked for. */
static void walk(rig *r, double phase_rate, double amplitude_rate, bool heated)
{
    for (size_t n = 0; n < r->n; n++) {
        double phase = 0.4 * (double)n - 1.0, size = 0.1 * (double)n;
        for (size_t t = 0; t < r->times; t++) {
            const double step = t == 0 ? 0.0 : sqrt(r->time[t] - r->time[t - 1]);
            const double heat = heated ? (double)(n + 1) * (r->temperature[t] - 300.0) : 0.0;
            phase += phase_rate * step * normal(r);
            size += amplitude_rate * step * normal(r);
            r->phase[t * r->n + n] = phase + 0.01 * heat;
            r->size[t * r->n + n] = size - 0.002 * heat;
        }
    }
}

/* Readings with errors of that size, twice as large for odd elements. */
static void read_walks(rig *r, double phase_sigma, double amplitude_sigma)
{
    for (size_t i = 0; i < r->times * r->n; i++) {
        const double more = i % r->n % 2 == 1 ? 2.0 : 1.0;
        r->phase_sigma[i] = more * phase_sigma;
        r->amplitude_sigma[i] = more * amplitude_sigma;
        const double angle = r->phase[i] + r->phase_sigma[i] * normal(r);
        const double size = exp(r->size[i] + r->amplitude_sigma[i] * normal(r));
        r->gain[i].re = size * cos(angle);
        r->gain[i].im = size * sin(angle);
    }
}

static cph_status solve(rig *r)
{
    return cph_drift_solve(&r->config, &r->solution, &r->error);
}

/* ---- against dense least squares ---- */

enum { UNKNOWNS = T_MOST + 1 };

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
static void dense(const rig *r, size_t n, double rate, double *level, double *sigma,
                  double slope[2])
{
    static double a[UNKNOWNS][UNKNOWNS], b[UNKNOWNS], heat[T_MOST];
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
    static rig r;
    double level[T_MOST], sigma[T_MOST], slope[2];
    open_rig(&r, 14, 3, 11);
    walk(&r, 0.01, 0.004, true);
    read_walks(&r, 0.02, 0.01);
    r.flag[at(&r, 0, 1)] = r.flag[at(&r, 1, 1)] = r.flag[at(&r, 13, 2)] = 1;
    for (size_t n = 0; n < 3; n++)
        r.flag[at(&r, 6, n)] = 1;
    r.config.temperature = r.temperature;
    r.config.phase_rate = 0.01;
    r.config.amplitude_rate = 0.004;
    r.config.outlier = 0.0;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
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

/* ---- scatter ---- */

static void errors_are_as_said(void)
{
    const size_t seeds = test_seeds(60);
    double error[2] = {0.0}, said[2] = {0.0}, slope[2] = {0.0}, slope_said[2] = {0.0};
    double rate[2] = {0.0}, chi2[2] = {0.0}, outliers = 0.0;
    static rig r;
    printf("seeds 1 to %zu ", seeds);
    for (size_t k = 0; k < seeds; k++) {
        open_rig(&r, T_MOST, N_MOST, 1 + k);
        walk(&r, 0.01, 0.003, true);
        read_walks(&r, 0.03, 0.01);
        r.config.temperature = r.temperature;
        CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
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
    const double few = 3.0 / sqrt((double)(seeds * N_MOST)); /* three sigma of a variance's ratio */
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT(error[i] / said[i] > 0.95 && error[i] / said[i] < 1.15);
        CU_ASSERT_DOUBLE_EQUAL(slope_said[i] / slope[i], 1.0, 2.0 * few);
        CU_ASSERT_DOUBLE_EQUAL(rate[i], 1.0, 0.05);
        CU_ASSERT_DOUBLE_EQUAL(chi2[i], 1.0, 0.05);
    }
    CU_ASSERT(outliers <= 1.0);
}

/* ---- what readings do ---- */

static void steady_gains_average(void)
{
    static rig r;
    open_rig(&r, 40, 2, 5);
    walk(&r, 0.0, 0.0, false);
    read_walks(&r, 0.02, 0.01);
    r.config.phase_rate = r.config.amplitude_rate = 0.0;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    for (size_t t = 0; t < 40; t++) {
        CU_ASSERT_DOUBLE_EQUAL(r.found_phase_sigma[2 * t], 0.02 / sqrt(40.0), 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(r.found_amplitude_sigma[2 * t + 1], 0.02 / sqrt(40.0), 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(r.found[2 * t].re, r.found[0].re, 1e-14);
    }
}

/* A phase that goes around many times, faster one way than half the turns that are seen. */
static void phases_go_around(void)
{
    static rig r;
    open_rig(&r, 40, 3, 6);
    walk(&r, 0.25, 0.0, false);
    read_walks(&r, 0.01, 0.01);
    double least = 0.0, most = 0.0;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    for (size_t i = 0; i < 120; i++) {
        const double off = atan2(r.found[i].im, r.found[i].re) - r.phase[i];
        CU_ASSERT(fabs(remainder(off, 2.0 * M_PI)) < 6.0 * r.phase_sigma[i]);
        least = fmin(least, r.phase[i]);
        most = fmax(most, r.phase[i]);
    }
    CU_ASSERT(most - least > M_PI);
    CU_ASSERT_EQUAL(r.solution.outliers + r.solution.jumps, 0);
}

static void jumps_and_outliers_are_told_apart(void)
{
    static rig r;
    open_rig(&r, 40, 3, 7);
    walk(&r, 0.003, 0.001, false);
    for (size_t t = 25; t < 40; t++)
        r.phase[t * 3 + 1] += 2.0; /* relocked */
    for (size_t t = 12; t < 40; t++)
        r.size[t * 3 + 2] -= 0.7; /* an amplifier went */
    read_walks(&r, 0.02, 0.01);
    scale(&r.gain[at(&r, 9, 0)], -1.0);
    scale(&r.gain[at(&r, 0, 1)], 3.0);
    scale(&r.gain[at(&r, 39, 2)], 5.0);
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    for (size_t i = 0; i < 120; i++) {
        const size_t t = i / 3, n = i % 3;
        const cph_drift_mark expected =
            (t == 9 && n == 0) || (t == 0 && n == 1) || (t == 39 && n == 2) ? CPH_DRIFT_OUTLIER
            : (t == 25 && n == 1) || (t == 12 && n == 2)                    ? CPH_DRIFT_JUMP
                                                                            : CPH_DRIFT_USED;
        const double off = atan2(r.found[i].im, r.found[i].re) - r.phase[i];
        CU_ASSERT_EQUAL(r.mark[i], expected);
        CU_ASSERT(fabs(remainder(off, 2.0 * M_PI)) < 5.0 * r.found_phase_sigma[i]);
        CU_ASSERT(fabs(log(hypot(r.found[i].re, r.found[i].im)) - r.size[i]) <
                  5.0 * r.found_amplitude_sigma[i]);
    }
    CU_ASSERT(r.solution.outliers == 3 && r.solution.jumps == 2);
}

/* A time appended without readings: the last level, with an error that grew. */
static void what_comes_is_predicted(void)
{
    static rig r;
    open_rig(&r, 20, 2, 8);
    walk(&r, 0.01, 0.0, false);
    read_walks(&r, 0.02, 0.01);
    r.time[19] = r.time[18] + 1000.0;
    r.flag[38] = r.flag[39] = 1;
    r.config.phase_rate = 0.01;
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    const double before = r.found_phase_sigma[36], after = r.found_phase_sigma[38];
    CU_ASSERT_DOUBLE_EQUAL(after * after - before * before, 1000.0 * 1e-4, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.found[38].re, r.found[36].re, 1e-14);
    CU_ASSERT_EQUAL(r.mark[38], CPH_DRIFT_ABSENT);
}

/* A common phase and size of each time, and an element that comes and goes. */
static void the_gauge_of_times_is_taken_out(void)
{
    static rig r, free_gauge;
    open_rig(&r, 30, 5, 9);
    walk(&r, 0.002, 0.001, false);
    read_walks(&r, 0.02, 0.01);
    for (size_t t = 0; t < 30; t += 3)
        r.flag[t * 5 + 3] = 1;
    for (size_t t = 0; t < 30; t++)
        r.flag[t * 5 + 4] = 1;
    r.config.absolute_phase = r.config.absolute_amplitude = false;
    r.config.phase_rate = 0.002; /* a search would end elsewhere within its precision */
    r.config.amplitude_rate = 0.001;
    free_gauge = r;
    free_gauge.config.gain = free_gauge.gain;
    free_gauge.solution.gain = free_gauge.found;
    for (size_t t = 0; t < 30; t++)
        for (size_t n = 0; n < 5; n++) {
            cph_c64 *g = &free_gauge.gain[t * 5 + n];
            const double turned = 2.6 * (double)(t * t), size = exp(0.3 * sin((double)t));
            if (t > 0)
                *g = (cph_c64){size * (g->re * cos(turned) - g->im * sin(turned)),
                               size * (g->re * sin(turned) + g->im * cos(turned))};
        }
    CU_ASSERT_EQUAL_FATAL(solve(&r), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(solve(&free_gauge), CPH_OK);
    for (size_t i = 0; i < 150; i++) {
        CU_ASSERT_EQUAL(isnan(r.found[i].re), i % 5 == 4);
        CU_ASSERT_EQUAL(isnan(r.found_phase_sigma[i]), i % 5 == 4);
        if (i % 5 != 4) {
            CU_ASSERT_DOUBLE_EQUAL(free_gauge.found[i].re, r.found[i].re, 1e-10);
            CU_ASSERT_DOUBLE_EQUAL(free_gauge.found[i].im, r.found[i].im, 1e-10);
        }
    }
}

static void expect_refusal(rig *r, cph_status expected, const char *words)
{
    static rig before;
    r->found[0].re = r->slope[0][0] = -7.0;
    r->solution.jumps = 77;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, solve(r), expected, words);
}

static void what_is_refused(void)
{
    static rig r;
    open_rig(&r, 10, 3, 10);
    walk(&r, 0.01, 0.01, false);
    read_walks(&r, 0.02, 0.01);
    r.config.times = 2;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "2 times");
    r.config.times = 10;
    r.config.phase_rate = -1.0;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "needed");
    r.config.phase_rate = NAN;
    r.amplitude_sigma[4 * 3 + 2] = NAN;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "element 2, time 4");
    r.config.temperature = r.temperature;
    r.temperature[5] = INFINITY;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "time 5: its temperature");
    r.time[7] = r.time[6];
    r.config.temperature = NULL;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "time 7 is not after");
    open_rig(&r, 10, 3, 10);
    memset(r.flag, 1, sizeof r.flag);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "3 readings");
    r.config.absolute_phase = r.config.absolute_amplitude = false;
    read_walks(&r, 0.02, 0.01);
    for (size_t t = 0; t < 10; t++)
        r.flag[t * 3 + t % 2] = r.flag[t * 3 + 2] = 0;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "1 elements have a reading whenever any has");
}

CU_TestInfo cph_tests_calib_drift[] = {
    {"levels, slopes and errors are those of least squares", is_least_squares},
    {"errors are as said", errors_are_as_said},
    {"steady gains average", steady_gains_average},
    {"phases go around", phases_go_around},
    {"jumps and outliers are told apart", jumps_and_outliers_are_told_apart},
    {"what comes is predicted", what_comes_is_predicted},
    {"the gauge of times is taken out", the_gauge_of_times_is_taken_out},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
