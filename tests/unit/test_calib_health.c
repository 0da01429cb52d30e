/* SPDX-License-Identifier: MIT */
/* The health check against limits relative to the median, and the small parts of the solver. */
#include <CUnit/CUnit.h>
#include <complex.h>
#include <math.h>
#include <string.h>

#include "calib/eigen.h"
#include "calib/gauge.h"
#include "calib/median.h"
#include "cophase/calib.h"

enum { N = 12 };

/* The median of the unflagged with power is 10: element 10 is flagged and does not count. */
static void powers_are_judged_against_the_median(void)
{
    const cph_health_limits limits = cph_health_defaults();
    const double power[N] = {10, 10, 10, 0.0099, 0.0101, 1.99, 2.01, 49.9, 50.1, 0, 1e9, NAN};
    const cph_flag expected[N] = {[3] = CPH_FLAG_DEAD, [4] = CPH_FLAG_WEAK, [5] = CPH_FLAG_WEAK,
                                  [8] = CPH_FLAG_HOT,  [9] = CPH_FLAG_DEAD, [10] = CPH_FLAG_LISTED};
    unsigned char flag[N] = {[10] = CPH_FLAG_LISTED};
    CU_ASSERT_EQUAL(cph_health_check(N, power, NULL, &limits, flag), CPH_OK);
    for (size_t n = 0; n < N; n++)
        CU_ASSERT_EQUAL(flag[n], expected[n]);
}

static void samples_at_full_scale_or_not_finite(void)
{
    const cph_health_limits limits = cph_health_defaults();
    const double power[4] = {1, 1, 1, 1};
    const cph_level level[4] = {{.count = 1000, .full_scale = 10},
                                {.count = 1000, .full_scale = 11},
                                {.count = 1000, .not_finite = 1},
                                {.count = 0}};
    unsigned char flag[4] = {0};
    CU_ASSERT_EQUAL(cph_health_check(4, power, level, &limits, flag), CPH_OK);
    CU_ASSERT_EQUAL(flag[0], CPH_FLAG_NONE);
    CU_ASSERT_EQUAL(flag[1], CPH_FLAG_SATURATED);
    CU_ASSERT_EQUAL(flag[2], CPH_FLAG_NOT_FINITE);
    CU_ASSERT_EQUAL(flag[3], CPH_FLAG_NONE);
}

static void an_array_mostly_dead_still_has_a_median(void)
{
    const cph_health_limits limits = cph_health_defaults();
    const double power[5] = {0, 0, 3, 0, 4};
    unsigned char flag[5] = {0};
    CU_ASSERT_EQUAL(cph_health_check(5, power, NULL, &limits, flag), CPH_OK);
    for (size_t n = 0; n < 5; n++)
        CU_ASSERT_EQUAL(flag[n], power[n] > 0 ? CPH_FLAG_NONE : CPH_FLAG_DEAD);
    CU_ASSERT_EQUAL(cph_health_check(0, power, NULL, &limits, flag), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_health_check(5, NULL, NULL, &limits, flag), CPH_ERR_ARGUMENT);
}

/* Element 2 spoils its row, 4 its column; 1 and 3 share one entry, and one of them has to go. */
static void elements_that_spoil_a_covariance(void)
{
    cph_c64 r[6 * 7] = {0};
    unsigned char flag[6] = {[5] = CPH_FLAG_EXCLUDED};
    for (size_t n = 0; n < 6; n++) {
        r[14 + n].re = NAN;
        r[n * 7 + 4].im = INFINITY;
        r[35 + n].re = NAN;
    }
    r[1 * 7 + 3].im = NAN;
    CU_ASSERT_EQUAL(cph_health_finite(6, r, 7, true, flag), CPH_OK);
    CU_ASSERT_EQUAL(flag[0], CPH_FLAG_NONE);
    CU_ASSERT_EQUAL(flag[2], CPH_FLAG_NOT_FINITE);
    CU_ASSERT_EQUAL(flag[4], CPH_FLAG_NOT_FINITE);
    CU_ASSERT_EQUAL(flag[5], CPH_FLAG_EXCLUDED);
    CU_ASSERT_EQUAL((flag[1] == 0) + (flag[3] == 0), 1);
}

static void a_diagonal_counts_where_there_is_one(void)
{
    cph_c64 r[9] = {0};
    unsigned char flag[3] = {0};
    r[4].re = NAN;
    CU_ASSERT_EQUAL(cph_health_finite(3, r, 3, false, flag), CPH_OK);
    CU_ASSERT_EQUAL(flag[1], CPH_FLAG_NONE);
    CU_ASSERT_EQUAL(cph_health_finite(3, r, 3, true, flag), CPH_OK);
    CU_ASSERT_EQUAL(flag[0] | flag[2], CPH_FLAG_NONE);
    CU_ASSERT_EQUAL(flag[1], CPH_FLAG_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_health_finite(3, r, 2, true, flag), CPH_ERR_ARGUMENT);
}

