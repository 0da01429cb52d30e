/* SPDX-License-Identifier: MIT */
/* Patterns of arrays whose elements have one, against closed forms. */
#include "tests/unit/pattern_rig.h"

static cph_pattern_metrics metrics_with(const rig *r, const cph_element_pattern *element)
{
    cph_pattern_metrics m = {0};
    cph_pattern_input input = input_of(r);
    input.element = element;
    CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(&input, &m), CPH_OK);
    return m;
}

static double ratio(double db)
{
    return pow(10.0, db / 10.0);
}

/* cos^q of the power: 2 (q + 1). The quarter-wave dipole over ground is Balanis's 7.5 dB. */
static void single_elements_have_their_directivity(void)
{
    rig one = ula(1, 0.5);
    static const double q[] = {0, 1, 3, 1.5, 0.5};
    for (size_t i = 0; i < 5; i++) {
        const cph_element_pattern cosine = {.kind = CPH_ELEMENT_COSINE, .q = q[i]};
        CU_ASSERT_DOUBLE_EQUAL(ratio(metrics_with(&one, &cosine).directivity_db), 2 * (q[i] + 1),
                               5e-5);
    }
    const cph_element_pattern dipole = {.kind = CPH_ELEMENT_DIPOLE, .height_wl = 0.25, .axis = 1};
    CU_ASSERT_DOUBLE_EQUAL(metrics_with(&one, &dipole).directivity_db, 7.5, 0.05);
    release(&one);
}

/* A plane of cosine elements: exp(j k u.d) cos(theta) averages to J1(x) / x / 2, x = k |d|
 * (Sonine's first integral of order 0). */
static void cosine_elements_have_the_directivity_of_the_closed_form(void)
{
    rig r = ura(9, 6, 0.7);
    const cph_element_pattern cosine = {.kind = CPH_ELEMENT_COSINE, .q = 1};
    double mean = 0.0;
    steer(&r, 0.3, -0.5);
    for (size_t m = 0; m < r.n; m++)
        for (size_t n = 0; n < r.n; n++) {
            const double x = 2 * M_PI / wl *
                             hypot(r.position[3 * m] - r.position[3 * n],
                                   r.position[3 * m + 1] - r.position[3 * n + 1]);
            const double product = r.w[m].re * r.w[n].re + r.w[m].im * r.w[n].im;
            mean += product * (x > 0.0 ? j1(x) / x : 0.5) / 2.0;
        }
    const cph_pattern_metrics m = metrics_with(&r, &cosine);
    CU_ASSERT_DOUBLE_EQUAL(mean * ratio(m.directivity_db - m.peak_power_db), 1.0, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(m.look_power_db, 10 * log10(sqrt(1 - 0.09 - 0.25)), 1e-9);
    release(&r);
}

/* Two elements along y: 4 cos^2(pi d v / wl) times w^q has its slope 0 where both slopes meet. */
static void peak_leans_to_boresight_where_the_slopes_meet(void)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(1, 2, 0.5 * wl, &array), CPH_OK);
    rig r = rig_of(&array);
    const cph_element_pattern cosine = {.kind = CPH_ELEMENT_COSINE, .q = 2};
    steer(&r, 0.0, 0.6);
    const cph_pattern_metrics m = metrics_with(&r, &cosine);
    const double v = m.peak[1], k = M_PI * 0.5;
    CU_ASSERT(v > 0.1 && v < 0.6);
    CU_ASSERT_DOUBLE_EQUAL(2 * k * tan(k * (v - 0.6)) + 2 * v / (1 - v * v), 0.0, 1e-6);
    release(&r);
}

