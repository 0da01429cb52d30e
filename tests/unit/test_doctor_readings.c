/* SPDX-License-Identifier: MIT */
/* Ways to understand a direction: where each of them looks. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "cli/doctor_readings.h"

static const double degree = M_PI / 180.0;

static void open_site(cph_array *array, double latitude_deg)
{
    /* Turned about the vertical: x of the array is north, y west. */
    static const double to_enu[9] = {0, -1, 0, 1, 0, 0, 0, 0, 1};
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(3, 3, 1.0, array), CPH_OK);
    array->has_array_to_enu = true;
    memcpy(array->array_to_enu, to_enu, sizeof to_enu);
    array->latitude_deg = latitude_deg;
}

/* The reading of that name stands for the direction; east, north, up. */
static void expect_reading(const char *text, double latitude_deg, const char *what, double east,
                           double north, double up)
{
    cph_array array;
    cph_readings readings;
    cph_directions sources = {0};
    cph_error error;
    const double enu[3] = {east, north, up};
    double u[3];
    open_site(&array, latitude_deg);
    CU_ASSERT_EQUAL_FATAL(cph_directions_add(&sources, text, NULL, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_readings_make(&sources, &array, &readings, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_direction_enu_to_array(&array, enu, u), CPH_OK);
    size_t i = 0;
    while (i < readings.count && strcmp(readings.what[i], what) != 0)
        i++;
    CU_ASSERT_FATAL(i < readings.count);
    for (size_t k = 0; k < 3; k++)
        CU_ASSERT_DOUBLE_EQUAL(readings.direction[3 * i + k], u[k], 1e-12);
    cph_readings_free(&readings);
    cph_directions_free(&sources);
    cph_array_free(&array);
}

static void directions_are_read_in_other_ways(void)
{
    const double c = cos(30 * degree), s = sin(30 * degree);
    /* Azimuth 20, elevation 30: as written, and as somebody else would have written it. */
    const double a = cos(20 * degree), b = sin(20 * degree);
    expect_reading("sky:20,30", 0, "as written", c * b, c * a, s);
    expect_reading("sky:20,30", 0, "azimuth counts the other way", -c * b, c * a, s);
    expect_reading("sky:20,30", 0, "azimuth counts from south", -c * b, -c * a, s);
    expect_reading("sky:20,30", 0, "azimuth counts from south through east", c * b, -c * a, s);
    expect_reading("sky:20,30", 0, "azimuth counts from east through north", c * a, c * b, s);
    expect_reading("sky:20,30", 0, "azimuth counts from east through south", c * a, -c * b, s);
    expect_reading("sky:20,30", 0, "the elevation is a zenith angle", s * b, s * a, c);
    expect_reading("sky:30,20", 0, "elevation stands before azimuth", c * b, c * a, s);
    /* u = (north, -east, up) here; backwards x and y of it would be -north and east. */
    expect_reading("sky:20,30", 0, "array_to_enu is its transpose", -c * b, -c * a, s);
    expect_reading("sky:20,30", 0, "array_to_enu is not to be applied", -c * a, c * b, s);
    /* theta 30, phi 20 of the array: x is north, y west. */
    expect_reading("thetaphi:20,30", 0, "phi stands before theta", -s * b, s * a, c);
    expect_reading("sky:30,20", 0, "it is thetaphi:", -s * b, s * a, c);
    expect_reading("uv:0.3,-0.4", 0, "v stands before u", -0.3, -0.4, sqrt(0.75));
}

/* A sidereal day less 6 h is a quarter turn and 0.2464 degrees. */
static void the_sky_turns(void)
{
    const double beyond = 6 * 15.041068 * degree;
    /* At the equator what rises due east stands overhead a quarter of a day later, and then sets.
     */
    expect_reading("sky:90,0", 0, "the sky is that of 6 h later", cos(beyond), 0, sin(beyond));
    expect_reading("sky:270,0", 0, "the sky is that of 6 h earlier", -cos(beyond), 0, sin(beyond));
    /* At the north pole all goes around from east over south to west. */
    expect_reading("sky:90,0", 90, "the sky is that of 6 h later", cos(beyond), -sin(beyond), 0);
    /* The pole stays. */
    expect_reading("sky:0,52", 52, "the sky is that of 3 h later", 0, cos(52 * degree),
                   sin(52 * degree));
}

CU_TestInfo cph_tests_doctor_readings[] = {
    {"directions are read in other ways", directions_are_read_in_other_ways},
    {"the sky turns", the_sky_turns},
    CU_TEST_INFO_NULL,
};
