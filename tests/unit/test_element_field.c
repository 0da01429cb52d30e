/* SPDX-License-Identifier: MIT */
/* Sampled far fields and polarisations, against closed forms. */
#include "tests/unit/field_rig.h"

/* Degree 5 in all, steps of 5 degrees. */
static const double step_error = 0.0049 * 0.0069003, left_out = 1e-5;

static void samples_give_the_field_everywhere(void)
{
    const double bound = (step_error + left_out) * most_of(&lopsided);
    const cph_element_field even = field_of(&lopsided, 37, 24, M_PI, 0.1);
    const cph_element_field odd = field_of(&lopsided, 37, 11, M_PI, -M_PI);
    CU_ASSERT(even.sphere && even.orders <= 5 && odd.orders <= 5);
    for (int i = 0; i < 1000; i++) {
        double u[3];
        spiral(i, 1000, u);
        CU_ASSERT(miss(&lopsided, &even, u) < bound);
        CU_ASSERT(miss(&lopsided, &odd, u) < bound);
    }
    static const double edge[][3] = {{0, 0, 1},        {0, 0, -1},    {1e-9, -1e-9, 1},
                                     {-1e-3, 2e-3, 1}, {1e-3, 0, -1}, {1, -1e-12, 0},
                                     {1, 1e-12, 0}};
    for (size_t i = 0; i < sizeof edge / sizeof edge[0]; i++) {
        double u[3];
        const double length = sqrt(dot(edge[i], edge[i]));
        for (int k = 0; k < 3; k++)
            u[k] = edge[i][k] / length;
        CU_ASSERT(miss(&lopsided, &even, u) < bound);
    }
    cph_element_field_free((cph_element_field *)&even);
    cph_element_field_free((cph_element_field *)&odd);
}

static void part_of_a_sphere_ends(void)
{
    const double bound = (5.0 * step_error + left_out) * most_of(&lopsided);
    const double last = 100 * M_PI / 180;
    cph_element_field part = field_of(&lopsided, 21, 16, last, 0.0);
    const cph_element_pattern element = {.kind = CPH_ELEMENT_FIELD, .field = &part};
    CU_ASSERT_FALSE(part.sphere);
    for (int i = 0; i < 1000; i++) {
        double u[3];
        spiral(i, 1000, u);
        const bool within = acos(u[2]) < last;
        CU_ASSERT(within ? miss(&lopsided, &part, u) < bound
                         : cph_element_power(&element, u) == 0.0);
    }
    cph_element_field_free(&part);
}

/* Cuts at 0, 45, 90, 135 degrees and beyond hold what a round element with any polarisation has. */
static void eight_azimuths_hold_a_round_element(void)
{
    const known round = {.p = {{0.6, 0.1}, {0.2, -0.8}, {0, 0}}, .lean = {0, 0, 0.7}};
    cph_element_field field = field_of(&round, 37, 8, M_PI, 0.0);
    CU_ASSERT(field.orders <= 2);
    for (int i = 0; i < 200; i++) {
        double u[3];
        spiral(i, 200, u);
        CU_ASSERT(miss(&round, &field, u) < (step_error + left_out) * most_of(&round));
    }
    cph_element_field_free(&field);
}

