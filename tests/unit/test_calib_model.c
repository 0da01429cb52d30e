/* SPDX-License-Identifier: MIT */
/* Gains from a full model matrix and from a given start, and what stops a solution or makes it
 * none. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"

#define NEAR 1e-10

static cph_c64 model[SCENE_ELEMENTS * (SCENE_ELEMENTS + 1)];

/* Of the first `sources` sources; what must not be read is NaN. */
static void fill_model(scene *s, size_t sources)
{
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = 0; q < s->n; q++) {
            double complex sum = p < q ? 0.0 : (double)NAN;
            for (size_t i = 0; i < sources; i++)
                sum += s->flux[i] * scene_steering(s, i, p) * conj(scene_steering(s, i, q));
            model[p * s->problem.ld + q] = (cph_c64){creal(sum), cimag(sum)};
        }
    s->problem.model = model;
}

static void full_model_alone(void)
{
    static scene s;
    scene_open(&s, 24, 3, 21);
    for (size_t p = 0; p < s.n; p++)
        s.noise[p] = 0.3 + 0.1 * (double)(p % 7);
    scene_exact(&s);
    fill_model(&s, 3);
    s.problem.sources = 0;
    s.problem.direction = NULL;
    s.solution.flux = NULL;
    s.problem.samples = 1e4;
    s.options.tolerance = 1e-13;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.stop, CPH_STOP_CONVERGED);
    CU_ASSERT(scene_worst_error(&s) < NEAR);
    CU_ASSERT(s.solution.explained_after > 1.0 - NEAR);
    /* One phase is open, no scale. */
    CU_ASSERT_EQUAL(s.solution.dof, 2.0 * 276 - 2.0 * 24 + 1.0);
    for (size_t p = 0; p < s.n; p++)
        CU_ASSERT(s.phase_sigma[p] > 0.0 && s.amplitude_sigma[p] > 0.0);
}

/* A source that the model lacks is added to it; its power is in the model's unit. */
static void source_beside_a_model(void)
{
    static scene s;
    scene_open(&s, 24, 3, 22);
    fill_model(&s, 2);
    s.problem.sources = 1;
    s.problem.direction = s.direction + 6;
    s.options.max_iterations = 2000;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.stop, CPH_STOP_CONVERGED);
    CU_ASSERT(scene_worst_error(&s) < 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(s.solved_flux[0], s.flux[2], 1e-9);
    CU_ASSERT_EQUAL(s.solution.dof, 2.0 * 276 - 2.0 * 24);
    s.problem.flux = s.flux + 2;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT(scene_worst_error(&s) < 1e-9);
    CU_ASSERT_EQUAL(s.solution.dof, 2.0 * 276 - 2.0 * 24 + 1.0);
}

