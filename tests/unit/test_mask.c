/* SPDX-License-Identifier: MIT */
/* Off-axis masks against published levels and the angles where their texts begin. */
#include <CUnit/CUnit.h>
#include <math.h>

#include "cli/pattern_mask.h"

static cph_mask mask_of(cph_mask_kind kind, double diameter_wl)
{
    const cph_mask_antenna antenna = {
        .diameter_wl = diameter_wl, .peak_dbi = 35.0, .hpbw_deg = 3.2};
    cph_mask mask;
    CU_ASSERT_EQUAL_FATAL(cph_mask_make(kind, &antenna, &mask), CPH_OK);
    return mask;
}

/* The two ends of a step belong to the segment that ends there. */
static void ku_masks_have_their_published_levels(void)
{
    static const double row[][2] = {{1.5, 24.598}, {3, 17.072},    {7, 7.873}, {7.001, 8}, {9.2, 8},
                                    {10, 7},       {19.1, -0.026}, {19.2, 0},  {180, 0}};
    const cph_mask gain = mask_of(CPH_MASK_25_209, 19), eirp = mask_of(CPH_MASK_25_218, 19);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        CU_ASSERT_DOUBLE_EQUAL(cph_mask_level(&gain, row[i][0]), row[i][1], 5e-4);
        CU_ASSERT_DOUBLE_EQUAL(cph_mask_level(&eirp, row[i][0]), row[i][1] - 14.0, 5e-4);
    }
    CU_ASSERT(isnan(cph_mask_level(&gain, 1.499)) && isnan(cph_mask_level(&gain, 180.1)));
    CU_ASSERT(!gain.density && eirp.density);
}

static void masks_begin_where_the_size_says(void)
{
    static const struct {
        double diameter_wl, start_deg;
        cph_mask_kind kind;
        bool in_scope;
    } row[] = {
        {19, 1.5, CPH_MASK_25_209, true},     {20, 4.3529, CPH_MASK_S465, true}, /* 114 x^-1.09 */
        {49.9, 2, CPH_MASK_S465, true}, /* 1.607 would be less than 2 */
        {50, 2, CPH_MASK_S465, true},   /* 100 / x */
        {200, 1, CPH_MASK_S465, true},        {80, 1.25, CPH_MASK_S580, true},
        {20, 5, CPH_MASK_S580, false},        {20, 4.9294, CPH_MASK_S1855, true}, /* 118 x^-1.06 */
        {100, 1.0001, CPH_MASK_S1855, true},                                      /* 15.85 x^-0.6 */
        {10, 10.2773, CPH_MASK_S1855, false},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const cph_mask mask = mask_of(row[i].kind, row[i].diameter_wl);
        CU_ASSERT_DOUBLE_EQUAL(mask.segment[0].from_deg, row[i].start_deg, 1e-4);
        CU_ASSERT_EQUAL(mask.in_scope, row[i].in_scope);
        for (size_t k = 1; k < mask.segments; k++)
            CU_ASSERT_EQUAL(mask.segment[k].from_deg, mask.segment[k - 1].to_deg);
        CU_ASSERT_EQUAL(mask.segment[mask.segments - 1].to_deg, 180);
    }
}

