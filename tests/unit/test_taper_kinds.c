/* SPDX-License-Identifier: MIT */
/* Tapers other than Taylor's line: published windows, the zeros and levels that define them. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "cophase/weights.h"

enum { LONG = 1024, ODD = 41 };

static void line(const cph_taper *taper, size_t n, double *t)
{
    CU_ASSERT_EQUAL_FATAL(cph_taper_line(taper, n, t), CPH_OK);
}

/* half[] from the edge to the middle, in any scale. */
static void window_is(const cph_taper *taper, size_t n, const double *half, double tolerance)
{
    double t[16];
    line(taper, n, t);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_DOUBLE_EQUAL(t[i] / t[0], half[i < (n + 1) / 2 ? i : n - 1 - i] / half[0],
                               tolerance);
}

static void chebyshev_is_the_published_window(void)
{
    static const double seven[] = {1, 0.519052, 0.586406, 0.610152};
    static const double ten[] = {1, 1.3555, 1.9679, 2.4787, 2.7695};
    window_is(&(cph_taper){.kind = CPH_TAPER_CHEBYSHEV, .sll_db = -10}, 7, seven, 1e-6);
    window_is(&(cph_taper){.kind = CPH_TAPER_CHEBYSHEV, .sll_db = -26}, 10, ten, 5e-5);
    window_is(&(cph_taper){.kind = CPH_TAPER_CHEBYSHEV, .sll_db = -26}, 1, ten, 0);
}

static void binomial_is_the_row_of_the_triangle(void)
{
    static const double ten[] = {1, 9, 36, 84, 126}, seven[] = {1, 6, 15, 20};
    window_is(&(cph_taper){.kind = CPH_TAPER_BINOMIAL}, 10, ten, 1e-9);
    window_is(&(cph_taper){.kind = CPH_TAPER_BINOMIAL}, 7, seven, 1e-9);
}

/* Even part of the spectrum at a phase step psi, relative to the sum. */
static double response(const double *t, size_t n, double psi)
{
    double sum = 0.0, all = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += t[i] * cos(psi * ((double)i - 0.5 * ((double)n - 1.0)));
        all += t[i];
    }
    return sum / all;
}

/* N - 1 zeros on the circle, all sidelobes at the level: the extrema over psi are where the
 * argument of the polynomial is an extremum. */
static void chebyshev_sidelobes_are_all_equal(void)
{
    double t[ODD];
    line(&(cph_taper){.kind = CPH_TAPER_CHEBYSHEV, .sll_db = -40}, ODD, t);
    const double x0 = cosh(acosh(100.0) / (ODD - 1));
    for (int k = 1; k < ODD - 1; k++) {
        const double psi = 2.0 * acos(cos(M_PI * k / (ODD - 1)) / x0);
        CU_ASSERT_DOUBLE_EQUAL(response(t, ODD, psi), (k % 2 == 0 ? 1 : -1) * 0.01, 1e-12);
    }
}

/* Sum of t sin at u periods over the aperture: the difference pattern, up to j. */
static double difference(const double *t, double u)
{
    double sum = 0.0;
    for (size_t i = 0; i < LONG; i++)
        sum += t[i] * sin(2.0 * M_PI * u * ((double)i + 0.5 - LONG / 2.0) / LONG);
    return sum / LONG;
}

enum { BAYLISS_TERMS = 6 };

/* The difference pattern of the continuous line sum B_m sin(2 pi (m + 1/2) s). */
static double continuous(const double b[BAYLISS_TERMS], double u)
{
    double sum = 0.0;
    for (int m = 0; m < BAYLISS_TERMS; m++) {
        const double x = M_PI * (u - m - 0.5), y = M_PI * (u + m + 0.5);
        sum += 0.5 * b[m] * (sin(x) / x - sin(y) / y);
    }
    return sum;
}