/* The error bars of a model matrix are those of the sources that it is made of. */
static void error_bars_know_no_sources_from_a_model(void)
{
    static scene a, b;
    scene_open(&a, 16, 2, 23);
    for (size_t p = 0; p < a.n; p++)
        a.noise[p] = 2.0;
    scene_sample(&a, 3000.0);
    a.problem.samples = 3000.0;
    a.problem.flux = a.flux;
    b = a;
    b.problem.r = b.r;
    b.problem.position = b.position;
    b.solution = (cph_gain_solution){.gain = b.solved,
                                     .phase_sigma = b.phase_sigma,
                                     .amplitude_sigma = b.amplitude_sigma,
                                     .flag = b.flag};
    b.problem.sources = 0;
    fill_model(&b, 2);
    a.options.tolerance = b.options.tolerance = 1e-12;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&a), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(scene_solve(&b), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(b.solution.chi2_dof / a.solution.chi2_dof, 1.0, 1e-9);
    for (size_t p = 0; p < a.n; p++) {
        CU_ASSERT(cabs(scene_get(a.solved[p]) - scene_get(b.solved[p])) < 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(b.phase_sigma[p] / a.phase_sigma[p], 1.0, 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(b.amplitude_sigma[p] / a.amplitude_sigma[p], 1.0, 1e-9);
    }
}

static void from_one_to_two(void)
{
    static scene s;
    cph_c64 start[5];
    const double flux = 1.0;
    scene_open(&s, 5, 1, 24);
    for (size_t p = 0; p < 5; p++) {
        s.gain[p] = 2.0;
        start[p] = (cph_c64){1.0, 0.0};
    }
    scene_exact(&s);
    s.problem.has_diagonal = false;
    s.problem.flux = &flux;
    s.problem.start = start;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.stop, CPH_STOP_CONVERGED);
    CU_ASSERT(s.solution.iterations > 4);
    for (size_t p = 0; p < 5; p++)
        CU_ASSERT(cabs(scene_get(s.solved[p]) - 2.0) < NEAR);
}

static void start_is_where_it_starts(void)
{
    static scene s;
    cph_c64 start[SCENE_ELEMENTS], own[SCENE_ELEMENTS];
    scene_open(&s, 20, 3, 25);
    for (size_t p = 0; p < s.n; p++)
        start[p] = (cph_c64){creal(s.gain[p]), cimag(s.gain[p])};
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    unsigned before = s.solution.iterations;
    memcpy(own, s.solved, sizeof own);
    s.problem.start = start;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT(s.solution.iterations <= 4 && s.solution.iterations < before);
    start[7].re = NAN;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(own, s.solved, s.n * sizeof *own), 0);
}

/* ---- why it stops ---- */

static cph_stop stop_of(scene *s)
{
    memset(s->flag, 0, sizeof s->flag);
    CU_ASSERT_EQUAL_FATAL(scene_solve(s), CPH_OK);
    return s->solution.stop;
}

static void stops_have_their_reasons(void)
{
    static scene s;
    cph_c64 start[SCENE_ELEMENTS];
    const double flux = 1.0;
    scene_open(&s, 24, 2, 30);
    for (size_t p = 0; p < s.n; p++) {
        s.noise[p] = 1.0;
        start[p] = (cph_c64){1.1, 0.0};
    }
    scene_sample(&s, 1000.0);
    CU_ASSERT_EQUAL(stop_of(&s), CPH_STOP_CONVERGED);
    s.options.max_iterations = 2;
    CU_ASSERT_EQUAL(stop_of(&s), CPH_STOP_ITERATIONS);
    /* Asked for more than rounding gives. */
    s.options.max_iterations = 2000;
    s.options.tolerance = 1e-19;
    CU_ASSERT_EQUAL(stop_of(&s), CPH_STOP_STALLED);
    CU_ASSERT(s.solution.iterations < 2000 && isfinite(s.solved[0].re));
    /* No gains make R = -M of M: steps from g = 1 wander about for ever. */
    scene_open(&s, 12, 1, 31);
    for (size_t p = 0; p < s.n; p++)
        s.gain[p] = 1.0;
    scene_exact(&s);
    for (size_t p = 0; p < s.n; p++)
        for (size_t q = 0; q < s.n; q++)
            s.r[p * 13 + q] = (cph_c64){p == q ? 2.0 : -s.r[p * 13 + q].re, -s.r[p * 13 + q].im};
    s.problem.start = start;
    s.problem.flux = &flux;
    CU_ASSERT_EQUAL(stop_of(&s), CPH_STOP_DIVERGED);
    for (size_t p = 0; p < s.n; p++)
        CU_ASSERT(s.flag[p] == CPH_FLAG_UNSOLVED && isnan(s.solved[p].re) &&
                  isnan(s.phase_sigma[p]));
}

