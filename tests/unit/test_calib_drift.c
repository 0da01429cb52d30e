/* SPDX-License-Identifier: MIT */
/* Gains that wander: through turns, jumps and outliers. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "cophase/drift.h"
#include "tests/unit/drift_rig.h"
#include "tests/unit/refusal.h"

/* ---- what readings do ---- */

static void steady_gains_average(void)
{
    static drift_rig r;
    drift_rig_open(&r, 40, 2, 5);
    drift_rig_walk(&r, 0.0, 0.0, false);
    drift_rig_read(&r, 0.02, 0.01);
    r.config.phase_rate = r.config.amplitude_rate = 0.0;
    CU_ASSERT_EQUAL_FATAL(drift_rig_solve(&r), CPH_OK);
    for (size_t t = 0; t < 40; t++) {
        CU_ASSERT_DOUBLE_EQUAL(r.found_phase_sigma[2 * t], 0.02 / sqrt(40.0), 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(r.found_amplitude_sigma[2 * t + 1], 0.02 / sqrt(40.0), 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(r.found[2 * t].re, r.found[0].re, 1e-14);
    }
}

/* A phase that goes around many times, faster one way than half the turns that are seen. */
static void phases_go_around(void)
{
    static drift_rig r;
    drift_rig_open(&r, 40, 3, 6);
    drift_rig_walk(&r, 0.25, 0.0, false);
    drift_rig_read(&r, 0.01, 0.01);
    double least = 0.0, most = 0.0;
    CU_ASSERT_EQUAL_FATAL(drift_rig_solve(&r), CPH_OK);
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
    static drift_rig r;
    drift_rig_open(&r, 40, 3, 7);
    drift_rig_walk(&r, 0.003, 0.001, false);
    for (size_t t = 25; t < 40; t++)
        r.phase[t * 3 + 1] += 2.0; /* relocked */
    for (size_t t = 12; t < 40; t++)
        r.size[t * 3 + 2] -= 0.7; /* an amplifier went */
    drift_rig_read(&r, 0.02, 0.01);
    drift_rig_scale(&r.gain[drift_rig_at(&r, 9, 0)], -1.0);
    drift_rig_scale(&r.gain[drift_rig_at(&r, 0, 1)], 3.0);
    drift_rig_scale(&r.gain[drift_rig_at(&r, 39, 2)], 5.0);
    CU_ASSERT_EQUAL_FATAL(drift_rig_solve(&r), CPH_OK);
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
    static drift_rig r;
    drift_rig_open(&r, 20, 2, 8);
    drift_rig_walk(&r, 0.01, 0.0, false);
    drift_rig_read(&r, 0.02, 0.01);
    r.time[19] = r.time[18] + 1000.0;
    r.flag[38] = r.flag[39] = 1;
    r.config.phase_rate = 0.01;
    CU_ASSERT_EQUAL_FATAL(drift_rig_solve(&r), CPH_OK);
    const double before = r.found_phase_sigma[36], after = r.found_phase_sigma[38];
    CU_ASSERT_DOUBLE_EQUAL(after * after - before * before, 1000.0 * 1e-4, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.found[38].re, r.found[36].re, 1e-14);
    CU_ASSERT_EQUAL(r.mark[38], CPH_DRIFT_ABSENT);
}

/* A common phase and size of each time, and an element that comes and goes. */
static void the_gauge_of_times_is_taken_out(void)
{
    static drift_rig r, free_gauge;
    drift_rig_open(&r, 30, 5, 9);
    drift_rig_walk(&r, 0.002, 0.001, false);
    drift_rig_read(&r, 0.02, 0.01);
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
    CU_ASSERT_EQUAL_FATAL(drift_rig_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(drift_rig_solve(&free_gauge), CPH_OK);
    for (size_t i = 0; i < 150; i++) {
        CU_ASSERT_EQUAL(isnan(r.found[i].re), i % 5 == 4);
        CU_ASSERT_EQUAL(isnan(r.found_phase_sigma[i]), i % 5 == 4);
        if (i % 5 != 4) {
            CU_ASSERT_DOUBLE_EQUAL(free_gauge.found[i].re, r.found[i].re, 1e-10);
            CU_ASSERT_DOUBLE_EQUAL(free_gauge.found[i].im, r.found[i].im, 1e-10);
        }
    }
}

static void expect_refusal(drift_rig *r, cph_status expected, const char *words)
{
    static drift_rig before;
    r->found[0].re = r->slope[0][0] = -7.0;
    r->solution.jumps = 77;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, drift_rig_solve(r), expected, words);
}

static void what_is_refused(void)
{
    static drift_rig r;
    drift_rig_open(&r, 10, 3, 10);
    drift_rig_walk(&r, 0.01, 0.01, false);
    drift_rig_read(&r, 0.02, 0.01);
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
    drift_rig_open(&r, 10, 3, 10);
    memset(r.flag, 1, sizeof r.flag);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "3 readings");
    r.config.absolute_phase = r.config.absolute_amplitude = false;
    drift_rig_read(&r, 0.02, 0.01);
    for (size_t t = 0; t < 10; t++)
        r.flag[t * 3 + t % 2] = r.flag[t * 3 + 2] = 0;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "1 elements have a reading whenever any has");
}

CU_TestInfo cph_tests_calib_drift[] = {
    {"steady gains average", steady_gains_average},
    {"phases go around", phases_go_around},
    {"jumps and outliers are told apart", jumps_and_outliers_are_told_apart},
    {"what comes is predicted", what_comes_is_predicted},
    {"the gauge of times is taken out", the_gauge_of_times_is_taken_out},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
