/* SPDX-License-Identifier: MIT */
/* Rings and curved arrays: where elements stand, which way they face, and that nothing is mirrored.
 */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "cophase/array.h"
#include "kernels/core/vec3.h"

/* Rounding of a few operations on numbers of order 1. */
static const double tight = 1e-14;

static void is_at(const double r[3], double x, double y, double z)
{
    CU_ASSERT_DOUBLE_EQUAL(r[0], x, tight);
    CU_ASSERT_DOUBLE_EQUAL(r[1], y, tight);
    CU_ASSERT_DOUBLE_EQUAL(r[2], z, tight);
}

/* Where the element's own axis k points: column k of `axes`. */
static void own_axis(const cph_element *element, int k, double axis[3])
{
    for (int i = 0; i < 3; i++)
        axis[i] = element->axes[3 * i + k];
}

static void axis_is(const cph_element *element, int k, double x, double y, double z)
{
    double axis[3];
    own_axis(element, k, axis);
    is_at(axis, x, y, z);
}

/* Orthonormal, right-handed. */
static void is_rotation(const cph_element *element)
{
    double axis[3][3], third[3];
    for (int k = 0; k < 3; k++)
        own_axis(element, k, axis[k]);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            CU_ASSERT_DOUBLE_EQUAL(cph_dot3(axis[i], axis[j]), i == j ? 1.0 : 0.0, tight);
    cph_cross3(axis[0], axis[1], third);
    is_at(third, axis[2][0], axis[2][1], axis[2][2]);
}

static void rings_begin_on_x_and_go_toward_y(void)
{
    cph_array array;
    const double radius = 8 * 0.5 / (2 * M_PI), h = sqrt(0.5);
    CU_ASSERT_EQUAL_FATAL(cph_array_circle(8, 0.5, &array), CPH_OK);
    CU_ASSERT_EQUAL(array.elements, 8);
    is_at(array.element[0].position, radius, 0, 0);
    is_at(array.element[1].position, radius * h, radius * h, 0);
    is_at(array.element[2].position, 0, radius, 0);
    is_at(array.element[7].position, radius * h, -radius * h, 0);
    axis_is(&array.element[3], 2, 0, 0, 1);
    axis_is(&array.element[3], 0, 1, 0, 0);
    CU_ASSERT_STRING_EQUAL(array.label, "circle:8,500mm");
    CU_ASSERT(array.has_positions && array.frame == CPH_FRAME_ARRAY && array.pitch_m == 0.5);
    cph_array_free(&array);
}

/* Steps of 30 degrees around y: the last of three is toward +x, and its own x axis dips. */
static void cylinders_bend_about_y(void)
{
    cph_array array;
    const double radius = 2.0, step = M_PI / 6, c = cos(step), s = sin(step);
    CU_ASSERT_EQUAL_FATAL(cph_array_cylinder(3, 2, radius * step, radius, &array), CPH_OK);
    CU_ASSERT_EQUAL(array.elements, 6);
    const double y = 0.5 * radius * step;
    is_at(array.element[0].position, -radius * s, -y, -radius * (1 - c));
    is_at(array.element[1].position, 0, -y, 0);
    is_at(array.element[2].position, radius * s, -y, -radius * (1 - c));
    is_at(array.element[5].position, radius * s, y, -radius * (1 - c));
    axis_is(&array.element[2], 2, s, 0, c);
    axis_is(&array.element[2], 0, c, 0, -s);
    axis_is(&array.element[2], 1, 0, 1, 0);
    axis_is(&array.element[0], 2, -s, 0, c);
    axis_is(&array.element[4], 2, 0, 0, 1);
    for (size_t n = 0; n < array.elements; n++)
        is_rotation(&array.element[n]);
    cph_array_free(&array);
}

