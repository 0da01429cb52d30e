/* SPDX-License-Identifier: MIT */
/* Tapers against published windows, and against what defines them. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdbool.h>

#include "cophase/weights.h"

enum { LONG = 1024 };

static void window_is(const cph_taper *taper, const double *half, double tolerance)
{
    double t[5];
    CU_ASSERT_EQUAL_FATAL(cph_taper_line(taper, 5, t), CPH_OK);
    for (size_t n = 0; n < 5; n++)
        CU_ASSERT_DOUBLE_EQUAL(t[n], half[n < 3 ? n : 4 - n], tolerance);
    CU_ASSERT_DOUBLE_EQUAL((t[0] + t[1] + t[2] + t[3] + t[4]) / 5, 1.0, 1e-14);
}

static void taylor_is_the_published_window(void)
{
    window_is(&(cph_taper){.kind = CPH_TAPER_TAYLOR, .nbar = 4, .sll_db = -30.0},
              (double[]){0.5181, 1.2029, 1.5581}, 5e-5);
    window_is(&(cph_taper){.kind = CPH_TAPER_TAYLOR, .nbar = 2, .sll_db = -15.0},
              (double[]){0.87508054, 1.04771499, 1.15440894}, 1e-8);
    window_is(&(cph_taper){.kind = CPH_TAPER_UNIFORM}, (double[]){1, 1, 1}, 0.0);
}

/* Amplitude at u bins (periods over the aperture), relative to the sum; real by symmetry. */
static double spectrum(const double *t, double u)
{
    double sum = 0.0, all = 0.0;
    for (size_t n = 0; n < LONG; n++) {
        sum += t[n] * cos(2 * M_PI * u * ((double)n + 0.5 - LONG / 2.0) / LONG);
        all += t[n];
    }
    return sum / all;
}

/* Amplitude of the continuous line 1 + 2 sum F_m cos(2 pi m s), as the coefficients are exact. */
static double continuous(const double f[3], double u)
{
    double sum = sin(M_PI * u) / (M_PI * u);
    for (int m = 1; m <= 3; m++)
        sum += f[m - 1] *
               (sin(M_PI * (u - m)) / (M_PI * (u - m)) + sin(M_PI * (u + m)) / (M_PI * (u + m)));
    return sum;
}

