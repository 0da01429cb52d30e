/* SPDX-License-Identifier: MIT */
/* Positions of elements from sources in known directions. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"
#include "tests/unit/survey_rig.h"

static double worst(const survey_rig *r)
{
    double most = 0.0;
    for (size_t i = 0; i < 3 * r->n; i++)
        if (r->flag[i / 3] == 0)
            most = fmax(most, fabs(r->position[i] - r->truth[i]));
    return most / SURVEY_WAVELENGTH;
}

static void without_noise_positions_are_exact(void)
{
    static survey_rig r;
    /* Gains unknown: 4 looks, and more. */
    for (size_t looks = 4; looks <= 7; looks += 3) {
        survey_open(&r, 8, looks, 0.1, 1);
        survey_measure(&r, 0.0);
        CU_ASSERT_EQUAL_FATAL(survey_locate(&r), CPH_OK);
        CU_ASSERT(worst(&r) < 1e-9);
        CU_ASSERT_EQUAL(r.found.fit.stop, CPH_STOP_CONVERGED);
        CU_ASSERT_EQUAL(r.found.fit.phases, 8 * looks);
        CU_ASSERT_EQUAL(r.found.fit.dof, (double)(looks - 4) * 7.0);
        CU_ASSERT_EQUAL(isnan(r.found.fit.sigma), looks == 4);
        CU_ASSERT_EQUAL(isnan(r.sigma[4]), looks == 4);
        CU_ASSERT(r.found.fit.largest_rad < 1e-8);
    }
    /* Gains known but for a common phase: 3. */
    survey_open(&r, 8, 3, 0.1, 2);
    r.config.gain = r.known;
    for (size_t p = 0; p < r.n; p++)
        r.known[p] = survey_put(r.gain[1][p]);
    survey_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(survey_locate(&r), CPH_OK);
    CU_ASSERT(worst(&r) < 1e-9);
    CU_ASSERT_EQUAL(r.found.fit.dof, 0.0);
    /* Two frequencies, gains of each. */
    survey_open(&r, 8, 8, 0.1, 3);
    for (size_t s = 0; s < r.looks; s += 3)
        r.freq[s] = 1.2 * SURVEY_FREQ;
    survey_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(survey_locate(&r), CPH_OK);
    CU_ASSERT(worst(&r) < 1e-9);
    CU_ASSERT_EQUAL(r.found.fit.dof, 64.0 - (8.0 * 5.0 + 8.0 - 5.0));
}

