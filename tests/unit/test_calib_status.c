/* SPDX-License-Identifier: MIT */
/* What the gain solver refuses, with outputs untouched, and the reasons for which it stops. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "calib/stefcal.h"
#include "tests/unit/calib_scene.h"

/* The outputs before the call; flags are input too. */
static void mark_outputs(scene *s)
{
    for (size_t p = 0; p < SCENE_ELEMENTS; p++) {
        s->solved[p] = (cph_c64){-7.0, 7.0};
        s->phase_sigma[p] = s->amplitude_sigma[p] = -7.0;
    }
    for (size_t i = 0; i < SCENE_SOURCES; i++)
        s->solved_flux[i] = -7.0;
    s->solution.iterations = 7777;
    s->solution.chi2_dof = -7.0;
}

static void expect_refusal(scene *s, cph_status expected, const char *words)
{
    scene before;
    mark_outputs(s);
    memcpy(&before, s, sizeof before);
    CU_ASSERT_EQUAL(scene_solve(s), expected);
    CU_ASSERT_EQUAL(s->error.status, expected);
    CU_ASSERT(strstr(s->error.message, words) != NULL);
    if (strstr(s->error.message, words) == NULL)
        printf("\n    \"%s\" lacks \"%s\"\n", s->error.message, words);
    memset(&s->error, 0, sizeof s->error);
    CU_ASSERT_EQUAL(memcmp(&before, s, sizeof before), 0);
    CU_ASSERT_EQUAL(cph_gains_solve(&s->problem, &s->options, &s->solution, NULL), expected);
}

static void too_few_live_elements(void)
{
    static scene s;
    scene_open(&s, 6, 1, 1);
    s.flag[0] = CPH_FLAG_LISTED;
    s.flag[2] = CPH_FLAG_HOT;
    s.r[5 * 7 + 5].re = 0.0;
    expect_refusal(&s, CPH_ERR_TOO_FEW, "3 of 6");
}

/* Any gains explain one sample, with residuals of 0; two leave a standard error without a mean
 * square. */
static void too_few_samples(void)
{
    static scene s;
    for (size_t k = 1; k <= 3; k++) {
        scene_open(&s, 8, 1, 20 + k);
        scene_exact(&s);
        s.problem.samples = (double)k;
        if (k < 3)
            expect_refusal(&s, CPH_ERR_TOO_FEW, k == 1 ? "of 1 sample:" : "of 2 samples:");
        else
            CU_ASSERT_EQUAL(cph_gains_solve(&s.problem, &s.options, &s.solution, NULL), CPH_OK);
    }
}

/* Two groups of elements a kilometre apart, and only short baselines. */
static void disconnected_elements(void)
{
    static scene s;
    scene_open(&s, 10, 1, 2);
    for (size_t p = 5; p < 10; p++)
        s.position[3 * p] += 1000.0;
    s.problem.max_baseline_wl = 20.0;
    expect_refusal(&s, CPH_ERR_TOO_FEW, "join only 5 of 10");
}

/* One element alone far away is no reason to fail. */
static void isolated_element_is_unsolved(void)
{
    static scene s;
    scene_open(&s, 10, 1, 3);
    s.position[18] += 1000.0;
    s.problem.max_baseline_wl = 20.0;
    scene_exact(&s);
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    for (size_t p = 0; p < 10; p++)
        CU_ASSERT_EQUAL(s.flag[p], p == 6 ? CPH_FLAG_UNSOLVED : CPH_FLAG_NONE);
    CU_ASSERT(isnan(s.solved[6].re) && isfinite(s.solved[5].re));
}

/* Nothing correlates with it, and nothing says how large noise is: it has no gain, the rest do. */
static void element_without_correlation_is_dead(void)
{
    static scene s;
    scene_open(&s, 10, 1, 9);
    for (size_t q = 0; q < 10; q++)
        s.r[4 * s.problem.ld + q] = s.r[q * s.problem.ld + 4] = (cph_c64){0.0, 0.0};
    s.problem.has_diagonal = false;
    s.options.weak_below = 0.0;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    for (size_t p = 0; p < 10; p++) {
        CU_ASSERT_EQUAL(s.flag[p], p == 4 ? CPH_FLAG_DEAD : CPH_FLAG_NONE);
        CU_ASSERT_EQUAL(isfinite(s.solved[p].re) != 0, p != 4);
    }
}