/* A start a million times too large is no divergence. */
static void far_start_comes_back(void)
{
    static scene s;
    cph_c64 start[SCENE_ELEMENTS];
    const double flux = 1.0;
    scene_open(&s, 12, 1, 32);
    for (size_t p = 0; p < s.n; p++)
        start[p] = (cph_c64){1e6 * creal(s.gain[p]), 1e6 * cimag(s.gain[p])};
    s.problem.start = start;
    s.problem.flux = &flux;
    CU_ASSERT_EQUAL(stop_of(&s), CPH_STOP_CONVERGED);
    CU_ASSERT(scene_worst_error(&s) < NEAR);
}

/* ---- what is no problem at all ---- */

static void expect(scene *s, cph_status expected, const char *words)
{
    scene before;
    memcpy(&before, s, sizeof before);
    cph_status status = scene_solve(s);
    is_refused(s, &before, sizeof before, &s->error, status, expected, words);
}

static void too_few(void)
{
    static scene s;
    scene_open(&s, 3, 1, 33);
    expect(&s, CPH_ERR_TOO_FEW, "3 of 3");
    scene_open(&s, 9, 1, 33);
    memset(s.flag, CPH_FLAG_LISTED, s.n);
    expect(&s, CPH_ERR_TOO_FEW, "0 of 9");
}

static void models_of_nothing(void)
{
    static scene s;
    scene_open(&s, 9, 1, 34);
    s.problem.sources = 0;
    expect(&s, CPH_ERR_ARGUMENT, "0 sources");
    fill_model(&s, 0);
    expect(&s, CPH_ERR_SINGULAR, "model is zero");
    fill_model(&s, 1);
    model[3 * 10 + 7].im = NAN;
    expect(&s, CPH_ERR_NOT_FINITE, "model of elements 3 and 7");
}

static void data_of_nothing(void)
{
    static scene s;
    scene_open(&s, 9, 1, 35);
    for (size_t p = 0; p < s.n; p++)
        for (size_t q = 0; q < s.n; q++)
            s.r[p * 10 + q] = (cph_c64){(double)(p == q), 0.0};
    expect(&s, CPH_ERR_SINGULAR, "data are zero");
    for (size_t p = 0; p < s.n; p++)
        for (size_t q = 0; q < s.n; q++)
            s.r[p * 10 + q] = (cph_c64){7.0, 0.0};
    expect(&s, CPH_ERR_SINGULAR, "the same on all baselines");
    s.problem.has_diagonal = false;
    expect(&s, CPH_ERR_SINGULAR, "the same on all baselines");
    memset(s.r, 0, sizeof s.r);
    expect(&s, CPH_ERR_SINGULAR, "data are zero");
}

static void not_hermitian(void)
{
    static scene s;
    scene_open(&s, 9, 1, 36);
    s.r[5 * 10 + 2].im += 0.1;
    expect(&s, CPH_ERR_ARGUMENT, "(2, 5)");
    scene_exact(&s);
    s.r[5 * 10 + 2] = (cph_c64){0.0, 0.0};
    expect(&s, CPH_ERR_ARGUMENT, "not Hermitian");
    scene_exact(&s);
    s.r[5 * 10 + 2].re = NAN;
    expect(&s, CPH_ERR_NOT_FINITE, "elements 2 and 5");
    /* Triangles of single precision, rounded apart. */
    scene_exact(&s);
    s.r[5 * 10 + 2].re *= 1.0 + 1e-6;
    CU_ASSERT_EQUAL(scene_solve(&s), CPH_OK);
}

CU_TestInfo cph_tests_calib_model[] = {
    {"a full model alone", full_model_alone},
    {"a source beside a model", source_beside_a_model},
    {"error bars know no sources from a model", error_bars_know_no_sources_from_a_model},
    {"R = 4 M started from g = 1 gives g = 2", from_one_to_two},
    {"the start is where it starts", start_is_where_it_starts},
    {"stops have their reasons", stops_have_their_reasons},
    {"a far start comes back", far_start_comes_back},
    {"too few elements", too_few},
    {"models of nothing", models_of_nothing},
    {"data of nothing", data_of_nothing},
    {"not Hermitian", not_hermitian},
    CU_TEST_INFO_NULL,
};
