/* SPDX-License-Identifier: MIT */
/* What redundant calibration refuses, with outputs untouched, and many solutions at once. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/redundant_scene.h"

static void expect_words(const cph_error *error, cph_status expected, const char *words)
{
    CU_ASSERT_EQUAL(error->status, expected);
    CU_ASSERT(strstr(error->message, words) != NULL);
    if (strstr(error->message, words) == NULL)
        printf("\n    \"%s\" lacks \"%s\"\n", error->message, words);
}

static void expect_refusal(red_scene *s, cph_status expected, const char *words)
{
    static red_scene before;
    for (size_t p = 0; p < RED_ELEMENTS; p++) {
        s->solved[p] = (cph_c64){-7.0, 7.0};
        s->phase_sigma[p] = s->amplitude_sigma[p] = s->chi2[p] = -7.0;
    }
    s->solution.iterations = 7777;
    memset(&s->error, 0, sizeof s->error);
    memcpy(&before, s, sizeof before);
    CU_ASSERT_EQUAL(red_solve(s), expected);
    expect_words(&s->error, expected, words);
    memset(&s->error, 0, sizeof s->error);
    CU_ASSERT_EQUAL(memcmp(&before, s, sizeof before), 0);
    CU_ASSERT_EQUAL(cph_redundant_solve(s->plan, &s->problem, &s->options, &s->solution, NULL),
                    expected);
}

static void expect_no_plan(size_t elements, const double *position, const unsigned char *flag,
                           double tolerance_m, cph_status expected, const char *words)
{
    cph_redundant_plan *plan = NULL;
    cph_error error = {.status = CPH_OK};
    const cph_redundant_config config = {
        .elements = elements, .position = position, .flag = flag, .tolerance_m = tolerance_m};
    CU_ASSERT_EQUAL(cph_redundant_create(&config, &plan, &error), expected);
    CU_ASSERT_PTR_NULL(plan);
    expect_words(&error, expected, words);
    cph_redundant_destroy(plan);
}

static void layouts_that_determine_nothing(void)
{
    static const double alike[] = {0, 0, 0, 1, 0, 0, 3, 0, 0, 7, 0, 0, 12, 0, 0},
                        few[] = {0, 0, 0, 1, 0, 0, 2, 0, 0},
                        square[] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 9, 4, 0, 3, 7, 1};
    static const unsigned char all[] = {1, 1, 1, 1, 1, 1};
    double bad[15];
    expect_no_plan(5, alike, NULL, 0.0, CPH_ERR_TOO_FEW, "no two of 10 baselines");
    expect_no_plan(3, few, NULL, 0.0, CPH_ERR_TOO_FEW, "3 of 3 elements");
    expect_no_plan(5, alike, all, 0.0, CPH_ERR_TOO_FEW, "0 of 5 elements");
    expect_no_plan(5, alike, NULL, 0.6, CPH_ERR_ARGUMENT, "elements 0 and 1 are 1 m apart");
    expect_no_plan(5, alike, NULL, NAN, CPH_ERR_ARGUMENT, "tolerance");
    memcpy(bad, alike, sizeof bad);
    bad[7] = NAN;
    expect_no_plan(5, bad, NULL, 0.0, CPH_ERR_NOT_FINITE, "element 2");
    bad[7] = 1e300;
    expect_no_plan(5, bad, NULL, 0.0, CPH_ERR_ARGUMENT, "element 2 is too far");
    expect_no_plan(0, alike, NULL, 0.0, CPH_ERR_ARGUMENT, "no positions");
    /* A square has two pairs of equal baselines, which say nothing of single elements; yet it is
     * a layout. */
    cph_redundant_plan *plan = NULL;
    cph_redundant_info info;
    CU_ASSERT_EQUAL_FATAL(
        cph_redundant_create(&(cph_redundant_config){.elements = 6, .position = square}, &plan,
                             NULL),
        CPH_OK);
    CU_ASSERT_EQUAL(cph_redundant_describe(plan, &info), CPH_OK);
    CU_ASSERT_EQUAL(info.open, 2);
    CU_ASSERT_EQUAL(info.redundant_groups, 2);
    cph_redundant_destroy(plan);
}