static void not_finite_data(void)
{
    static scene s;
    scene_open(&s, 8, 1, 4);
    s.r[2 * 9 + 5].im = NAN;
    expect_refusal(&s, CPH_ERR_NOT_FINITE, "elements 2 and 5");
    scene_exact(&s);
    s.r[3 * 9 + 3].re = INFINITY;
    expect_refusal(&s, CPH_ERR_NOT_FINITE, "autocorrelation of element 3");
    scene_exact(&s);
    s.position[4] = NAN;
    expect_refusal(&s, CPH_ERR_NOT_FINITE, "positions");
}

static void singular_problems(void)
{
    static scene s;
    static double weight[8 * 8];
    const double none[2] = {0.0, 0.0};
    scene_open(&s, 8, 2, 5);
    s.problem.flux = none;
    expect_refusal(&s, CPH_ERR_SINGULAR, "model is zero");
    s.problem.flux = NULL;
    for (size_t k = 0; k < 3; k++)
        s.direction[3 + k] = s.direction[k];
    expect_refusal(&s, CPH_ERR_SINGULAR, "two sources");
    /* Baselines between two groups only: one may grow as the other shrinks. */
    scene_open(&s, 8, 1, 5);
    for (size_t p = 0; p < 8; p++)
        for (size_t q = 0; q < 8; q++)
            weight[p * 8 + q] = p < 4 && q < 4 ? 0.0 : p >= 4 && q >= 4 ? 0.0 : 1.0;
    s.problem.weight = weight;
    expect_refusal(&s, CPH_ERR_SINGULAR, "do not determine");
}

static void bad_arguments(void)
{
    static scene s;
    double flux[1] = {-1.0};
    scene_open(&s, 8, 1, 6);
    s.problem.flux = flux;
    expect_refusal(&s, CPH_ERR_ARGUMENT, "flux -1");
    s.problem.flux = NULL;
    s.problem.freq_hz = NAN;
    expect_refusal(&s, CPH_ERR_ARGUMENT, "frequency");
    s.problem.freq_hz = SCENE_FREQ;
    s.problem.ld = 7;
    expect_refusal(&s, CPH_ERR_ARGUMENT, "stride 7");
    s.problem.ld = 9;
    s.flag[5] = CPH_FLAG_EXCLUDED;
    s.options.reference = 5;
    expect_refusal(&s, CPH_ERR_ARGUMENT, "reference element 5");
    s.options.reference = 8;
    expect_refusal(&s, CPH_ERR_ARGUMENT, "reference element 8");
    s.options.reference = SIZE_MAX;
    s.problem.samples = -1.0;
    expect_refusal(&s, CPH_ERR_ARGUMENT, "0 or more");
    CU_ASSERT_EQUAL(cph_gains_solve(NULL, &s.options, &s.solution, NULL), CPH_ERR_ARGUMENT);
}

/* A reference that turns out to be weak cannot carry the phase. */
static void weak_reference(void)
{
    static scene s;
    scene_open(&s, 8, 1, 7);
    s.gain[3] *= 0.05;
    s.options.reference = 3;
    scene_exact(&s);
    s.problem.has_diagonal = false;
    expect_refusal(&s, CPH_ERR_ARGUMENT, "reference element 3 is weak");
}

static void iteration_limit(void)
{
    static scene s;
    scene_open(&s, 24, 3, 8);
    s.options.max_iterations = 4;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.stop, CPH_STOP_ITERATIONS);
    CU_ASSERT(s.solution.iterations <= 4);
    CU_ASSERT(isfinite(s.solution.explained_after));
    s.options.max_iterations = 0;
    memset(s.flag, 0, sizeof s.flag);
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.stop, CPH_STOP_ITERATIONS);
    CU_ASSERT_EQUAL(s.solution.iterations, 0);
}

/* What the checks of an iteration say, by what they see: change, residual; the data's power is 1.
 */
