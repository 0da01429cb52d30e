/* SPDX-License-Identifier: MIT */
/** @file seeds.h
 *  How many seeds a suite of statistics takes. */
#ifndef CPH_TESTS_SEEDS_H
#define CPH_TESTS_SEEDS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/** CPH_TEST_SEEDS of the environment, or what the suite usually takes. */
static inline size_t test_seeds(size_t usual)
{
    const char *const asked = getenv("CPH_TEST_SEEDS");
    const size_t count = asked == NULL ? 0 : (size_t)strtoul(asked, NULL, 10);
    return count > 0 ? count : usual;
}

/** A line of the table that `make calib-table` prints: variance of errors over the bound, standard
 *  errors over their rms; NAN: not compared. */
static inline void test_row(const char *setting, const char *what, double variance, double sigma)
{
    printf("\n    | %s%s%s |", setting, setting[0] != '\0' ? ": " : "", what);
    if (isnan(variance))
        printf(" |");
    else
        printf(" %.3f |", variance);
    if (isnan(sigma))
        printf(" |\n    ");
    else
        printf(" %.3f |\n    ", sigma);
}

#endif