static void what_is_no_field_is_refused(void)
{
    cph_c64 e[12 * 8] = {{0}};
    cph_element_field field = {.thetas = 99};
    CU_ASSERT_EQUAL(cph_element_field_make(5, 8, 1, 0, e, e, &field), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_element_field_make(12, 1, 1, 0, e, e, &field), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_element_field_make(12, 8, 3.2, 0, e, e, &field), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_element_field_make(12, 8, NAN, 0, e, e, &field), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_element_field_make(SIZE_MAX / 4, 8, 1, 0, e, e, &field), CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(cph_element_field_make(12, 8, 1, 0, e, e, &field), CPH_ERR_MISSING);
    e[95].im = INFINITY;
    CU_ASSERT_EQUAL(cph_element_field_make(12, 8, 1, 0, e, e, &field), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(field.thetas, 99);
}

/* x' = theta^ cos phi - phi^ sin phi, y' = theta^ sin phi + phi^ cos phi, right-handed with u. */
static void vectors_are_those_of_ludwig_3(void)
{
    for (int i = 0; i < 50; i++) {
        double u[3], x[3], y[3];
        spiral(i, 50, u);
        const double t = acos(u[2]), p = atan2(u[1], u[0]);
        const double along[3] = {cos(t) * cos(p), cos(t) * sin(p), -sin(t)};
        const double around[3] = {-sin(p), cos(p), 0};
        cph_polarization_vectors(u, x, y);
        for (int k = 0; k < 3; k++) {
            CU_ASSERT_DOUBLE_EQUAL(x[k], along[k] * cos(p) - around[k] * sin(p), 1e-14);
            CU_ASSERT_DOUBLE_EQUAL(y[k], along[k] * sin(p) + around[k] * cos(p), 1e-14);
        }
    }
    double x[3], y[3];
    cph_polarization_vectors((const double[3]){0, 0, -1}, x, y);
    CU_ASSERT(x[0] == -1.0 && y[1] == 1.0 && x[1] == 0.0 && y[0] == 0.0);
}

/* A right-hand field turns from x to y as time passes, clockwise for who looks along the wave. */
static void right_hand_turns_from_x_to_y(void)
{
    const cph_c64 field[2] = {{0.8, 0.3}, {0.3, -0.8}}; /* y = -j x */
    cph_polarization_ellipse e;
    const double now[2] = {field[0].re, field[1].re};
    const double later[2] = {-field[0].im, -field[1].im}; /* Re(E exp(j pi / 2)) */
    CU_ASSERT(now[0] * later[1] - now[1] * later[0] > 0.0);
    cph_polarization_measure(field, CPH_POLARIZATION_RHCP, &e);
    CU_ASSERT(e.right);
    CU_ASSERT_DOUBLE_EQUAL(e.axial_ratio_db, 0.0, 1e-12);
    CU_ASSERT(e.cross_db < -300.0);
    const cph_c64 right = cph_polarization_component(field, CPH_POLARIZATION_RHCP);
    CU_ASSERT_DOUBLE_EQUAL(hypot(right.re, right.im), sqrt(2 * (0.64 + 0.09)), 1e-14);
    cph_polarization_measure(field, CPH_POLARIZATION_X, &e);
    CU_ASSERT_DOUBLE_EQUAL(e.cross_db, 0.0, 1e-12);
    /* Half as strong and in quadrature: axial ratio 2, left-hand. */
    const cph_c64 left[2] = {{1, 0}, {0, 0.5}};
    cph_polarization_measure(left, CPH_POLARIZATION_TOTAL, &e);
    CU_ASSERT_FALSE(e.right);
    CU_ASSERT_DOUBLE_EQUAL(e.axial_ratio_db, 20 * log10(2.0), 1e-12);
    CU_ASSERT(isnan(e.cross_db));
    CU_ASSERT_STRING_EQUAL(cph_polarization_name(CPH_POLARIZATION_LHCP), "lhcp");
    CU_ASSERT_PTR_NULL(cph_polarization_name(CPH_POLARIZATION_COUNT));
}

CU_TestInfo cph_tests_element_field[] = {
    {"samples give the field everywhere", samples_give_the_field_everywhere},
    {"part of a sphere ends", part_of_a_sphere_ends},
    {"eight azimuths hold a round element", eight_azimuths_hold_a_round_element},
    {"what is no field is refused", what_is_no_field_is_refused},
    {"vectors are those of Ludwig's third definition", vectors_are_those_of_ludwig_3},
    {"right-hand turns from x to y", right_hand_turns_from_x_to_y},
    CU_TEST_INFO_NULL,
};
