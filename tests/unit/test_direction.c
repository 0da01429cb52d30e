/* SPDX-License-Identifier: MIT */
/* Directions: every convention with numbers that differ under each flip or swap of an axis. */
#include <CUnit/CUnit.h>
#include <math.h>

#include "cophase/array.h"

#define DEG (M_PI / 180.0)

static void vector_is(const double got[3], double x, double y, double z)
{
    CU_ASSERT_DOUBLE_EQUAL(got[0], x, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(got[1], y, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(got[2], z, 1e-9);
}

static void sky_azimuth_runs_from_north_through_east(void)
{
    double enu[3], az, el;
    cph_direction_sky_to_enu(30 * DEG, 40 * DEG, enu);
    vector_is(enu, 0.383022222, 0.663413948, 0.642787610);
    cph_direction_sky_to_enu(282.4 * DEG, 74.4 * DEG, enu); /* west, a little north */
    CU_ASSERT(enu[0] < -0.2 && enu[1] > 0.05 && enu[1] < 0.06);
    cph_direction_enu_to_sky(enu, &az, &el);
    CU_ASSERT_DOUBLE_EQUAL(az, 282.4 * DEG, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(el, 74.4 * DEG, 1e-12);
}

static void sky_azimuth_stays_below_a_turn(void)
{
    double az, el;
    cph_direction_enu_to_sky((double[3]){-1e-300, 1.0, 0.0}, &az, &el);
    CU_ASSERT(az >= 0.0 && az < 2.0 * M_PI);
    cph_direction_enu_to_sky((double[3]){0.0, 0.0, 1.0}, &az, &el);
    CU_ASSERT_DOUBLE_EQUAL(el, M_PI / 2, 1e-15);
    CU_ASSERT_EQUAL(az, 0.0);
}

static void azel_azimuth_turns_x_elevation_lifts_y(void)
{
    double u[3], az, el;
    cph_direction_from_azel(20 * DEG, 10 * DEG, u);
    vector_is(u, 0.336824089, 0.173648178, 0.925416578);
    cph_direction_from_azel(-140 * DEG, -35 * DEG, u);
    cph_direction_to_azel(u, &az, &el);
    CU_ASSERT_DOUBLE_EQUAL(az, -140 * DEG, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(el, -35 * DEG, 1e-12);
}

static void thetaphi_is_polar_angle_and_angle_from_x(void)
{
    double u[3];
    cph_direction_from_thetaphi(30 * DEG, 70 * DEG, u);
    vector_is(u, 0.171010072, 0.469846310, 0.866025404);
}

static void uv_looks_forward_and_refuses_what_is_outside(void)
{
    double u[3] = {7, 7, 7};
    CU_ASSERT_EQUAL(cph_direction_from_uv(0.48, -0.64, u), CPH_OK);
    vector_is(u, 0.48, -0.64, 0.6);
    CU_ASSERT_EQUAL(cph_direction_from_uv(0.8, 0.7, u), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_direction_from_uv(NAN, 0.0, u), CPH_ERR_ARGUMENT);
    vector_is(u, 0.48, -0.64, 0.6);
}

/* x to the north, y to the west, z up. */
static void array_frame_turns_by_its_matrix(void)
{
    cph_array array = {.frame = CPH_FRAME_ARRAY,
                       .has_array_to_enu = true,
                       .array_to_enu = {0, -1, 0, 1, 0, 0, 0, 0, 1}};
    double enu[3], u[3];
    CU_ASSERT_EQUAL(cph_direction_array_to_enu(&array, (double[3]){0.6, 0.48, 0.64}, enu), CPH_OK);
    vector_is(enu, -0.48, 0.6, 0.64);
    CU_ASSERT_EQUAL(cph_direction_enu_to_array(&array, enu, u), CPH_OK);
    vector_is(u, 0.6, 0.48, 0.64);
    CU_ASSERT_EQUAL(cph_direction_enu_to_array(&array, u, u), CPH_OK); /* in place */
    vector_is(u, 0.48, -0.6, 0.64);
}

static void array_frame_without_matrix_has_no_sky(void)
{
    cph_array array = {.frame = CPH_FRAME_ARRAY};
    double u[3] = {1, 2, 3};
    CU_ASSERT_EQUAL(cph_direction_enu_to_array(&array, u, u), CPH_ERR_MISSING);
    CU_ASSERT_EQUAL(cph_direction_array_to_enu(&array, u, u), CPH_ERR_MISSING);
    array.frame = CPH_FRAME_ENU;
    CU_ASSERT_EQUAL(cph_direction_enu_to_array(&array, (double[3]){0.6, 0, 0.8}, u), CPH_OK);
    vector_is(u, 0.6, 0.0, 0.8);
}

CU_TestInfo cph_tests_direction[] = {
    {"sky azimuth runs from north through east", sky_azimuth_runs_from_north_through_east},
    {"sky azimuth stays below a turn", sky_azimuth_stays_below_a_turn},
    {"azel: azimuth turns x, elevation lifts y", azel_azimuth_turns_x_elevation_lifts_y},
    {"thetaphi: polar angle and angle from x", thetaphi_is_polar_angle_and_angle_from_x},
    {"uv looks forward and refuses what is outside", uv_looks_forward_and_refuses_what_is_outside},
    {"the array frame turns by its matrix", array_frame_turns_by_its_matrix},
    {"an array frame without a matrix has no sky", array_frame_without_matrix_has_no_sky},
    CU_TEST_INFO_NULL,
};