static double zero_near(const double b[BAYLISS_TERMS], double u)
{
    double low = u - 0.03, high = u + 0.03;
    const bool rises = continuous(b, low) < 0.0;
    CU_ASSERT(continuous(b, low) * continuous(b, high) < 0.0);
    while (high - low > 1e-12) {
        const double middle = 0.5 * (low + high);
        if ((continuous(b, middle) < 0.0) == rises)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* With nbar = 6 the zeros are sigma xi_n up to the fifth, xi_5 = (A^2 + 25)^(1/2), and sigma =
 * 6.5 / (A^2 + 36)^(1/2): the fifth one gives A, the first four the published xi. */
static void bayliss_has_the_published_constants(void)
{
    static const double xi[4] = {2.0708, 2.6275, 3.4314, 4.3276};
    double t[LONG], b[BAYLISS_TERMS];
    line(&(cph_taper){.kind = CPH_TAPER_BAYLISS, .nbar = BAYLISS_TERMS, .sll_db = -30}, LONG, t);
    for (int m = 0; m < BAYLISS_TERMS; m++)
        b[m] = 2.0 * difference(t, m + 0.5);
    const double last = zero_near(b, 5.49), share = last * last / (6.5 * 6.5);
    const double a = sqrt((36.0 * share - 25.0) / (1.0 - share));
    const double sigma = 6.5 / sqrt(a * a + 36.0);
    CU_ASSERT_DOUBLE_EQUAL(a, 1.6413, 1e-4);
    for (size_t n = 0; n < 4; n++)
        CU_ASSERT_DOUBLE_EQUAL(zero_near(b, sigma * xi[n]) / sigma, xi[n], 1e-4);
}

/* Below nbar the last published xi is stretched to nbar + 1/2; from there on there is a zero at
 * every whole period and a half. */
static void bayliss_has_its_zeros(void)
{
    static const double xi[4] = {2.0708, 2.6275, 3.4314, 4.3276};
    double t[LONG];
    line(&(cph_taper){.kind = CPH_TAPER_BAYLISS, .nbar = 4, .sll_db = -30}, LONG, t);
    for (size_t n = 0; n < 3; n++) {
        const double zero = 4.5 / xi[3] * xi[n];
        CU_ASSERT(difference(t, zero - 2e-4) * difference(t, zero + 2e-4) < 0.0);
    }
    for (int n = 4; n < 8; n++)
        CU_ASSERT_DOUBLE_EQUAL(difference(t, n + 0.5), 0.0, 1e-12);
    for (size_t i = 0; i < LONG; i++)
        CU_ASSERT_DOUBLE_EQUAL(t[i], -t[LONG - 1 - i], 1e-12);
    CU_ASSERT(t[LONG / 2] > 0.0);
}

/* Sidelobes of the difference over its peak: stretched zeros widen it, which lowers them a little.
 */
static void bayliss_sidelobes_are_at_their_level(void)
{
    double t[LONG], peak = 0.0, lobe = 0.0;
    line(&(cph_taper){.kind = CPH_TAPER_BAYLISS, .nbar = 4, .sll_db = -30}, LONG, t);
    for (int k = 0; k < 2000; k++) {
        const double u = 0.01 * k, d = fabs(difference(t, u));
        peak = fmax(peak, u < 2.0 ? d : 0.0);
        lobe = fmax(lobe, u > 2.2 ? d : 0.0);
    }
    CU_ASSERT(lobe < 0.03162277 * peak && lobe > 0.0307 * peak);
}

/* Pattern of a disc whose taper over the radius is the right half of t: midpoints, so within some
 * 1 / LONG^2 of the integral. */
static double disc(const double *t, double u)
{
    double sum = 0.0;
    for (size_t i = LONG / 2; i < LONG; i++) {
        const double r = (2.0 * (double)i + 1.0 - LONG) / LONG;
        sum += t[i] * j0(M_PI * u * r) * r;
    }
    return sum * 4.0 / LONG;
}

static void circular_taylor_has_the_zeros_that_define_it(void)
{
    static const double fourth = 13.323691936314223, fifth = 16.470630050877634;
    const double a = 1.319959; /* of -30 dB, published for the line */
    const double sigma = fourth / M_PI / sqrt(a * a + 3.5 * 3.5);
    double t[LONG];
    line(&(cph_taper){.kind = CPH_TAPER_CIRCULAR_TAYLOR, .nbar = 4, .sll_db = -30}, LONG, t);
    CU_ASSERT_DOUBLE_EQUAL(disc(t, 0.0), 1.0, 1e-5);
    for (int n = 1; n < 4; n++) {
        const double zero = sigma * sqrt(a * a + (n - 0.5) * (n - 0.5));
        CU_ASSERT(disc(t, zero - 1e-3) * disc(t, zero + 1e-3) < 0.0);
    }
    CU_ASSERT_DOUBLE_EQUAL(disc(t, fourth / M_PI), 0.0, 1e-5);
    CU_ASSERT_DOUBLE_EQUAL(disc(t, fifth / M_PI), 0.0, 1e-5);
}

static void shapes_have_their_values(void)
{
    static const struct {
        cph_taper taper;
        double t[4]; /* at s = -3/8, -1/8, 1/8, 3/8 */
    } row[] = {
        {{.kind = CPH_TAPER_HANN}, {0.14644660940672624, 0.85355339059327373}},
        {{.kind = CPH_TAPER_HAMMING}, {0.21473088065418816, 0.86526911934581184}},
        {{.kind = CPH_TAPER_COSINE, .pedestal = 0.25, .power = 1},
         {0.5370125742738173, 0.94290964938355}},
        {{.kind = CPH_TAPER_GAUSSIAN, .edge_db = -20}, {0.2738419634264361, 0.8659643233600653}},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        double t[4];
        line(&row[i].taper, 4, t);
        for (size_t n = 0; n < 4; n++)
            CU_ASSERT_DOUBLE_EQUAL(t[n], row[i].t[n < 2 ? n : 3 - n], 1e-12);
    }
}

/* x fastest, off centre, not square. */
static void grid(double r[36])
{
    for (size_t n = 0; n < 12; n++) {
        r[3 * n] = 7.0 + 0.3 * (double)(n % 4);
        r[3 * n + 1] = -2.0 + 0.3 * (double)(n / 4);
        r[3 * n + 2] = 0.0;
    }
}

static void difference_lies_along_its_axis(void)
{
    double r[36], odd[4], even[4], t[12];
    grid(r);
    for (size_t axis = 0; axis < 2; axis++) {
        const size_t along = axis == 0 ? 4 : 3;
        const cph_taper bayliss = {
            .kind = CPH_TAPER_BAYLISS, .nbar = 3, .sll_db = -25, .axis = axis};
        const cph_taper taylor = {.kind = CPH_TAPER_TAYLOR, .nbar = 3, .sll_db = -25};
        line(&bayliss, along, odd);
        line(&taylor, 7 - along, even);
        CU_ASSERT_EQUAL_FATAL(cph_taper_array(&bayliss, 12, r, 0.3, t), CPH_OK);
        for (size_t n = 0; n < 12; n++) {
            const size_t place[2] = {n % 4, n / 4};
            CU_ASSERT_DOUBLE_EQUAL(t[n], odd[place[axis]] * even[place[1 - axis]], 1e-12);
        }
    }
}

/* No pairs about the middle of the extents: the sum is 0 all the same, what differs is the same
 * everywhere. Along x there is no difference along y. */
static void difference_of_an_uneven_line_has_no_sum(void)
{
    double r[18] = {0}, t[6], even[6], whole[10], sum = 0.0;
    const cph_taper bayliss = {.kind = CPH_TAPER_BAYLISS, .nbar = 3, .sll_db = -25};
    cph_taper along_y = bayliss;
    along_y.axis = 1;
    for (size_t n = 0; n < 6; n++)
        r[3 * n] = 0.3 * (double)(n < 5 ? n : 9); /* places of a line of ten */
    CU_ASSERT_EQUAL_FATAL(cph_taper_array(&bayliss, 6, r, 0.3, t), CPH_OK);
    line(&bayliss, 10, whole);
    for (size_t n = 0; n < 6; n++) {
        even[n] = whole[n < 5 ? n : 9];
        sum += t[n];
    }
    CU_ASSERT_DOUBLE_EQUAL(sum, 0.0, 1e-14);
    for (size_t n = 1; n < 6; n++)
        CU_ASSERT_DOUBLE_EQUAL(t[n] - t[0], even[n] - even[0], 1e-12);
    CU_ASSERT_EQUAL(cph_taper_array(&along_y, 6, r, 0.3, t), CPH_ERR_ARGUMENT);
}

/* In the middle of four by three: radii come from both axes, the corner stands 0.75 of a pitch
 * and a half off. */
static void radial_taper_depends_on_the_distance_alone(void)
{
    static const double edge = -20;
    const cph_taper taper = {
        .kind = CPH_TAPER_GAUSSIAN, .edge_db = edge, .shape = CPH_TAPER_RADIAL};
    double r[36], t[12];
    grid(r);
    CU_ASSERT_EQUAL_FATAL(cph_taper_array(&taper, 12, r, 0.3, t), CPH_OK);
    const double reach = 0.3 * (hypot(1.5, 1.0) + 0.5);
    for (size_t n = 0; n < 12; n++) {
        const double d = hypot(r[3 * n] - 7.45, r[3 * n + 1] + 1.7) / reach;
        CU_ASSERT_DOUBLE_EQUAL(t[n], pow(10.0, edge / 20.0 * d * d), 1e-12);
    }
}

static void points_of_a_window_are_limited(void)
{
    double t[2] = {7, 7};
    const double r[6] = {0, 0, 0, 1, 0, 0};
    CU_ASSERT_EQUAL(cph_taper_array(&(cph_taper){.kind = CPH_TAPER_BINOMIAL}, 2, r, 1e-6, t),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT(t[0] == 7 && t[1] == 7);
}

static void wrong_parameters_are_named(void)
{
    static const struct {
        cph_taper taper;
        const char *named;
    } row[] = {
        {{.kind = CPH_TAPER_BAYLISS, .nbar = 1, .sll_db = -30}, "nbar"},
        {{.kind = CPH_TAPER_BAYLISS, .nbar = 4, .sll_db = -45}, "sll"},
        {{.kind = CPH_TAPER_BAYLISS, .nbar = 4, .sll_db = -30, .axis = 2}, "axis"},
        {{.kind = CPH_TAPER_CHEBYSHEV, .sll_db = NAN}, "sll"},
        {{.kind = CPH_TAPER_COSINE, .pedestal = -0.1, .power = 1}, "pedestal"},
        {{.kind = CPH_TAPER_COSINE}, "power"},
        {{.kind = CPH_TAPER_GAUSSIAN, .edge_db = 1}, "edge"},
        {{.kind = CPH_TAPER_HANN, .shape = (cph_taper_shape)2}, "shape"},
        {{.kind = CPH_TAPER_COUNT}, "taper"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        cph_error error = {.status = CPH_OK};
        CU_ASSERT_EQUAL(cph_taper_check(&row[i].taper, &error), CPH_ERR_ARGUMENT);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.message, row[i].named));
    }
    CU_ASSERT_EQUAL(cph_taper_check(&(cph_taper){.kind = CPH_TAPER_HANN, .nbar = -1}, NULL),
                    CPH_OK);
}

CU_TestInfo cph_tests_taper_kinds[] = {
    {"Chebyshev is the published window", chebyshev_is_the_published_window},
    {"Chebyshev's sidelobes are all equal", chebyshev_sidelobes_are_all_equal},
    {"binomial is the row of the triangle", binomial_is_the_row_of_the_triangle},
    {"Bayliss has the published constants", bayliss_has_the_published_constants},
    {"Bayliss has its zeros", bayliss_has_its_zeros},
    {"Bayliss's sidelobes are at their level", bayliss_sidelobes_are_at_their_level},
    {"circular Taylor has the zeros that define it", circular_taylor_has_the_zeros_that_define_it},
    {"shapes have their values", shapes_have_their_values},
    {"a difference lies along its axis", difference_lies_along_its_axis},
    {"the difference of an uneven line has no sum", difference_of_an_uneven_line_has_no_sum},
    {"a radial taper depends on the distance alone", radial_taper_depends_on_the_distance_alone},
    {"the points of a window are limited", points_of_a_window_are_limited},
    {"wrong parameters are named", wrong_parameters_are_named},
    CU_TEST_INFO_NULL,
};
