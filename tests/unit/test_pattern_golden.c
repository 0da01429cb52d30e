/* SPDX-License-Identifier: MIT */
/* Pattern metrics against published values and closed forms. */
#include "tests/unit/pattern_rig.h"

/* Half-wavelength lines of isotropic elements: published, or recomputed in double elsewhere. One
 * unit of the last printed digit. */
static void lines_have_their_published_width_sidelobe_and_directivity(void)
{
    static const double chebyshev[] = {1, 1.3555, 1.9679, 2.4787, 2.7695};
    static const double binomial[] = {1, 9, 36, 84, 126};
    static const struct {
        size_t n;
        const double *half; /* weights from the edge to the middle, NULL: uniform */
        double hpbw_deg, psll_db, directivity_db, directivity_unit;
    } row[] = {
        {10, NULL, 10.2092, -12.966, 10.0, 1e-9}, {16, NULL, 6.3587, NAN, NAN, 0},
        {64, NULL, 1.5864, NAN, NAN, 0},          {10, chebyshev, 12.346, NAN, 9.507, 1e-3},
        {10, binomial, 20.22, NAN, 7.317, 1e-3},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        rig r = ula(row[i].n, 0.5);
        for (size_t n = 0; n < r.n && row[i].half != NULL; n++)
            r.w[n].re = row[i].half[n < r.n / 2 ? n : r.n - 1 - n];
        const cph_pattern_metrics m = analyse(&r);
        CU_ASSERT_EQUAL(m.planes, 1);
        CU_ASSERT(isnan(m.hpbw_rad[1]));
        const double unit = row[i].half == NULL ? 1e-4 : i == 3 ? 1e-3 : 1e-2;
        CU_ASSERT_DOUBLE_EQUAL(degrees(m.hpbw_rad[0]), row[i].hpbw_deg, unit);
        if (!isnan(row[i].psll_db))
            CU_ASSERT_DOUBLE_EQUAL(m.psll_db, row[i].psll_db, 1e-3);
        if (!isnan(row[i].directivity_db))
            CU_ASSERT_DOUBLE_EQUAL(m.directivity_db, row[i].directivity_db,
                                   row[i].directivity_unit);
        release(&r);
    }
}

/* A width that others publish, at -3.000 dB: through the response, as the metrics have the one at
 * half power. */
static void line_has_its_published_width_at_three_decibels(void)
{
    rig r = ula(10, 0.5);
    const cph_pattern_input input = input_of(&r);
    double low = 0.0, high = 0.2; /* radians off boresight, well before the first null at u = 0.2 */
    while (high - low > 1e-9) {
        const double middle = 0.5 * (low + high), u[3] = {sin(middle), 0.0, cos(middle)};
        cph_c64 y;
        CU_ASSERT_EQUAL_FATAL(cph_pattern_response(&input, 1, u, &y), CPH_OK);
        if (20.0 * log10(hypot(y.re, y.im) / 10.0) > -3.0)
            low = middle;
        else
            high = middle;
    }
    CU_ASSERT_DOUBLE_EQUAL(degrees(low + high), 10.193, 1e-3);
    release(&r);
}

static void taylor_line_has_its_published_metrics(void)
{
    rig r = ula(10, 0.5);
    const cph_taper taylor = {.kind = CPH_TAPER_TAYLOR, .nbar = 4, .sll_db = -30.0};
    double t[10];
    CU_ASSERT_EQUAL_FATAL(cph_taper_line(&taylor, 10, t), CPH_OK);
    for (size_t n = 0; n < 10; n++)
        r.w[n].re = t[n];
    const cph_pattern_metrics m = analyse(&r);
    CU_ASSERT_DOUBLE_EQUAL(degrees(m.hpbw_rad[0]), 12.9412, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(m.psll_db, -29.243, 1e-3);
    CU_ASSERT_DOUBLE_EQUAL(m.directivity_db, 9.3115, 1e-4);
    release(&r);
}

static void rectangles_have_their_published_directivity(void)
{
    rig small = ura(2, 2, 0.5), large = ura(8, 8, 0.5);
    CU_ASSERT_DOUBLE_EQUAL(analyse(&small).directivity_db, 7.0827, 1e-4);
    const cph_pattern_metrics m = analyse(&large);
    CU_ASSERT_DOUBLE_EQUAL(m.directivity_db, 19.7368, 1e-4);
    CU_ASSERT_EQUAL(m.planes, 2);
    CU_ASSERT_DOUBLE_EQUAL(m.hpbw_rad[0], m.hpbw_rad[1], 1e-7);
    release(&small);
    release(&large);
}

/* At broadside the pattern is the product of two lines', so are its metrics: x is the long axis. */
static void rectangle_is_the_product_of_two_lines(void)
{
    rig r = ura(8, 5, 0.5), x = ula(8, 0.5), y = ula(5, 0.5);
    const cph_pattern_metrics m = analyse(&r), mx = analyse(&x), my = analyse(&y);
    CU_ASSERT_DOUBLE_EQUAL(m.hpbw_rad[0], mx.hpbw_rad[0], 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(m.hpbw_rad[1], my.hpbw_rad[0], 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(m.psll_db, fmax(mx.psll_db, my.psll_db), 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(fabs(m.psll_at[1]), fabs(my.psll_at[0]), 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(m.psll_at[0], 0.0, 1e-6);
    release(&r);
    release(&x);
    release(&y);
}

CU_TestInfo cph_tests_pattern_golden[] = {
    {"lines have their published width, sidelobe and directivity",
     lines_have_their_published_width_sidelobe_and_directivity},
    {"a line has its published width at -3.000 dB", line_has_its_published_width_at_three_decibels},
    {"a Taylor line has its published metrics", taylor_line_has_its_published_metrics},
    {"rectangles have their published directivity", rectangles_have_their_published_directivity},
    {"a rectangle is the product of two lines", rectangle_is_the_product_of_two_lines},
    CU_TEST_INFO_NULL,
};