static double zero_between(const double f[3], double low, double high)
{
    const bool rises = continuous(f, low) < 0.0;
    CU_ASSERT(continuous(f, low) * continuous(f, high) < 0.0);
    while (high - low > 1e-12) {
        const double middle = 0.5 * (low + high);
        if ((continuous(f, middle) < 0.0) == rises)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Bins 1 to nbar - 1 of the spectrum are the coefficients; its zeros stand at
 * sigma (A^2 + (m - 1/2)^2)^(1/2): two of them are A and sigma, the third follows. */
static void taylor_has_the_published_constants(void)
{
    static const double published[3] = {0.292656, -0.015784, 0.002181};
    double t[LONG], f[3];
    CU_ASSERT_EQUAL_FATAL(
        cph_taper_line(&(cph_taper){.kind = CPH_TAPER_TAYLOR, .nbar = 4, .sll_db = -30.0}, LONG, t),
        CPH_OK);
    for (int m = 1; m <= 3; m++) {
        f[m - 1] = spectrum(t, m);
        CU_ASSERT_DOUBLE_EQUAL(f[m - 1], published[m - 1], 1e-6);
    }
    CU_ASSERT_DOUBLE_EQUAL(spectrum(t, 4.0), 0.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(spectrum(t, 5.0), 0.0, 1e-12);
    const double first = zero_between(f, 1.3, 1.7), second = zero_between(f, 1.9, 2.4);
    const double third = zero_between(f, 2.7, 3.3);
    const double sigma = sqrt((second * second - first * first) / 2.0);
    const double a = sqrt(first * first / (sigma * sigma) - 0.25);
    CU_ASSERT_DOUBLE_EQUAL(a, 1.319959, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(sigma, 1.069339, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(third, sigma * sqrt(a * a + 6.25), 1e-9);
}

static double width_at(const double *t, double level_db)
{
    const double level = pow(10.0, level_db / 20);
    double low = 0.0, high = 1.0;
    while (high - low > 1e-9) {
        double middle = 0.5 * (low + high);
        if (spectrum(t, middle) > level)
            low = middle;
        else
            high = middle;
    }
    return low + high;
}

/* The sidelobes fall off after the first few. */
static double highest_sidelobe(const double *t)
{
    const double step = 1.0 / 64;
    double highest = 0.0;
    for (int n = 0; n < 660; n++) { /* from 1.7 to 12 */
        double u = 1.7 + n * step, y[3];
        for (int i = 0; i < 3; i++)
            y[i] = fabs(spectrum(t, u + (i - 1) * step));
        if (y[1] < y[0] || y[1] < y[2])
            continue;
        double slope = y[2] - y[0], bend = y[0] - 2 * y[1] + y[2];
        highest = fmax(highest, y[1] - slope * slope / (8 * bend));
    }
    return highest;
}

static void taylor_has_the_published_sidelobe_and_width(void)
{
    double t[LONG];
    CU_ASSERT_EQUAL_FATAL(
        cph_taper_line(&(cph_taper){.kind = CPH_TAPER_TAYLOR, .nbar = 4, .sll_db = -35.0}, LONG, t),
        CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(20 * log10(highest_sidelobe(t)), -35.1672, 0.002);
    /* The published width is that at -3.000 dB; at half power it is 1.1842. */
    CU_ASSERT_DOUBLE_EQUAL(width_at(t, -3.0), 1.1822, 5e-5);
}

static void array_taper_of_a_grid_is_a_product(void)
{
    const cph_taper taper = {.kind = CPH_TAPER_TAYLOR, .nbar = 3, .sll_db = -25.0};
    double x[4], y[3], t[12], r[36];
    CU_ASSERT_EQUAL_FATAL(cph_taper_line(&taper, 4, x), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_taper_line(&taper, 3, y), CPH_OK);
    for (size_t n = 0; n < 12; n++) { /* off centre, with heights as of a real field */
        r[3 * n] = 7.0 + 0.3 * (double)(n % 4);
        r[3 * n + 1] = -2.0 + 0.3 * (double)(n / 4);
        r[3 * n + 2] = 0.01 * (double)n;
    }
    for (int given = 0; given < 2; given++) {
        CU_ASSERT_EQUAL_FATAL(cph_taper_array(&taper, 12, r, given ? 0.3 : 0.0, t), CPH_OK);
        for (size_t n = 0; n < 12; n++)
            CU_ASSERT_DOUBLE_EQUAL(t[n], x[n % 4] * y[n / 4], 1e-12);
    }
}

static void array_taper_of_a_line_is_the_line_taper(void)
{
    const cph_taper taper = {.kind = CPH_TAPER_TAYLOR, .nbar = 4, .sll_db = -30.0};
    double line[5], t[5];
    CU_ASSERT_EQUAL_FATAL(cph_taper_line(&taper, 5, line), CPH_OK);
    for (size_t axis = 0; axis < 3; axis++) {
        double r[15] = {0};
        for (size_t n = 0; n < 5; n++)
            r[3 * n + axis] = 0.1 * (double)n;
        CU_ASSERT_EQUAL(cph_taper_array(&taper, 5, r, 0.1, t), CPH_OK);
        for (size_t n = 0; n < 5; n++)
            CU_ASSERT_DOUBLE_EQUAL(t[n], line[n], 1e-12);
    }
    CU_ASSERT_EQUAL(cph_taper_array(&taper, 1, (double[3]){4, 5, 6}, 0.0, t), CPH_OK);
    CU_ASSERT_EQUAL(t[0], 1.0);
}

static void bad_tapers_are_refused(void)
{
    double t[2] = {7, 7};
    const double r[6] = {0, 0, 0, 1, NAN, 0};
    const cph_taper bad[] = {
        {.kind = CPH_TAPER_TAYLOR, .nbar = 0, .sll_db = -30.0},
        {.kind = CPH_TAPER_TAYLOR, .nbar = CPH_TAYLOR_NBAR_MAX + 1, .sll_db = -30.0},
        {.kind = CPH_TAPER_TAYLOR, .nbar = 4, .sll_db = 0.0},
        {.kind = CPH_TAPER_TAYLOR, .nbar = 4, .sll_db = NAN},
        {.kind = CPH_TAPER_COUNT}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_EQUAL(cph_taper_line(&bad[i], 2, t), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_taper_line(&(cph_taper){0}, 0, t), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_taper_array(&(cph_taper){0}, 2, r, 0.0, t), CPH_ERR_NOT_FINITE);
    CU_ASSERT(t[0] == 7 && t[1] == 7);
    CU_ASSERT_STRING_EQUAL(cph_taper_name(CPH_TAPER_TAYLOR), "taylor");
    CU_ASSERT_PTR_NULL(cph_taper_name(CPH_TAPER_COUNT));
}

CU_TestInfo cph_tests_taper[] = {
    {"Taylor is the published window", taylor_is_the_published_window},
    {"Taylor has the published constants", taylor_has_the_published_constants},
    {"Taylor has the published sidelobe and width", taylor_has_the_published_sidelobe_and_width},
    {"the array taper of a grid is a product", array_taper_of_a_grid_is_a_product},
    {"the array taper of a line is the line taper", array_taper_of_a_line_is_the_line_taper},
    {"bad tapers are refused", bad_tapers_are_refused},
    CU_TEST_INFO_NULL,
};
