/* SPDX-License-Identifier: MIT */
/* Gains from a full model matrix, from a given start, with Student's t, and what stops a solution
 * or makes it none. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "calib/student.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

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

/* Largest error of a gain that carries the scale: but for the common phase. */
static double worst_error(const scene *s)
{
    double complex turn = 0.0;
    double worst = 0.0;
    for (size_t p = 0; p < s->n; p++)
        if (s->flag[p] == 0)
            turn += scene_get(s->solved[p]) * conj(s->gain[p]);
    for (size_t p = 0; p < s->n; p++)
        if (s->flag[p] == 0)
            worst =
                fmax(worst, cabs(scene_get(s->solved[p]) * conj(turn) / cabs(turn) - s->gain[p]));
    return worst;
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
    CU_ASSERT(worst_error(&s) < NEAR);
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
    CU_ASSERT(worst_error(&s) < 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(s.solved_flux[0], s.flux[2], 1e-9);
    CU_ASSERT_EQUAL(s.solution.dof, 2.0 * 276 - 2.0 * 24);
    s.problem.flux = s.flux + 2;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT(worst_error(&s) < 1e-9);
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

/* ---- robust weights ---- */

/* Errors of known nu: x = |e|^2 by the inverse of their distribution. */
static void student_fit_finds_nu(void)
{
    static double x[20000];
    enum { COUNT = 20000 };
    const double nu[] = {2.5, 5.0, 12.0}, sigma2 = 3.0e-4;
    cph_random random;
    cph_student fit;
    cph_random_seed(&random, 26, 0);
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < COUNT; i++)
            x[i] =
                0.5 * nu[k] * sigma2 * (pow(1.0 - cph_random_uniform(&random), -2.0 / nu[k]) - 1.0);
        CU_ASSERT_FATAL(cph_student_fit(x, COUNT, 0.0, 0.0, &fit));
        /* Five standard errors: Fisher information of b and a of Lomax's distribution. */
        double b = 0.5 * nu[k], sd = b * (b + 1.0) / sqrt((double)COUNT) * (1.0 + 1.0 / b);
        CU_ASSERT_DOUBLE_EQUAL(fit.nu, nu[k], 5.0 * 2.0 * sd);
        CU_ASSERT_FATAL(cph_student_fit(x, COUNT, nu[k], 0.0, &fit));
        CU_ASSERT_EQUAL(fit.nu, nu[k]);
        CU_ASSERT_DOUBLE_EQUAL(fit.sigma2 / sigma2, 1.0, 0.06);
    }
    for (size_t i = 0; i < COUNT; i++)
        x[i] = -sigma2 * log(1.0 - cph_random_uniform(&random));
    CU_ASSERT_FALSE(cph_student_fit(x, COUNT, 0.0, 0.0, &fit));
    CU_ASSERT_FALSE(cph_student_fit(x, COUNT, 0.0, 1.0, &fit));
}

/* Baselines 0-1, 2-3, 4-5 become `power` times their autocorrelations, turned. */
static void spoil(scene *s, double power)
{
    for (size_t p = 0; p < 6; p += 2) {
        const cph_c64 z = {1.5 * power, power};
        s->r[p * s->problem.ld + p + 1] = z;
        s->r[(p + 1) * s->problem.ld + p] = (cph_c64){z.re, -z.im};
    }
}

static double error_with(cph_gain_rule rule, double robust, double power, scene *s)
{
    const double flux = 1.0;
    scene_open(s, 16, 1, 27);
    for (size_t p = 0; p < s->n; p++)
        s->noise[p] = 1.0;
    scene_sample(s, 5000.0);
    spoil(s, power);
    s->problem.flux = &flux;
    s->options.rule = rule;
    s->options.robust *= robust;
    CU_ASSERT_EQUAL_FATAL(scene_solve(s), CPH_OK);
    s->problem.flux = NULL;
    return worst_error(s);
}

static void students_weights_hold_out(void)
{
    static scene s;
    const double powers[] = {1.0, 30.0, 3e3, 1e13};
    double plain = error_with(CPH_GAIN_STUDENT, 0.0, 1.0, &s);
    CU_ASSERT(isinf(s.solution.student_nu));
    CU_ASSERT_EQUAL(s.solution.outliers, 0);
    CU_ASSERT_EQUAL(s.solution.outlier[0], SIZE_MAX);
    for (size_t k = 0; k < 4; k++) {
        double student = error_with(CPH_GAIN_STUDENT, 1.0, powers[k], &s);
        CU_ASSERT(student < 0.5 * plain);
        CU_ASSERT_EQUAL(s.solution.outliers, 3);
        CU_ASSERT(s.solution.outlier[1] == s.solution.outlier[0] + 1 && s.solution.outlier[0] < 6);
        double huber = error_with(CPH_GAIN_HUBER, 1.0, powers[k], &s);
        CU_ASSERT(huber < 0.5 * plain);
        CU_ASSERT_EQUAL(s.solution.outliers, 3);
    }
}