static void cylinders_close_but_never_overlap(void)
{
    cph_array array;
    const double d = 2 * M_PI / 12; /* twelve fill a radius of 1 */
    CU_ASSERT_EQUAL_FATAL(cph_array_cylinder(12, 1, d, 1.0, &array), CPH_OK);
    for (size_t n = 0; n < 12; n++) {
        const double *r = array.element[n].position, *next = array.element[(n + 1) % 12].position;
        CU_ASSERT_DOUBLE_EQUAL(hypot(r[0], r[2] + 1.0), 1.0, tight);
        CU_ASSERT_DOUBLE_EQUAL(hypot(r[0] - next[0], r[2] - next[2]), 2 * sin(d / 2), tight);
        is_rotation(&array.element[n]);
    }
    cph_array_free(&array);
    array.elements = 99;
    CU_ASSERT_EQUAL(cph_array_cylinder(13, 1, d, 1.0, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_cylinder(3, 1, 0.1, 0.0, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_cylinder(3, 1, 0.1, -1.0, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_cylinder(3, 1, 0.1, NAN, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_cylinder(3, 1, -0.1, -1.0, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_cylinder(3, SIZE_MAX / 2, 0.1, 1.0, &array), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(array.elements, 99);
}

/* Every element stands on the sphere and faces away from its centre; a cap of height h has the area
 * 2 pi R h, and rho^2 = 2 R h makes that the area of the plane's disc. */
static void spheres_keep_areas_and_face_outward(void)
{
    cph_array array, flat;
    const double radius = 1.5, d = 0.1;
    CU_ASSERT_EQUAL_FATAL(cph_array_sphere(300, d, radius, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(300, d, &flat), CPH_OK);
    for (size_t n = 0; n < array.elements; n++) {
        const double *r = array.element[n].position, *p = flat.element[n].position;
        const double out[3] = {r[0] / radius, r[1] / radius, r[2] / radius + 1.0};
        CU_ASSERT_DOUBLE_EQUAL(cph_norm3(out), 1.0, tight);
        axis_is(&array.element[n], 2, out[0], out[1], out[2]);
        is_rotation(&array.element[n]);
        CU_ASSERT_DOUBLE_EQUAL(-r[2] * 2 * radius, p[0] * p[0] + p[1] * p[1], tight);
        CU_ASSERT_DOUBLE_EQUAL(atan2(r[1], r[0]), atan2(p[1], p[0]), 1e-12);
    }
    CU_ASSERT_STRING_EQUAL(array.label, "sphere:300,100mm,1500mm");
    cph_array_free(&array);
    cph_array_free(&flat);
    array.elements = 99;
    /* The whole sphere has 4 pi R^2 / (d^2 sqrt(3) / 2) places. */
    CU_ASSERT_EQUAL(cph_array_sphere(300, 0.1, 0.3, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_sphere(7, 0.1, 0.0, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_sphere(7, 0.1, INFINITY, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_array_sphere(0, 0.1, 1.0, &array), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(array.elements, 99);
}

/* Bent by 1 / 10^7 of its size an array is flat to 10^-7 of it. */
static void large_radii_are_flat(void)
{
    cph_array bent, flat;
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(5, 3, 0.1, &flat), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_array_cylinder(5, 3, 0.1, 1e7, &bent), CPH_OK);
    for (size_t n = 0; n < flat.elements; n++) {
        const double *r = bent.element[n].position, *p = flat.element[n].position;
        CU_ASSERT(fabs(r[0] - p[0]) < 1e-8 && r[1] == p[1] && fabs(r[2]) < 1e-8);
    }
    cph_array_free(&bent);
    cph_array_free(&flat);
}

static void elements_turn_by_the_shortest_way(void)
{
    static const double normals[][3] = {{0.3, -0.5, 0.8},    {-2, 1, -7},     {0, 0, 5},
                                        {1e-9, -2e-9, -1},   {0, -3, 0},      {1, 0, 0},
                                        {1e-200, 0, 1e-200}, {3e-5, 4e-5, -1}};
    for (size_t i = 0; i < sizeof normals / sizeof normals[0]; i++) {
        const double *n = normals[i];
        cph_element element = {.number = 7};
        CU_ASSERT_EQUAL(cph_element_face(&element, n), CPH_OK);
        const double length = hypot(hypot(n[0], n[1]), n[2]);
        const double cosine = n[2] / length;
        axis_is(&element, 2, n[0] / length, n[1] / length, cosine);
        is_rotation(&element);
        /* The trace of a rotation is 1 + 2 cos of its angle: that from z to n and no more. */
        CU_ASSERT_DOUBLE_EQUAL(element.axes[0] + element.axes[4] + element.axes[8],
                               1.0 + 2.0 * cosine, tight);
        CU_ASSERT_EQUAL(element.number, 7);
    }
    static const double back[3] = {0, 0, -2}, none[3] = {0, 0, 0}, bad[3] = {NAN, 0, 1};
    cph_element element = {.axes = {9}};
    CU_ASSERT_EQUAL(cph_element_face(&element, none), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_element_face(&element, bad), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(element.axes[0], 9.0);
    CU_ASSERT_EQUAL(cph_element_face(&element, back), CPH_OK);
    axis_is(&element, 2, 0, 0, -1);
    axis_is(&element, 1, 0, 1, 0);
    is_rotation(&element);
}

CU_TestInfo cph_tests_conformal[] = {
    {"rings begin on x and go toward y", rings_begin_on_x_and_go_toward_y},
    {"cylinders bend about y", cylinders_bend_about_y},
    {"cylinders close but never overlap", cylinders_close_but_never_overlap},
    {"spheres keep areas and face outward", spheres_keep_areas_and_face_outward},
    {"large radii are flat", large_radii_are_flat},
    {"elements turn by the shortest way", elements_turn_by_the_shortest_way},
    CU_TEST_INFO_NULL,
};
