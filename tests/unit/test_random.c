/* SPDX-License-Identifier: MIT */
/* The generator: its authors' numbers, and moments within the bounds of their variance. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>

#include "cophase/random.h"

enum { SEED = 20240107, COUNT = 100000 };

/* From the state {1, 2, 3, 4}: the sequence that public implementations of xoshiro256++ test. */
static void sequence_is_the_published_one(void)
{
    cph_random random = {.s = {1, 2, 3, 4}};
    const uint64_t expected[5] = {41943041, 58720359, UINT64_C(3588806011781223),
                                  UINT64_C(3591011842654386), UINT64_C(9228616714210784205)};
    for (size_t i = 0; i < 5; i++)
        CU_ASSERT_EQUAL(cph_random_u64(&random), expected[i]);
}

static void streams_differ_and_repeat(void)
{
    cph_random a, b, again;
    const uint64_t pair[3][2] = {{1, 2}, {2, 1}, {1, 3}};
    cph_random_seed(&again, 1, 2);
    for (size_t i = 0; i < 3; i++) {
        cph_random_seed(&a, pair[i][0], pair[i][1]);
        for (size_t j = 0; j < i; j++) {
            cph_random_seed(&b, pair[j][0], pair[j][1]);
            for (size_t k = 0; k < 4; k++)
                CU_ASSERT_NOT_EQUAL(a.s[k], b.s[k]);
        }
    }
    cph_random_seed(&a, 1, 2);
    CU_ASSERT_EQUAL(cph_random_u64(&a), cph_random_u64(&again));
}

/* Mean 1/2, variance 1/12; 5 standard deviations of each estimate. */
static void uniform_fills_the_unit_interval(void)
{
    cph_random random;
    double sum = 0.0, square = 0.0, low = 1.0, high = 0.0;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    for (int i = 0; i < COUNT; i++) {
        double x = cph_random_uniform(&random);
        sum += x;
        square += (x - 0.5) * (x - 0.5);
        low = fmin(low, x);
        high = fmax(high, x);
    }
    CU_ASSERT_DOUBLE_EQUAL(sum / COUNT, 0.5, 5 * sqrt(1.0 / 12 / COUNT));
    CU_ASSERT_DOUBLE_EQUAL(square / COUNT, 1.0 / 12, 5 * sqrt(1.0 / 180 / COUNT));
    CU_ASSERT(low >= 0.0 && low < 1e-3 && high < 1.0 && high > 1.0 - 1e-3);
}

/* E|x|^2 = 1, E x^2 = 0, E|x|^4 = 2 with variances 1, 2 and 20. */
static void normal_is_circular_with_unit_power(void)
{
    cph_random random;
    double power = 0.0, fourth = 0.0;
    cph_c64 mean = {0}, square = {0};
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 1);
    for (int i = 0; i < COUNT; i++) {
        cph_c64 x = cph_random_normal(&random);
        double p = x.re * x.re + x.im * x.im;
        power += p;
        fourth += p * p;
        mean.re += x.re;
        mean.im += x.im;
        square.re += x.re * x.re - x.im * x.im;
        square.im += 2 * x.re * x.im;
    }
    CU_ASSERT_DOUBLE_EQUAL(power / COUNT, 1.0, 5 * sqrt(1.0 / COUNT));
    CU_ASSERT_DOUBLE_EQUAL(fourth / COUNT, 2.0, 5 * sqrt(20.0 / COUNT));
    CU_ASSERT(hypot(mean.re, mean.im) / COUNT < 5 * sqrt(1.0 / COUNT));
    CU_ASSERT(hypot(square.re, square.im) / COUNT < 5 * sqrt(2.0 / COUNT));
}

CU_TestInfo cph_tests_random[] = {
    {"the sequence is the published one", sequence_is_the_published_one},
    {"streams differ and repeat", streams_differ_and_repeat},
    {"uniform fills the unit interval", uniform_fills_the_unit_interval},
    {"normal is circular with unit power", normal_is_circular_with_unit_power},
    CU_TEST_INFO_NULL,
};
