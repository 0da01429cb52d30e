/* SPDX-License-Identifier: MIT */
/* Arrays: where the elements of regular arrays stand, and positions in other frames. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>

#include "cophase/array.h"

#define DEG (M_PI / 180.0)

static void element_is_at(const cph_array *array, size_t n, double x, double y)
{
    const double *r = array->element[n].position;
    CU_ASSERT_DOUBLE_EQUAL(r[0], x, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r[1], y, 1e-12);
    CU_ASSERT_EQUAL(r[2], 0.0);
    CU_ASSERT_EQUAL(array->element[n].number, n);
}

static double smallest_distance(const cph_array *array)
{
    double least = INFINITY;
    for (size_t i = 0; i < array->elements; i++)
        for (size_t j = 0; j < i; j++) {
            const double *a = array->element[i].position, *b = array->element[j].position;
            least = fmin(least, hypot(a[0] - b[0], a[1] - b[1]));
        }
    return least;
}

static double largest_radius(const cph_array *array)
{
    double most = 0.0;
    for (size_t n = 0; n < array->elements; n++)
        most = fmax(most, hypot(array->element[n].position[0], array->element[n].position[1]));
    return most;
}

static double mean_offset(const cph_array *array)
{
    double x = 0.0, y = 0.0;
    for (size_t n = 0; n < array->elements; n++) {
        x += array->element[n].position[0];
        y += array->element[n].position[1];
    }
    return hypot(x, y) / (double)array->elements;
}

static void ula_lies_along_x(void)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(4, 0.5, &array), CPH_OK);
    element_is_at(&array, 0, -0.75, 0.0);
    element_is_at(&array, 3, 0.75, 0.0);
    CU_ASSERT(array.has_positions && array.frame == CPH_FRAME_ARRAY && array.pitch_m == 0.5);
    CU_ASSERT(!array.has_array_to_enu && isnan(array.latitude_deg));
    cph_array_free(&array);
}

static void ura_counts_along_x_first(void)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(3, 2, 0.1, &array), CPH_OK);
    CU_ASSERT_EQUAL(array.elements, 6);
    element_is_at(&array, 0, -0.1, -0.05);
    element_is_at(&array, 1, 0.0, -0.05);
    element_is_at(&array, 5, 0.1, 0.05);
    cph_array_free(&array);
}

static void tri_is_a_hexagon_with_rows_along_x(void)
{
    cph_array array;
    const double h = sqrt(0.75);
    CU_ASSERT_EQUAL_FATAL(cph_array_tri(7, 1.0, &array), CPH_OK);
    element_is_at(&array, 0, -0.5, -h);
    element_is_at(&array, 1, 0.5, -h);
    element_is_at(&array, 2, -1.0, 0.0);
    element_is_at(&array, 3, 0.0, 0.0);
    element_is_at(&array, 6, 0.5, h);
    cph_array_free(&array);
    CU_ASSERT_EQUAL_FATAL(cph_array_tri(1261, 2.0, &array), CPH_OK); /* k = 20 */
    CU_ASSERT_DOUBLE_EQUAL(smallest_distance(&array), 2.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(largest_radius(&array), 40.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(mean_offset(&array), 0.0, 1e-12);
    cph_array_free(&array);
}

static void tri_takes_hexagonal_numbers_alone(void)
{
    size_t taken = 0;
    for (size_t n = 0; n <= 100; n++) {
        cph_array array = {.elements = 99};
        cph_status status = cph_array_tri(n, 1.0, &array);
        bool hexagonal = n == 1 || n == 7 || n == 19 || n == 37 || n == 61 || n == 91;
        CU_ASSERT_EQUAL(status, hexagonal ? CPH_OK : CPH_ERR_ARGUMENT);
        CU_ASSERT_EQUAL(array.elements, hexagonal ? n : 99);
        taken += status == CPH_OK;
        if (status == CPH_OK)
            cph_array_free(&array);
    }
    CU_ASSERT_EQUAL(taken, 6);
}

static void disc_takes_the_nearest_sites_and_centres_them(void)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(3, 1.0, &array), CPH_OK);
    /* The centre and its neighbours at 0 and 60 degrees, moved by their mean (1/2, h/3). */
    element_is_at(&array, 0, -0.5, -sqrt(0.75) / 3);
    element_is_at(&array, 1, 0.5, -sqrt(0.75) / 3);
    element_is_at(&array, 2, 0.0, sqrt(0.75) * 2 / 3);
    cph_array_free(&array);
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(13, 1.0, &array), CPH_OK);
    /* Shells of 1, 6 and 6: a star whose points a hexagon of 19 would cut off first. */
    CU_ASSERT_DOUBLE_EQUAL(largest_radius(&array), sqrt(3.0), 1e-12);
    cph_array_free(&array);
}

