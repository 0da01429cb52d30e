/* SPDX-License-Identifier: MIT */
/* Gains with weights by Student's t or Huber's rule, and baselines that are left out. */
#include <CUnit/CUnit.h>
#include <math.h>

#include "calib/student.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/seeds.h"

#define NEAR 1e-10

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
    return scene_worst_error(s);
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
        CU_ASSERT(scene_worst_error(&s) < NEAR);
        CU_ASSERT_EQUAL(s.solution.baselines, 65);
        CU_ASSERT_EQUAL(s.solution.outliers, 1);
        CU_ASSERT(s.solution.outlier[0] == 2 && s.solution.outlier[1] == 9);
        CU_ASSERT(s.solution.explained_after > 1.0 - NEAR);
    }
}

CU_TestInfo cph_tests_calib_student[] = {
    {"Student's t: nu is found", student_fit_finds_nu},
    {"Student's weights hold out", students_weights_hold_out},
    {"nu is estimated or given", nu_is_estimated_or_given},
    {"Student's errors near the bound", students_errors_near_the_bound},
    {"an impossible baseline is left out", impossible_baseline_is_left_out},
    CU_TEST_INFO_NULL,
};
