/* SPDX-License-Identifier: MIT */
/* Difference beams: their two lobes, and their slope against closed forms. */
#include "tests/unit/pattern_rig.h"

/* Weights of an odd taper toward (u, v). */
static void steer_tapered(rig *r, const double *t, double u, double v)
{
    CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(u, v, r->look), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(r->n, r->position, freq_hz, r->look, r->w), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_weights_conventional(r->n, r->w, NULL, NULL, t, r->w), CPH_OK);
}

/* Two elements of opposite sign: j sin(k d u / 2), the mean power is (1 - sinc(k d)) / 2. */
static void two_elements_have_the_slope_of_the_closed_form(void)
{
    static const double pitch[] = {0.5, 0.8};
    for (size_t i = 0; i < 2; i++) {
        rig r = ula(2, pitch[i]);
        const double kd = 2 * M_PI * pitch[i];
        r.w[0].re = -1.0;
        const cph_pattern_metrics m = analyse(&r);
        CU_ASSERT_TRUE(m.difference);
        CU_ASSERT_DOUBLE_EQUAL(m.slope_per_rad, 0.5 * kd / sqrt(0.5 - 0.5 * sin(kd) / kd), 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(m.slope_ratio, 1.0, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(m.twin[0], -m.peak[0], 1e-6);
        release(&r);
    }
}

/* Off boresight the lobes are no mirror images on the sphere, their cosines are. */
static void bayliss_line_has_two_lobes_and_its_sidelobes(void)
{
    rig r = ula(40, 0.5);
    const cph_taper bayliss = {.kind = CPH_TAPER_BAYLISS, .nbar = 5, .sll_db = -30};
    double t[40];
    CU_ASSERT_EQUAL_FATAL(cph_taper_line(&bayliss, r.n, t), CPH_OK);
    steer_tapered(&r, t, 0.5, 0.0);
    const cph_pattern_metrics m = analyse(&r);
    CU_ASSERT_TRUE(m.difference);
    CU_ASSERT_DOUBLE_EQUAL(m.peak[0] + m.twin[0], 1.0, 1e-6);
    CU_ASSERT(m.psll_db > -30.5 && m.psll_db < -29.5);
    CU_ASSERT(m.slope_ratio > 0.75 && m.slope_ratio < 0.85);
    release(&r);
}

static void linear_weights_have_the_steepest_slope(void)
{
    rig r = ura(5, 4, 0.5);
    double t[20];
    for (size_t n = 0; n < r.n; n++)
        t[n] = (double)(n % 5) - 2.0;
    steer_tapered(&r, t, 0.0, 0.0);
    /* The middle column has no weight: it is no element of this beam. */
    const cph_pattern_metrics m = analyse(&r);
    CU_ASSERT_TRUE(m.difference);
    CU_ASSERT_DOUBLE_EQUAL(m.slope_ratio, 1.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(m.peak[1], 0.0, 1e-6);
    release(&r);
}

/* A sum beam a quarter of a period behind fills the null without tilting it, to `depth_db`. */
static cph_pattern_metrics fill_null(double depth_db)
{
    rig r = ula(40, 0.5);
    const cph_taper bayliss = {.kind = CPH_TAPER_BAYLISS, .nbar = 5, .sll_db = -30};
    double t[40];
    CU_ASSERT_EQUAL_FATAL(cph_taper_line(&bayliss, r.n, t), CPH_OK);
    steer_tapered(&r, t, 0.0, 0.0);
    const cph_pattern_metrics whole = analyse(&r);
    const double rest = pow(10.0, (whole.peak_power_db + depth_db) / 20.0) / (double)r.n;
    for (size_t n = 0; n < r.n; n++)
        r.w[n].re += rest;
    const cph_pattern_metrics m = analyse(&r);
    CU_ASSERT_DOUBLE_EQUAL(m.look_power_db - m.peak_power_db, depth_db, 0.1);
    release(&r);
    return m;
}

static void an_imperfect_null_is_one_down_to_20_db(void)
{
    const cph_pattern_metrics kept = fill_null(-21.0), lost = fill_null(-19.0);
    CU_ASSERT_TRUE(kept.difference);
    CU_ASSERT(kept.psll_db < -20.0);
    CU_ASSERT_DOUBLE_EQUAL(kept.twin[0], -kept.peak[0], 1e-3);
    CU_ASSERT_FALSE(lost.difference);
}

/* A sum beam, and one that looks into its own null: neither has a twin. */
static void other_beams_are_no_differences(void)
{
    rig r = ula(10, 0.5);
    cph_pattern_metrics m = analyse(&r);
    CU_ASSERT_FALSE(m.difference);
    CU_ASSERT(isnan(m.slope_per_rad) && isnan(m.slope_ratio) && isnan(m.twin[0]));
    CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(0.2, 0.0, r.look), CPH_OK);
    m = analyse(&r);
    CU_ASSERT_FALSE(m.difference);
    release(&r);
}

CU_TestInfo cph_tests_pattern_difference[] = {
    {"two elements have the slope of the closed form",
     two_elements_have_the_slope_of_the_closed_form},
    {"a Bayliss line has two lobes and its sidelobes",
     bayliss_line_has_two_lobes_and_its_sidelobes},
    {"linear weights have the steepest slope", linear_weights_have_the_steepest_slope},
    {"an imperfect null is one down to 20 dB", an_imperfect_null_is_one_down_to_20_db},
    {"other beams are no differences", other_beams_are_no_differences},
    CU_TEST_INFO_NULL,
};