static void disc_of_1280_is_round(void)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(1280, 0.0128, &array), CPH_OK);
    CU_ASSERT_EQUAL(array.elements, 1280);
    CU_ASSERT_DOUBLE_EQUAL(mean_offset(&array), 0.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(smallest_distance(&array), 0.0128, 1e-12);
    /* Equal areas: pi radius^2 = 1280 cells of sqrt(3)/2 pitch^2; the edge is ragged by less than
     * one cell. */
    double radius = 0.0128 * sqrt(1280.0 * sqrt(0.75) / M_PI);
    CU_ASSERT_DOUBLE_EQUAL(largest_radius(&array), radius, 0.0128);
    cph_array_free(&array);
}

static void bad_shapes_are_refused(void)
{
    cph_array array = {.elements = 99};
    CU_ASSERT_EQUAL(cph_array_ula(0, 1.0, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_ula(3, 0.0, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_disc(0, 1.0, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_disc(7, NAN, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_ura(SIZE_MAX / 2, 3, 1.0, &array), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_array_create(SIZE_MAX / 2, &array), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(array.elements, 99);
}

static void selection_keeps_numbers_and_frame(void)
{
    cph_array array, some;
    const size_t index[2] = {3, 1}, beyond[1] = {5};
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(5, 1.0, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_array_select(&array, index, 2, &some), CPH_OK);
    CU_ASSERT_EQUAL(some.elements, 2);
    CU_ASSERT_EQUAL(some.element[0].number, 3);
    CU_ASSERT_EQUAL(some.element[0].position[0], 1.0);
    CU_ASSERT_EQUAL(some.element[1].number, 1);
    CU_ASSERT(some.has_positions && some.pitch_m == 1.0);
    CU_ASSERT_EQUAL(cph_array_select(&array, beyond, 1, &some), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(some.elements, 2);
    cph_array_free(&some);
    CU_ASSERT_EQUAL_FATAL(cph_array_select(&array, NULL, 0, &some), CPH_OK);
    CU_ASSERT_EQUAL(some.elements, 5);
    cph_array_free(&some);
    cph_array_free(&array);
}

/* At latitude 30, longitude 40 degrees: east, north and up, written in earth-centred axes. */
static void ecef_positions_turn_to_east_north_up(void)
{
    const double sp = sin(30 * DEG), cp = cos(30 * DEG), sl = sin(40 * DEG), cl = cos(40 * DEG);
    const double axis[3][3] = {{-sl, cl, 0}, {-sp * cl, -sp * sl, cp}, {cp * cl, cp * sl, sp}};
    cph_array array;
    double r[9];
    CU_ASSERT_EQUAL_FATAL(cph_array_create(3, &array), CPH_OK);
    CU_ASSERT_EQUAL(cph_array_positions(&array, r), CPH_ERR_MISSING);
    array.frame = CPH_FRAME_ECEF;
    array.has_positions = true;
    for (size_t n = 0; n < 3; n++)
        for (size_t i = 0; i < 3; i++)
            array.element[n].position[i] = (double)(n + 1) * axis[n][i];
    CU_ASSERT_EQUAL(cph_array_positions(&array, r), CPH_ERR_MISSING); /* no site */
    array.latitude_deg = 30;
    array.longitude_deg = 40;
    CU_ASSERT_EQUAL(cph_array_positions(&array, r), CPH_OK);
    for (size_t n = 0; n < 3; n++)
        for (size_t i = 0; i < 3; i++)
            CU_ASSERT_DOUBLE_EQUAL(r[3 * n + i], i == n ? (double)(n + 1) : 0.0, 1e-12);
    cph_array_free(&array);
}

/* The example of reference-values.json: pitch 0.1 m, 1 GHz, 45 degrees from broadside. */
static void phase_steps_along_a_line_as_published(void)
{
    cph_array array;
    double r[15], u[3];
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(5, 0.1, &array), CPH_OK);
    CU_ASSERT_EQUAL(cph_array_positions(&array, r), CPH_OK);
    cph_direction_from_azel(45 * DEG, 0.0, u);
    for (size_t n = 1; n < 5; n++) {
        double path = 0.0;
        for (size_t i = 0; i < 3; i++)
            path += u[i] * (r[3 * n + i] - r[3 * (n - 1) + i]);
        CU_ASSERT_DOUBLE_EQUAL(2 * M_PI * 1e9 * path / CPH_SPEED_OF_LIGHT, 1.4819862, 1e-7);
    }
    cph_array_free(&array);
}

CU_TestInfo cph_tests_array[] = {
    {"ula lies along x", ula_lies_along_x},
    {"ura counts along x first", ura_counts_along_x_first},
    {"tri is a hexagon with rows along x", tri_is_a_hexagon_with_rows_along_x},
    {"tri takes hexagonal numbers alone", tri_takes_hexagonal_numbers_alone},
    {"disc takes the nearest sites, centred", disc_takes_the_nearest_sites_and_centres_them},
    {"disc of 1280 is round", disc_of_1280_is_round},
    {"bad shapes are refused", bad_shapes_are_refused},
    {"a selection keeps numbers and frame", selection_keeps_numbers_and_frame},
    {"ecef positions turn to east, north, up", ecef_positions_turn_to_east_north_up},
    {"phase steps along a line as published", phase_steps_along_a_line_as_published},
    CU_TEST_INFO_NULL,
};