/* Dense points of cos^2: between them within the cube of the step, the directivity is 6. */
static void table_of_a_cosine_is_the_cosine(void)
{
    double theta[180], power_db[180];
    for (size_t i = 0; i < 180; i++) {
        theta[i] = (double)i * M_PI / 360;
        power_db[i] = 20 * log10(cos(theta[i]));
    }
    cph_element_table table;
    CU_ASSERT_EQUAL_FATAL(cph_element_table_make(180, theta, power_db, &table), CPH_OK);
    const cph_element_pattern element = {.kind = CPH_ELEMENT_TABLE, .table = &table};
    rig one = ula(1, 0.5);
    CU_ASSERT_DOUBLE_EQUAL(ratio(metrics_with(&one, &element).directivity_db), 6.0, 1e-4);
    release(&one);
    for (int i = 0; i < 100; i++) {
        const double x = 0.0151 * i, u[3] = {sin(x), 0, cos(x)};
        CU_ASSERT_DOUBLE_EQUAL(cph_element_power(&element, u), cos(x) * cos(x), 1e-5);
    }
    CU_ASSERT_EQUAL(cph_element_power(&element, (double[3]){0, 1, 0}), 0.0);
    CU_ASSERT_EQUAL(cph_element_power(&element, (double[3]){0, 0, -1}), 0.0);
    theta[5] = theta[4];
    CU_ASSERT_EQUAL(cph_element_table_make(180, theta, power_db, &table), CPH_ERR_ARGUMENT);
    theta[0] = NAN;
    CU_ASSERT_EQUAL(cph_element_table_make(180, theta, power_db, &table), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(table.points, 180);
}

/* No piece between two points leaves their range. */
static void table_does_not_overshoot(void)
{
    static const double theta[] = {0, 0.3, 0.4, 0.9, 1.5}, db[] = {0, 0, -20, -20.5, -3};
    cph_element_table table;
    CU_ASSERT_EQUAL_FATAL(cph_element_table_make(5, theta, db, &table), CPH_OK);
    const cph_element_pattern element = {.kind = CPH_ELEMENT_TABLE, .table = &table};
    for (size_t k = 0; k + 1 < 5; k++)
        for (int i = 0; i <= 20; i++) {
            const double x = theta[k] + (theta[k + 1] - theta[k]) * i / 20;
            const double u[3] = {0, sin(x), cos(x)};
            const double level = 10 * log10(cph_element_power(&element, u));
            CU_ASSERT(level >= fmin(db[k], db[k + 1]) - 1e-9);
            CU_ASSERT(level <= fmax(db[k], db[k + 1]) + 1e-9);
        }
}

static void responses_carry_the_element(void)
{
    rig r = ula(3, 0.5);
    const cph_element_pattern dipole = {.kind = CPH_ELEMENT_DIPOLE, .height_wl = 0.2, .axis = 0};
    const double u[9] = {0.6, 0.0, 0.8, 0.0, 0.6, 0.8, 0.6, 0.0, -0.8};
    cph_c64 plain[3], y[3];
    cph_pattern_input input = input_of(&r);
    CU_ASSERT_EQUAL_FATAL(cph_pattern_response(&input, 3, u, plain), CPH_OK);
    input.element = &dipole;
    CU_ASSERT_EQUAL_FATAL(cph_pattern_response(&input, 3, u, y), CPH_OK);
    const double ground = 2 * sin(2 * M_PI * 0.2 * 0.8);
    const double own[2] = {cos(0.3 * M_PI) / 0.8, 1.0};
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_DOUBLE_EQUAL(y[i].re, plain[i].re * own[i] * ground, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(y[i].im, plain[i].im * own[i] * ground, 1e-12);
    }
    CU_ASSERT(y[2].re == 0.0 && y[2].im == 0.0);
    input.element = &(cph_element_pattern){.kind = CPH_ELEMENT_DIPOLE, .height_wl = 0.0};
    CU_ASSERT_EQUAL(cph_pattern_response(&input, 3, u, y), CPH_ERR_ARGUMENT);
    release(&r);
}

static void beyond_the_edge_nothing_is_radiated(void)
{
    static const double theta[3] = {0.0, 0.3, 0.7}, db[3] = {0.0, -1.0, -4.0};
    cph_element_table table;
    CU_ASSERT_EQUAL_FATAL(cph_element_table_make(3, theta, db, &table), CPH_OK);
    const cph_element_pattern element = {.kind = CPH_ELEMENT_TABLE, .table = &table};
    const double edge = cph_element_edge(&element);
    CU_ASSERT_EQUAL(edge, 0.7);
    for (int i = 0; i < 2; i++) {
        const double at = edge + (i == 0 ? -1e-3 : 1e-3), u[3] = {sin(at), 0.0, cos(at)};
        CU_ASSERT_EQUAL(cph_element_power(&element, u) > 0.0, i == 0);
    }
    const cph_element_pattern cosine = {.kind = CPH_ELEMENT_COSINE, .q = 1.0};
    CU_ASSERT_EQUAL(cph_element_edge(&cosine), 0.5 * M_PI);
    CU_ASSERT_EQUAL(cph_element_edge(NULL), 0.5 * M_PI);
}

CU_TestInfo cph_tests_pattern_element[] = {
    {"beyond the edge nothing is radiated", beyond_the_edge_nothing_is_radiated},
    {"single elements have their directivity", single_elements_have_their_directivity},
    {"cosine elements have the directivity of the closed form",
     cosine_elements_have_the_directivity_of_the_closed_form},
    {"the peak leans to boresight where the slopes meet",
     peak_leans_to_boresight_where_the_slopes_meet},
    {"a table of a cosine is the cosine", table_of_a_cosine_is_the_cosine},
    {"a table does not overshoot", table_does_not_overshoot},
    {"responses carry the element", responses_carry_the_element},
    CU_TEST_INFO_NULL,
};