static void what_is_missing_is_left_out(void)
{
    static survey_rig r;
    survey_open(&r, 8, 6, 0.1, 4);
    survey_measure(&r, 0.0);
    r.flag[2] = CPH_FLAG_DEAD;
    r.y[0 * r.n + 5] = survey_put(NAN);
    for (size_t s = 0; s < 3; s++)
        r.y[s * r.n + 6] = survey_put(0.0);
    double mean[3] = {0.0};
    CU_ASSERT_EQUAL_FATAL(survey_locate(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.flag[2], CPH_FLAG_DEAD);
    CU_ASSERT_EQUAL(r.flag[6], CPH_FLAG_UNSOLVED);
    CU_ASSERT(isnan(r.position[6]) && isnan(r.position[20]) && isnan(r.sigma[20]));
    CU_ASSERT_EQUAL(r.found.fit.phases, 6 * 6 - 1);
    /* The mean displacement is that of the six. */
    for (size_t p = 0; p < r.n; p++)
        for (size_t k = 0; k < 3 && r.flag[p] == 0; k++)
            mean[k] += (r.truth[3 * p + k] - r.nominal[3 * p + k]) / 6.0;
    for (size_t i = 0; i < 3 * r.n; i++)
        r.truth[i] -= mean[i % 3];
    CU_ASSERT(worst(&r) < 1e-9);
}

/* Sources of one elevation: heights and gains are one; x and y are there. */
static void a_cone_of_directions_leaves_heights_open(void)
{
    static survey_rig r;
    survey_open(&r, 8, 6, 0.1, 5);
    for (size_t s = 0; s < r.looks; s++) {
        const double azimuth = 1.1 * (double)s;
        r.direction[3 * s] = 0.8 * sin(azimuth);
        r.direction[3 * s + 1] = 0.8 * cos(azimuth);
        r.direction[3 * s + 2] = 0.6;
    }
    survey_measure(&r, 0.0);
    CU_ASSERT_EQUAL(survey_locate(&r), CPH_ERR_SINGULAR);
    CU_ASSERT(strstr(r.error.message, "cone") != NULL);
    r.config.planar = true;
    for (size_t p = 0; p < r.n; p++)
        r.truth[3 * p + 2] = r.nominal[3 * p + 2];
    survey_measure(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(survey_locate(&r), CPH_OK);
    CU_ASSERT(worst(&r) < 1e-9);
    CU_ASSERT_EQUAL(r.sigma[5], 0.0);
}

/* ---- the bound ---- */

static void derive_positions(const survey_rig *r, size_t s, size_t p, double *row)
{
    for (size_t k = 0; k < 3; k++)
        row[3 * p + k] = 2.0 * M_PI * r->direction[3 * s + k];
}

static void positions_against_the_bound(void)
{
    const size_t seeds = test_seeds(300);
    static survey_rig r;
    static survey_fisher f;
    const double sigma = 0.02;
    double off = 0.0, said = 0.0, count = 0.0, chi2 = 0.0, row[SURVEY_X_MOST] = {0.0};
    survey_open(&r, 6, 7, 0.1, 20);
    survey_fill(&r, sigma, &f, 3 * r.n, derive_positions);
    /* Displacements of mean 0. */
    for (size_t k = 0; k < 3; k++) {
        memset(row, 0, sizeof row);
        for (size_t p = 0; p < r.n; p++)
            row[3 * p + k] = 1.0;
        survey_add_row(&f, row, 1e3 / (sigma * sigma));
    }
    survey_invert(&f);
    for (size_t t = 0; t < seeds; t++) {
        cph_random_seed(&r.random, 20, 1 + t);
        r.config.sigma = t % 2 == 0 ? sigma : 0.0;
        survey_measure(&r, sigma);
        CU_ASSERT_EQUAL_FATAL(survey_locate(&r), CPH_OK);
        chi2 += (t % 2 == 0 ? r.found.fit.chi2_dof : pow(r.found.fit.sigma / sigma, 2.0)) /
                (double)seeds;
        for (size_t i = 0; i < 3 * r.n; i++) {
            const double least = f.a[i][f.unknowns + i];
            off += pow((r.position[i] - r.truth[i]) / SURVEY_WAVELENGTH, 2.0) / least;
            said += pow(r.sigma[i] / SURVEY_WAVELENGTH, 2.0) / least;
            count += 1.0;
        }
    }
    test_row("6 elements, 7 looks, gains unknown", "position", off / count, sqrt(said / off));
    printf("chi2 %.3f ", chi2);
    CU_ASSERT(off / count > 0.95 && off / count < 1.15);
    CU_ASSERT_DOUBLE_EQUAL(sqrt(said / off), 1.0, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(chi2, 1.0, 0.07);
}

/* ---- refusals ---- */

static void expect_refusal(survey_rig *r, cph_status expected, const char *words)
{
    static survey_rig before;
    r->position[0] = -7.0;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, survey_locate(r), expected, words);
}

static void what_is_refused(void)
{
    static survey_rig r;
    survey_open(&r, 8, 6, 0.1, 30);
    survey_measure(&r, 0.0);
    r.config.looks = 3;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "3 looks");
    r.config.looks = 6;
    /* One direction again and again. */
    for (size_t s = 1; s < 6; s++)
        memcpy(r.direction + 3 * s, r.direction, 3 * sizeof *r.direction);
    survey_measure(&r, 0.0);
    expect_refusal(&r, CPH_ERR_SINGULAR, "leave positions of 8 elements open");
    r.direction[4] = 2.0;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "direction of look 1");
    r.direction[4] = r.direction[1];
    r.freq[2] = 0.0;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "frequency of look 2");
    r.freq[2] = SURVEY_FREQ;
    memset(r.flag, CPH_FLAG_HOT, 7);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "1 unflagged");
    r.config.sigma = -1.0;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "needed");
}

CU_TestInfo cph_tests_calib_survey[] = {
    {"without noise positions are exact", without_noise_positions_are_exact},
    {"what is missing is left out", what_is_missing_is_left_out},
    {"a cone of directions leaves heights open", a_cone_of_directions_leaves_heights_open},
    {"positions against the Cramer-Rao bound", positions_against_the_bound},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