/* Normal errors are left to plain least squares, unless nu is told. */
static void nu_is_estimated_or_given(void)
{
    static scene s;
    scene_open(&s, 30, 1, 28);
    for (size_t p = 0; p < s.n; p++)
        s.noise[p] = 10.0;
    scene_sample(&s, 5000.0);
    s.problem.samples = 5000.0;
    s.options.rule = CPH_GAIN_STUDENT;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT(isinf(s.solution.student_nu));
    s.options.student_nu = 4.0;
    CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
    CU_ASSERT_EQUAL(s.solution.student_nu, 4.0);
    CU_ASSERT_EQUAL(s.solution.stop, CPH_STOP_CONVERGED);
    s.options.student_nu = 0.5;
    CU_ASSERT_EQUAL(scene_solve(&s), CPH_ERR_ARGUMENT);
    CU_ASSERT(strstr(s.error.message, "expected 1 or more") != NULL);
}

/* Independent errors of Student's t on gains of 1: the information of a baseline is that of a
 * normal error of power P = sigma^2 (nu + 4)/(nu + 2), which makes the variance of a phase against
 * the mean P (n - 1) / (2 n^2). */
static void students_errors_near_the_bound(void)
{
    enum { N = 20 };
    static scene s;
    const double nu = 4.0, sigma2 = 0.01, flux = 1.0;
    const size_t seeds = test_seeds(60);
    const double bound = sigma2 * (nu + 4.0) / (nu + 2.0) * (N - 1.0) / (2.0 * N * N);
    for (int given = 0; given < 2; given++) {
        double error2 = 0.0, said2 = 0.0;
        scene_open(&s, N, 1, 37);
        for (size_t k = 0; k < seeds; k++) {
            cph_random_seed(&s.random, 37, 1 + k);
            for (size_t p = 0; p < N; p++)
                s.gain[p] = cexp(I * (double)(p * p));
            scene_exact(&s);
            for (size_t p = 0; p < N; p++)
                for (size_t q = p + 1; q < N; q++) {
                    double u = 1.0 - cph_random_uniform(&s.random);
                    double complex e = sqrt(0.5 * nu * sigma2 * (pow(u, -2.0 / nu) - 1.0)) *
                                       cexp(2.0 * M_PI * I * cph_random_uniform(&s.random));
                    cph_c64 *to = &s.r[p * s.problem.ld + q];
                    *to = (cph_c64){to->re + creal(e), to->im + cimag(e)};
                    s.r[q * s.problem.ld + p] = (cph_c64){to->re, -to->im};
                }
            s.problem.has_diagonal = false;
            s.problem.flux = &flux;
            s.options.rule = CPH_GAIN_STUDENT;
            s.options.student_nu = given ? nu : 0.0;
            CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
            double complex turn = 0.0;
            for (size_t p = 0; p < N; p++)
                turn += scene_get(s.solved[p]) / s.gain[p];
            for (size_t p = 0; p < N; p++) {
                error2 += pow(carg(scene_get(s.solved[p]) / s.gain[p] * conj(turn)), 2.0);
                said2 += s.phase_sigma[p] * s.phase_sigma[p];
            }
        }
        double ratio = error2 / (bound * N * (double)seeds), sigma = sqrt(said2 / error2);
        test_row(given ? "Student's t, nu = 4 given" : "Student's t, nu estimated", "phase", ratio,
                 sigma);
        double slack = 3.0 * sqrt(2.0 / (N * (double)seeds));
        CU_ASSERT(ratio > 0.95 - slack && ratio < 1.15 + slack);
        CU_ASSERT_DOUBLE_EQUAL(sigma, 1.0, 0.1);
    }
}

/* One baseline of 1e13: with autocorrelations or without, in data without noise: exact gains. */
static void impossible_baseline_is_left_out(void)
{
    static scene s;
    const double flux = 1.0;
    for (int diagonal = 0; diagonal < 2; diagonal++) {
        scene_open(&s, 12, 1, 29);
        s.r[2 * 13 + 9] = (cph_c64){3e12, 1e13};
        s.r[9 * 13 + 2] = (cph_c64){3e12, -1e13};
        s.problem.has_diagonal = diagonal;
        s.problem.flux = &flux;
        CU_ASSERT_EQUAL_FATAL(scene_solve(&s), CPH_OK);
        CU_ASSERT(worst_error(&s) < NEAR);
        CU_ASSERT_EQUAL(s.solution.baselines, 65);
        CU_ASSERT_EQUAL(s.solution.outliers, 1);
        CU_ASSERT(s.solution.outlier[0] == 2 && s.solution.outlier[1] == 9);
        CU_ASSERT(s.solution.explained_after > 1.0 - NEAR);
    }
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
    CU_ASSERT(worst_error(&s) < NEAR);
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
    {"Student's t: nu is found", student_fit_finds_nu},
    {"Student's weights hold out", students_weights_hold_out},
    {"nu is estimated or given", nu_is_estimated_or_given},
    {"Student's errors near the bound", students_errors_near_the_bound},
    {"an impossible baseline is left out", impossible_baseline_is_left_out},
    {"stops have their reasons", stops_have_their_reasons},
    {"a far start comes back", far_start_comes_back},
    {"too few elements", too_few},
    {"models of nothing", models_of_nothing},
    {"data of nothing", data_of_nothing},
    {"not Hermitian", not_hermitian},
    CU_TEST_INFO_NULL,
};
