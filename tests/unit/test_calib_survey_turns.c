/* SPDX-License-Identifier: MIT */
/* Turns of arrays from sources in known directions. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"
#include "tests/unit/survey_rig.h"

/* r = m nominal, by the three angles in turn: about z, then y, then x. */
static void turn_by(survey_rig *r, double x, double y, double z)
{
    for (size_t p = 0; p < r->n; p++) {
        const double *const a = r->nominal + 3 * p;
        const double b[3] = {cos(z) * a[0] - sin(z) * a[1], sin(z) * a[0] + cos(z) * a[1], a[2]};
        const double c[3] = {cos(y) * b[0] + sin(y) * b[2], b[1], cos(y) * b[2] - sin(y) * b[0]};
        r->truth[3 * p] = c[0];
        r->truth[3 * p + 1] = cos(x) * c[1] - sin(x) * c[2];
        r->truth[3 * p + 2] = sin(x) * c[1] + cos(x) * c[2];
    }
}

static double turned_off(const survey_rig *r)
{
    double most = 0.0;
    for (size_t p = 0; p < r->n; p++)
        for (size_t i = 0; i < 3; i++) {
            double at = -r->truth[3 * p + i];
            for (size_t j = 0; j < 3; j++)
                at += r->turned.rotation[3 * i + j] * r->nominal[3 * p + j];
            most = fmax(most, fabs(at));
        }
    return most / SURVEY_WAVELENGTH;
}