static void data_that_determine_nothing(void)
{
    static red_scene s;
    red_open(&s, RED_HEXAGON, 1);
    const cph_c64 kept = s.r[2 * RED_LD + 7];
    s.r[2 * RED_LD + 7].im = NAN;
    expect_refusal(&s, CPH_ERR_NOT_FINITE, "elements 2 and 7 is not finite");
    s.r[2 * RED_LD + 7] = kept;
    for (size_t p = 0; p < s.n; p++)
        s.flag[p] = p < 16 ? CPH_FLAG_HOT : CPH_FLAG_NONE;
    expect_refusal(&s, CPH_ERR_TOO_FEW, "3 of 19 elements");
    memset(s.flag, CPH_FLAG_LISTED, s.n);
    expect_refusal(&s, CPH_ERR_TOO_FEW, "0 of 19 elements");
    memset(s.flag, 0, s.n);
    memset(s.model, 0, sizeof s.model);
    s.problem.model = s.model;
    expect_refusal(&s, CPH_ERR_SINGULAR, "model is zero");
    s.model[3 * RED_LD + 5].re = NAN;
    expect_refusal(&s, CPH_ERR_NOT_FINITE, "model is not finite");
    s.problem.model = NULL;
    s.problem.reference = s.truth;
    s.truth[4].re = 0.0;
    s.truth[4].im = 0.0;
    expect_refusal(&s, CPH_ERR_NOT_FINITE, "reference gain of element 4");
    s.problem.reference = NULL;
    s.weight[5] = 1.0;
    s.problem.weight = s.weight;
    expect_refusal(&s, CPH_ERR_TOO_FEW, "no two of 1 baselines");
    s.problem.weight = NULL;
    s.problem.ld = 3;
    expect_refusal(&s, CPH_ERR_ARGUMENT, "stride 3");
    s.problem.ld = RED_LD;
    s.problem.has_diagonal = true;
    s.r[6 * RED_LD + 6].re = NAN;
    expect_refusal(&s, CPH_ERR_NOT_FINITE, "autocorrelation of element 6");
    memset(s.r, 0, sizeof s.r);
    s.problem.has_diagonal = false;
    expect_refusal(&s, CPH_ERR_SINGULAR, "are zero");
    red_close(&s);
}

/* A limit of one iteration is reached, and said. */
static void the_limit_is_said(void)
{
    static red_scene s;
    red_open(&s, RED_RECTANGLE, 2);
    red_noise(&s, 0.3);
    s.options.max_iterations = 1;
    s.options.bad_above = 0.0;
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.stop, CPH_STOP_ITERATIONS);
    CU_ASSERT_EQUAL(s.solution.iterations, 1);
    red_close(&s);
}

/* K samples and a diagonal say how large errors are: those of 1 / K of the powers. */
static void samples_say_how_large_errors_are(void)
{
    static red_scene s;
    red_open(&s, RED_HEXAGON, 3);
    for (size_t p = 0; p < s.n; p++)
        s.r[p * RED_LD + p] = (cph_c64){100.0 * (1.0 + (double)(p % 3)), 0.0};
    for (size_t p = 0; p < s.n; p++)
        for (size_t q = p + 1; q < s.n; q++) {
            const double root = sqrt(s.r[p * RED_LD + p].re * s.r[q * RED_LD + q].re / 1e6);
            const cph_c64 e = cph_random_normal(&s.random);
            s.r[p * RED_LD + q].re += root * e.re;
            s.r[p * RED_LD + q].im += root * e.im;
        }
    s.problem.has_diagonal = true;
    s.problem.samples = 1e6;
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(s.solution.chi2_dof, 1.0, 5.0 / sqrt(s.solution.info.dof));
    const double known = s.phase_sigma[3];
    s.problem.samples = 0.0;
    CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
    CU_ASSERT(isnan(s.solution.chi2_dof));
    CU_ASSERT_DOUBLE_EQUAL(s.phase_sigma[3] / known, 1.0, 0.2);
    red_close(&s);
}