static void recommendations_have_their_levels(void)
{
    static const struct {
        cph_mask_kind kind;
        double diameter_wl, angle_deg, level;
    } row[] = {
        {CPH_MASK_S465, 100, 10, 7},
        {CPH_MASK_S465, 100, 48.1, -10},
        {CPH_MASK_S580, 100, 10, 4},
        {CPH_MASK_S580, 100, 25, -3.5},
        {CPH_MASK_S580, 100, 30, -4.928},
        {CPH_MASK_S1855, 100, 5, 11.526},
        {CPH_MASK_S1855, 100, 8, 7.9},
        {CPH_MASK_S1855, 100, 40, -8.0515},
        {CPH_MASK_S1855, 20, 8, 7.9},
        {CPH_MASK_S1855, 20, 40, -5},
        {CPH_MASK_S1855, 20, 90, 0},
        /* 35 dBi, half width 1.6: 3 dB down there, L_S from 2.4 on, L_F from 20.43 on. */
        {CPH_MASK_S1528, 20, 1.6, 32},
        {CPH_MASK_S1528, 20, 2, 30.3125},
        {CPH_MASK_S1528, 20, 24, 5},
        {CPH_MASK_S1528, 20, 4.8, 20.7243},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const cph_mask mask = mask_of(row[i].kind, row[i].diameter_wl);
        CU_ASSERT_DOUBLE_EQUAL(cph_mask_level(&mask, row[i].angle_deg), row[i].level, 5e-4);
    }
}

static void points_are_joined_by_straight_lines(void)
{
    static const double angle[] = {2, 10, 30}, level[] = {20, 4, -6};
    cph_mask mask = {.segments = 77};
    CU_ASSERT_EQUAL(cph_mask_from_points(3, angle, (double[]){20, NAN, 1}, &mask),
                    CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_mask_from_points(1, angle, level, &mask), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_mask_from_points(3, (double[]){2, 2, 3}, level, &mask), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(mask.segments, 77);
    CU_ASSERT_EQUAL(cph_mask_from_points(3, angle, level, &mask), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(cph_mask_level(&mask, 2), 20, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(cph_mask_level(&mask, 6), 12, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(cph_mask_level(&mask, 25), -3.5, 1e-12);
    CU_ASSERT(isnan(cph_mask_level(&mask, 1.9)) && isnan(cph_mask_level(&mask, 31)));
}

static void bad_antennas_are_refused(void)
{
    cph_mask mask = {.segments = 77};
    const cph_mask_antenna point = {.diameter_wl = 0}, dish = {.diameter_wl = 30, .hpbw_deg = NAN};
    CU_ASSERT_EQUAL(cph_mask_make(CPH_MASK_S465, &point, &mask), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_mask_make(CPH_MASK_S1528, &dish, &mask), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_mask_make(CPH_MASK_COUNT, &dish, &mask), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(mask.segments, 77);
    CU_ASSERT_STRING_EQUAL(cph_mask_name(CPH_MASK_S1855), "S.1855");
    CU_ASSERT_PTR_NULL(cph_mask_name(CPH_MASK_COUNT));
}

static void words_choose_masks(void)
{
    const cph_mask_choice none = {.density = NAN, .from_deg = NAN, .cuts = 2};
    cph_mask_choice choice = none;
    cph_error error;
    CU_ASSERT_EQUAL(cph_parse_mask("25.218:density=-20", &choice, &error), CPH_OK);
    CU_ASSERT(choice.kind == CPH_MASK_25_218 && choice.density == -20);
    CU_ASSERT_EQUAL(cph_parse_mask("some/mask.csv", &choice, &error), CPH_OK);
    CU_ASSERT_EQUAL(choice.kind, CPH_MASK_COUNT);
    static const char *const bad[] = {"", "25.218", "S.465:density=-20", "25.209:", "25.218:x=1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        choice = none;
        CU_ASSERT_EQUAL(cph_parse_mask(bad[i], &choice, &error), CPH_ERR_ARGUMENT);
        CU_ASSERT_PTR_NULL(choice.text);
    }
}

CU_TestInfo cph_tests_mask[] = {
    {"Ku masks have their published levels", ku_masks_have_their_published_levels},
    {"masks begin where the size says", masks_begin_where_the_size_says},
    {"recommendations have their levels", recommendations_have_their_levels},
    {"points are joined by straight lines", points_are_joined_by_straight_lines},
    {"bad antennas are refused", bad_antennas_are_refused},
    {"words choose masks", words_choose_masks},
    CU_TEST_INFO_NULL,
};
