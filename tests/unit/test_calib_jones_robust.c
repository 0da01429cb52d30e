/* SPDX-License-Identifier: MIT */
/* Jones matrices where some correlations are none of the sky's. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/jones_rig.h"
#include "tests/unit/seeds.h"

enum { N = 9, M = 2 * N, SPOILT = 7, SAMPLES = 300 };
enum { CLEAN, NONE, HUBER, STUDENT, KINDS };

/* Sums of squares over inputs: errors and what was said of them. */
typedef struct tally {
    double count, phase, leakage, phase_said, leakage_said;
    double converged, outliers;
} tally;

static void add_to(jones_rig *r, size_t a, size_t b, double complex z)
{
    r->r[a * JONES_LD + b].re += creal(z);
    r->r[a * JONES_LD + b].im += cimag(z);
    r->r[b * JONES_LD + a].re += creal(z);
    r->r[b * JONES_LD + a].im -= cimag(z);
}

/* SPOILT of the 144 correlations of different antennas become larger by `share` of what powers
 * allow, each with a phase of its own; which ones changes with the seed. */
static void spoil(jones_rig *r, double share)
{
    for (size_t k = 0; k < SPOILT; k++) {
        const size_t p = k,
                     q = p + 1 + (size_t)((double)(N - 1 - p) * cph_random_uniform(&r->random));
        const size_t a = 2 * p + (cph_random_uniform(&r->random) < 0.5),
                     b = 2 * q + (cph_random_uniform(&r->random) < 0.5);
        const double size = share * sqrt(r->r[a * (JONES_LD + 1)].re * r->r[b * (JONES_LD + 1)].re);
        add_to(r, a, b, size * cexp(2.0 * M_PI * I * cph_random_uniform(&r->random)));
    }
}

static void choose(jones_rig *r, size_t rule)
{
    r->options.robust = rule == NONE ? 0.0 : cph_jones_defaults().robust;
    r->options.rule = rule == STUDENT ? CPH_GAIN_STUDENT : CPH_GAIN_HUBER;
    memset(r->flag, 0, sizeof r->flag);
}

/* Against what exact data give: the same gauge. */
static void add(const jones_rig *r, const jones_rig *truth, tally *t)
{
    for (size_t i = 0; i < M; i++) {
        const double complex g = r->gain[i].re + I * r->gain[i].im,
                             h = truth->gain[i].re + I * truth->gain[i].im,
                             d = r->leakage[i].re - truth->leakage[i].re +
                                 I * (r->leakage[i].im - truth->leakage[i].im);
        if (r->flag[i] != CPH_FLAG_NONE)
            continue;
        t->count += 1.0;
        t->phase += pow(carg(g / h), 2.0);
        t->phase_said += pow(r->phase_sigma[i], 2.0);
        t->leakage += creal(d * conj(d));
        t->leakage_said += pow(r->leakage_sigma[i], 2.0);
    }
    t->converged += r->solution.stop == CPH_STOP_CONVERGED;
    t->outliers += (double)r->solution.outliers;
}

static void prepare(jones_rig *r, jones_rig *truth)
{
    jones_rig_open(r, N, 2, 31);
    for (size_t i = 0; i < M; i++)
        r->noise[i] = 2.0 + 0.2 * (double)(i % 3);
    jones_rig_exact(r);
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(r), CPH_OK);
    *truth = *r;
    r->problem.samples = SAMPLES;
}

/* Outliers of 0.5 among noise of 1/sqrt(300), 5 % of the data, would cost an estimate of a mean by
 * Huber's rule a fifth of its precision (Huber, Robust Statistics, 1981, chapter 4), and what a
 * small array makes of that is less than a half. */
static void outliers_pull_less(void)
{
    static jones_rig r, truth;
    static const char *const rules[KINDS] = {"clean", "none", "huber", "student"};
    const size_t seeds = test_seeds(40);
    tally t[KINDS];
    memset(t, 0, sizeof t);
    prepare(&r, &truth);
    for (size_t k = 0; k < seeds; k++) {
        jones_rig_sample(&r, SAMPLES);
        for (size_t rule = 0; rule < KINDS; rule++) {
            if (rule == NONE)
                spoil(&r, 0.5);
            choose(&r, rule);
            CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
            add(&r, &truth, &t[rule]);
        }
    }
    for (size_t k = 0; k < KINDS; k++) {
        t[k].phase = sqrt(t[k].phase / t[k].count);
        t[k].leakage = sqrt(t[k].leakage / t[k].count);
        t[k].phase_said = sqrt(t[k].phase_said / t[k].count);
        t[k].leakage_said = sqrt(t[k].leakage_said / t[k].count);
        printf(
            "\n%s: phase rms %.4f, sigma/rms %.3f; leakage rms %.4f, sigma/rms %.3f; %.0f of %zu "
            "converged, %.2f outliers",
            rules[k], t[k].phase, t[k].phase_said / t[k].phase, t[k].leakage,
            t[k].leakage_said / t[k].leakage, t[k].converged, seeds, t[k].outliers / (double)seeds);
    }
    const tally *const clean = &t[CLEAN], *const none = &t[NONE], *const huber = &t[HUBER],
                       *const student = &t[STUDENT];
    CU_ASSERT(none->phase > 1.8 * clean->phase && none->leakage > 1.5 * clean->leakage);
    CU_ASSERT(huber->phase < 1.5 * clean->phase && huber->leakage < 1.5 * clean->leakage);
    CU_ASSERT(student->phase < 1.5 * clean->phase && student->leakage < 1.5 * clean->leakage);
    CU_ASSERT(fabs(huber->phase_said / huber->phase - 1.0) < 0.15);
    CU_ASSERT(fabs(huber->leakage_said / huber->leakage - 1.0) < 0.15);
    CU_ASSERT_EQUAL(huber->converged, (double)seeds);
    CU_ASSERT_EQUAL(none->outliers, 0.0);
    CU_ASSERT(student->outliers > 0.5 * SPOILT * (double)seeds);
}

/* Of noise alone nothing is weighted; of exact data one impossible correlation is left out without
 * powers, too, which Huber's rule does by weights. */
static void one_gross_error_is_nothing(void)
{
    static jones_rig r, truth;
    double most = 0.0;
    jones_rig_open(&r, N, 2, 32);
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.outliers, 0);
    CU_ASSERT_EQUAL(r.solution.outlier[0], SIZE_MAX);
    CU_ASSERT_EQUAL(r.solution.student_nu, INFINITY);
    truth = r;
    for (size_t k = 0; k < (size_t)JONES_INPUTS * JONES_LD; k++)
        r.r[k] = (cph_c64){1e-9 * r.r[k].re, 1e-9 * r.r[k].im};
    add_to(&r, 3, 8, 1e4 * cexp(0.4 * I));
    r.problem.has_diagonal = false;
    CU_ASSERT_EQUAL_FATAL(jones_rig_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.outliers, 1);
    CU_ASSERT_EQUAL(r.solution.outlier[0], 3);
    CU_ASSERT_EQUAL(r.solution.outlier[1], 8);
    for (size_t i = 0; i < M; i++)
        most = fmax(most, hypot(r.leakage[i].re - truth.leakage[i].re,
                                r.leakage[i].im - truth.leakage[i].im));
    /* Gauss and Newton take over at 1e-3 of the limit, and square what is left. */
    CU_ASSERT(most < 1e-5);
}

CU_TestInfo cph_tests_calib_jones_robust[] = {
    {"outliers pull less", outliers_pull_less},
    {"one gross error is nothing", one_gross_error_is_nothing},
    CU_TEST_INFO_NULL};