static void without_noise_turns_are_exact(void)
{
    static survey_rig r;
    survey_open(&r, 10, 4, 0.0, 10);
    turn_by(&r, 0.03, -0.05, 0.07);
    survey_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(survey_orient(&r, 0.0), CPH_OK);
    CU_ASSERT(turned_off(&r) < 1e-9);
    CU_ASSERT_EQUAL(r.turned.fit.dof, 40.0 - (10.0 + 4.0 - 1.0 + 3.0));
    /* x to y is a positive turn about z. */
    turn_by(&r, 0.0, 0.0, 0.1);
    survey_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(survey_orient(&r, 0.0), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(r.turned.angle_rad[2], 0.1, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(r.turned.angle_rad[0], 0.0, 1e-9);
    /* Gains known: 2 looks. */
    r.config.gain = r.known;
    r.config.looks = r.looks = 2;
    for (size_t p = 0; p < r.n; p++)
        r.known[p] = survey_put(r.gain[1][p]);
    survey_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(survey_orient(&r, 0.0), CPH_OK);
    CU_ASSERT(turned_off(&r) < 1e-9);
    /* Far off: by search, or from a start. */
    survey_open(&r, 12, 6, 0.0, 11);
    turn_by(&r, 0.4, 0.5, -0.3);
    survey_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(survey_orient(&r, 0.8), CPH_OK);
    CU_ASSERT(turned_off(&r) < 1e-9);
    double start[9];
    memcpy(start, r.turned.rotation, sizeof start);
    turn_by(&r, 0.42, 0.5, -0.3);
    survey_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(cph_survey_orient(&r.config, NULL, start, 0.0, &r.turned, &r.error),
                          CPH_OK);
    CU_ASSERT(turned_off(&r) < 1e-9);
    /* A rotation vector turns a point as the rotation does: small pieces of it. */
    double v[3] = {0.3, -0.7, 0.2}, expected[3];
    for (size_t i = 0; i < 3; i++)
        expected[i] = r.turned.rotation[3 * i] * v[0] + r.turned.rotation[3 * i + 1] * v[1] +
                      r.turned.rotation[3 * i + 2] * v[2];
    enum { PIECES = 100000 };
    const double *const w = r.turned.angle_rad;
    for (int piece = 0; piece < PIECES; piece++) {
        const double d[3] = {w[1] * v[2] - w[2] * v[1], w[2] * v[0] - w[0] * v[2],
                             w[0] * v[1] - w[1] * v[0]};
        for (size_t i = 0; i < 3; i++)
            v[i] += d[i] / PIECES;
    }
    /* Euler's method is off by |w|^2 / (2 pieces). */
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_DOUBLE_EQUAL(v[i], expected[i], 1e-5);
}

/* ---- the bound ---- */

/* By differences of the turned position. */
static void derive_turns(const survey_rig *r, size_t s, size_t p, double *row)
{
    const double *const a = r->truth + 3 * p, *const u = r->direction + 3 * s, step = 1e-6;
    for (size_t k = 0; k < 3; k++) {
        double b[3] = {a[0], a[1], a[2]};
        const size_t i = (k + 1) % 3, j = (k + 2) % 3;
        b[i] = cos(step) * a[i] - sin(step) * a[j];
        b[j] = sin(step) * a[i] + cos(step) * a[j];
        for (size_t m = 0; m < 3; m++)
            row[k] += 2.0 * M_PI / SURVEY_WAVELENGTH * u[m] * (b[m] - a[m]) / step;
    }
}

static void turns_against_the_bound(void)
{
    const size_t seeds = test_seeds(600);
    static survey_rig r;
    static survey_fisher f;
    const double sigma = 0.05;
    double off = 0.0, said = 0.0, count = 0.0, true_turn[9];
    survey_open(&r, 8, 5, 0.0, 21);
    turn_by(&r, 0.02, 0.03, -0.04);
    survey_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(survey_orient(&r, 0.0), CPH_OK);
    memcpy(true_turn, r.turned.rotation, sizeof true_turn);
    survey_fill(&r, sigma, &f, 3, derive_turns);
    survey_invert(&f);
    for (size_t t = 0; t < seeds; t++) {
        cph_random_seed(&r.random, 21, 1 + t);
        r.config.sigma = t % 2 == 0 ? sigma : 0.0;
        survey_measure(&r, sigma);
        CU_ASSERT_EQUAL_FATAL(survey_orient(&r, 0.0), CPH_OK);
        for (size_t k = 0; k < 3; k++) {
            /* The antisymmetric part of found true^T. */
            const size_t i = (k + 1) % 3, j = (k + 2) % 3;
            double twist = 0.0;
            for (size_t m = 0; m < 3; m++)
                twist += r.turned.rotation[3 * j + m] * true_turn[3 * i + m];
            off += twist * twist / f.a[k][f.unknowns + k];
            said += pow(r.turned.sigma_rad[k], 2.0) / f.a[k][f.unknowns + k];
            count += 1.0;
        }
    }
    test_row("8 elements, 5 looks, gains unknown", "turn", off / count, sqrt(said / off));
    CU_ASSERT(off / count > 0.95 && off / count < 1.15);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(said / off), 1.0, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(r.turned.covariance[4], pow(r.turned.sigma_rad[1], 2.0), 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(r.turned.covariance[1], r.turned.covariance[3], 1e-15);
}

/* ---- refusals ---- */

static void expect_refusal(survey_rig *r, cph_status expected, const char *words)
{
    static survey_rig before;
    r->turned.rotation[0] = -7.0;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, survey_orient(r, 0.0), expected, words);
}

static void what_is_refused(void)
{
    static survey_rig r;
    survey_open(&r, 8, 6, 0.1, 30);
    survey_measure(&r, 0.0);
    r.config.looks = 2;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "2 looks");
    r.config.looks = 6;
    /* One direction again and again. */
    for (size_t s = 1; s < 6; s++)
        memcpy(r.direction + 3 * s, r.direction, 3 * sizeof *r.direction);
    survey_measure(&r, 0.0);
    expect_refusal(&r, CPH_ERR_SINGULAR, "turns about some axis");
    r.nominal[7] = NAN;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "element 2");
    r.nominal[7] = 0.0;
    double mirror[9] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0};
    CU_ASSERT_EQUAL(cph_survey_orient(&r.config, NULL, mirror, 0.0, &r.turned, &r.error),
                    CPH_ERR_ARGUMENT);
    survey_open(&r, 8, 6, 0.1, 31);
    survey_measure(&r, 0.0);
    r.nominal[0] = 1e3;
    CU_ASSERT_EQUAL(survey_orient(&r, 1.0), CPH_ERR_ARGUMENT);
    CU_ASSERT(strstr(r.error.message, "too wide") != NULL);
}

CU_TestInfo cph_tests_calib_survey_turns[] = {
    {"without noise turns are exact", without_noise_turns_are_exact},
    {"turns against the Cramer-Rao bound", turns_against_the_bound},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