/* ---- many at once ---- */

enum { TIMES = 3, CHANNELS = 5, SOLUTIONS = TIMES * CHANNELS };

typedef struct many {
    cph_c64 r[SOLUTIONS][RED_ELEMENTS * RED_LD], gain[SOLUTIONS][RED_ELEMENTS];
    double real[SOLUTIONS][3][RED_ELEMENTS];
    unsigned char flag[SOLUTIONS][RED_ELEMENTS];
    cph_redundant_problem problem[SOLUTIONS];
    cph_redundant_solution solution[SOLUTIONS];
    cph_status status[SOLUTIONS];
} many;

static void fill(red_scene *s, many *m)
{
    for (size_t i = 0; i < SOLUTIONS; i++) {
        s->freq_hz = RED_FREQ + 1e6 * (double)(i % CHANNELS);
        red_exact(s);
        red_noise(s, 1e-4);
        memcpy(m->r[i], s->r, sizeof s->r);
        m->problem[i] = (cph_redundant_problem){.r = m->r[i], .ld = RED_LD, .weight = s->weight};
        m->solution[i] = (cph_redundant_solution){.gain = m->gain[i],
                                                  .phase_sigma = m->real[i][0],
                                                  .amplitude_sigma = m->real[i][1],
                                                  .chi2 = m->real[i][2],
                                                  .flag = m->flag[i]};
    }
    /* One of them has no solution, and must not hurt those after it. */
    m->r[CHANNELS + 2][5] = (cph_c64){NAN, NAN};
}

static void batches_do_not_depend_on_threads(void)
{
    static red_scene s;
    static many m, first;
    red_open(&s, RED_RAGGED, 4);
    fill(&s, &m);
    for (size_t threads = 0; threads <= 4; threads++) {
        cph_exec exec;
        cph_exec_openmp(&exec, threads);
        memset(m.gain, 0, sizeof m.gain);
        memset(m.flag, 0, sizeof m.flag);
        CU_ASSERT_EQUAL_FATAL(cph_redundant_batch(s.plan, threads == 0 ? NULL : &exec, TIMES,
                                                  CHANNELS, m.problem, &s.options, m.solution,
                                                  m.status),
                              CPH_OK);
        if (threads == 0)
            memcpy(&first, &m, sizeof first);
        CU_ASSERT_EQUAL(memcmp(first.gain, m.gain, sizeof m.gain), 0);
        CU_ASSERT_EQUAL(memcmp(first.real, m.real, sizeof m.real), 0);
        CU_ASSERT_EQUAL(memcmp(first.flag, m.flag, sizeof m.flag), 0);
    }
    for (size_t i = 0; i < SOLUTIONS; i++)
        CU_ASSERT_EQUAL(m.status[i], i == CHANNELS + 2 ? CPH_ERR_NOT_FINITE : CPH_OK);
    /* Each is what it would be alone, but for what convergence leaves. */
    for (size_t i = 0; i < SOLUTIONS; i += 4) {
        memcpy(s.r, m.r[i], sizeof s.r);
        memset(s.flag, 0, sizeof s.flag);
        CU_ASSERT_EQUAL_FATAL(red_solve(&s), CPH_OK);
        for (size_t p = 0; p < s.n; p++)
            CU_ASSERT(cabs(red_get(s.solved[p]) - red_get(m.gain[i][p])) < 1e-3);
    }
    red_close(&s);
}

CU_TestInfo cph_tests_redundant_status[] = {
    {"layouts that determine nothing", layouts_that_determine_nothing},
    {"data that determine nothing", data_that_determine_nothing},
    {"the limit is said", the_limit_is_said},
    {"samples say how large errors are", samples_say_how_large_errors_are},
    {"batches do not depend on threads", batches_do_not_depend_on_threads},
    CU_TEST_INFO_NULL,
};