/* Against counting: as many below as above. */
static void medians(void)
{
    double value[101];
    CU_ASSERT(isnan(cph_median(value, 0)));
    for (size_t count = 1; count <= 101; count++) {
        for (size_t i = 0; i < count; i++)
            value[i] = (double)((i * 37 + 11) % 101 / 2);
        double middle = cph_median(value, count);
        size_t below = 0, above = 0;
        for (size_t i = 0; i < count; i++) {
            below += value[i] < middle;
            above += value[i] > middle;
        }
        CU_ASSERT(below <= count / 2 && above <= count / 2);
    }
    double even[4] = {4.0, 1.0, 8.0, 2.0};
    CU_ASSERT_EQUAL(cph_median(even, 4), 3.0);
}

/* The circular mean alone leaves a mean phase here: phases 0, 0, 3 and -3 / 10. */
static void gauge_of_the_mean_phase(void)
{
    const double phase[4] = {0.3, 0.3, 3.3, 0.0}, modulus[4] = {1.0, 5.0, 0.1, 2.0};
    cph_c64 g[4];
    double mean = 0.0, sum = 0.0;
    for (size_t p = 0; p < 4; p++)
        g[p] = (cph_c64){modulus[p] * cos(phase[p]), modulus[p] * sin(phase[p])};
    cph_gauge_phase(4, SIZE_MAX, g);
    for (size_t p = 0; p < 4; p++)
        mean += atan2(g[p].im, g[p].re);
    CU_ASSERT_DOUBLE_EQUAL(mean, 0.0, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(cph_gauge_scale(4, g), 8.1 / 4.0, 1e-14);
    for (size_t p = 0; p < 4; p++) {
        double complex z = g[p].re + I * g[p].im, first = g[0].re + I * g[0].im;
        CU_ASSERT_DOUBLE_EQUAL(carg(z / first * cexp(-I * (phase[p] - 0.3))), 0.0, 1e-14);
        CU_ASSERT_DOUBLE_EQUAL(cabs(z), modulus[p] * 4.0 / 8.1, 1e-14);
        sum += cabs(z);
    }
    CU_ASSERT_DOUBLE_EQUAL(sum, 4.0, 1e-14);
}

/* A = 3 u u^H - 5 v v^H + D: y = A x, with u = (1, j, -1) / sqrt 3 orthogonal to v = (1, 0, 1). */
static void small_product(const void *matrix, const cph_c64 *x, cph_c64 *y)
{
    const double complex *a = matrix;
    for (size_t p = 0; p < 3; p++) {
        double complex sum = 0.0;
        for (size_t q = 0; q < 3; q++)
            sum += a[3 * p + q] * (x[q].re + I * x[q].im);
        y[p] = (cph_c64){creal(sum), cimag(sum)};
    }
}

static void largest_eigenvalue_is_not_the_largest_modulus(void)
{
    const double complex u[3] = {1.0, I, -1.0}, v[3] = {1.0, 0.0, 1.0};
    double complex a[9];
    cph_c64 x[3];
    double value;
    for (size_t p = 0; p < 3; p++)
        for (size_t q = 0; q < 3; q++)
            a[3 * p + q] = u[p] * conj(u[q]) - 2.5 * v[p] * conj(v[q]);
    CU_ASSERT_EQUAL(cph_eigen_largest(3, small_product, a, &value, x), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(value, 3.0, 1e-12);
    for (size_t p = 1; p < 3; p++) {
        double complex ratio = (x[p].re + I * x[p].im) / (x[0].re + I * x[0].im);
        CU_ASSERT(cabs(ratio - u[p] / u[0]) < 1e-12);
    }
    a[4] = NAN;
    CU_ASSERT_EQUAL(cph_eigen_largest(3, small_product, a, &value, NULL), CPH_ERR_SINGULAR);
}

CU_TestInfo cph_tests_calib_health[] = {
    {"powers are judged against the median", powers_are_judged_against_the_median},
    {"samples at full scale or not finite", samples_at_full_scale_or_not_finite},
    {"an array mostly dead still has a median", an_array_mostly_dead_still_has_a_median},
    {"elements that spoil a covariance", elements_that_spoil_a_covariance},
    {"a diagonal counts where there is one", a_diagonal_counts_where_there_is_one},
    {"medians", medians},
    {"gauge of the mean phase", gauge_of_the_mean_phase},
    {"the largest eigenvalue is not the largest modulus",
     largest_eigenvalue_is_not_the_largest_modulus},
    CU_TEST_INFO_NULL,
};