static void convergence_is_judged_by_the_remaining_distance(void)
{
    cph_convergence c = {0};
    cph_stop stop = CPH_STOP_COUNT;
    CU_ASSERT_FALSE(cph_convergence_check(&c, 1e-2, 1e-3, 0.5, 1.0, &stop));
    /* Shrinking by 0.9 a check, the sum of what is to come is 9 times the last. */
    CU_ASSERT_FALSE(cph_convergence_check(&c, 9e-3, 1e-3, 0.5, 1.0, &stop));
    CU_ASSERT_FALSE(cph_convergence_check(&c, 8.1e-4 * 10, 1e-3, 0.5, 1.0, &stop));
    /* By 0.01 it is a hundredth. */
    CU_ASSERT_TRUE(cph_convergence_check(&c, 8.1e-5, 1e-3, 0.5, 1.0, &stop));
    CU_ASSERT_EQUAL(stop, CPH_STOP_CONVERGED);
}

static void stall_is_no_progress_in_ten_checks(void)
{
    cph_convergence c = {0};
    cph_stop stop;
    CU_ASSERT_FALSE(cph_convergence_check(&c, 0.1, 1e-9, 0.5, 1.0, &stop));
    for (int i = 0; i < 9; i++)
        CU_ASSERT_FALSE(cph_convergence_check(&c, 0.1 + 0.01 * (i % 2), 1e-9, 0.5, 1.0, &stop));
    CU_ASSERT_TRUE(cph_convergence_check(&c, 0.1, 1e-9, 0.5, 1.0, &stop));
    CU_ASSERT_EQUAL(stop, CPH_STOP_STALLED);
}

static void divergence_is_a_residual_beyond_the_data(void)
{
    cph_convergence c = {0};
    cph_stop stop;
    double change = 0.1;
    for (int i = 0; i < 4; i++)
        CU_ASSERT_FALSE(cph_convergence_check(&c, change *= 0.5, 1e-9, 2.0, 1.0, &stop));
    CU_ASSERT_FALSE(cph_convergence_check(&c, change *= 0.5, 1e-9, 0.9, 1.0, &stop));
    for (int i = 0; i < 4; i++)
        CU_ASSERT_FALSE(cph_convergence_check(&c, change *= 0.5, 1e-9, 2.0, 1.0, &stop));
    CU_ASSERT_TRUE(cph_convergence_check(&c, change, 1e-9, 2.0, 1.0, &stop));
    CU_ASSERT_EQUAL(stop, CPH_STOP_DIVERGED);
    c = (cph_convergence){0};
    CU_ASSERT_TRUE(cph_convergence_check(&c, NAN, 1e-9, 0.5, 1.0, &stop));
    CU_ASSERT_EQUAL(stop, CPH_STOP_DIVERGED);
}

static void stops_have_names(void)
{
    CU_ASSERT_STRING_EQUAL(cph_stop_name(CPH_STOP_CONVERGED), "converged");
    CU_ASSERT_STRING_EQUAL(cph_stop_name(CPH_STOP_STALLED), "stalled");
    CU_ASSERT_STRING_EQUAL(cph_stop_name(CPH_STOP_DIVERGED), "diverged");
    CU_ASSERT_STRING_EQUAL(cph_stop_name(CPH_STOP_ITERATIONS), "iteration-limit");
    CU_ASSERT_STRING_EQUAL(cph_stop_name(CPH_STOP_COUNT), "unknown");
}

CU_TestInfo cph_tests_calib_status[] = {
    {"too few live elements", too_few_live_elements},
    {"too few samples", too_few_samples},
    {"disconnected elements", disconnected_elements},
    {"an isolated element is unsolved", isolated_element_is_unsolved},
    {"an element without correlation is dead", element_without_correlation_is_dead},
    {"data that are not finite", not_finite_data},
    {"singular problems", singular_problems},
    {"bad arguments", bad_arguments},
    {"weak reference", weak_reference},
    {"iteration limit", iteration_limit},
    {"convergence: the remaining distance", convergence_is_judged_by_the_remaining_distance},
    {"stall: no progress in ten checks", stall_is_no_progress_in_ten_checks},
    {"divergence: residual beyond the data", divergence_is_a_residual_beyond_the_data},
    {"names of stops", stops_have_names},
    CU_TEST_INFO_NULL,
};
