/* SPDX-License-Identifier: MIT */
/* What a run of `track` comes to: quantiles against sorted values. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/track_summary.h"
#include "cophase/random.h"

enum { VALUES = 3001 };

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Values of [low, high], most near the lower end, in the order they were drawn; told within a bin.
 */
static void compare_quantiles(double low, double high, uint64_t seed)
{
    static const double share[] = {0.05, 0.5, 0.95, 0.99};
    double value[VALUES];
    cph_track_tally tally;
    cph_error error;
    cph_random random;
    cph_random_seed(&random, seed, 0);
    CU_ASSERT_EQUAL_FATAL(cph_track_tally_make(-1.0, 5e-4, &tally, &error), CPH_OK);
    for (size_t i = 0; i < VALUES; i++) {
        value[i] = low + (high - low) * pow(cph_random_uniform(&random), 2.0);
        cph_track_tally_add(&tally, value[i]);
    }
    qsort(value, VALUES, sizeof value[0], by_size);
    /* From -1 to 19 is there at first; growing leaves an end at most twice as far as it needs. */
    const double widest = 4.0 * (fmax(high, 19.0) - fmin(low, -1.0)) / CPH_TRACK_BINS;
    for (size_t k = 0; k < sizeof share / sizeof share[0]; k++) {
        const double exact = value[(size_t)ceil(share[k] * VALUES) - 1];
        const double told = cph_track_tally_quantile(&tally, share[k]);
        if (!(fabs(told - exact) <= tally.step))
            printf("%g to %g (seed %d), %g: %g, not %g\n", low, high, (int)seed, share[k], told,
                   exact);
        CU_ASSERT_DOUBLE_EQUAL(told, exact, tally.step);
    }
    CU_ASSERT(tally.step <= widest && tally.least == value[0] && tally.most == value[VALUES - 1]);
    CU_ASSERT_EQUAL(tally.count, VALUES);
    free(tally.bin);
}

static void quantiles_are_those_of_sorted_values(void)
{
    static const double range[][2] = {{0.0, 3.0},    {-1.4, -1.1},   {-1.5, 25.0},
                                      {-90.0, -3.0}, {-130.0, 60.0}, {-1.0, 500.0}};
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++)
        compare_quantiles(range[i][0], range[i][1], 11 + i);
}

static void values_beyond_all_measure_are_counted(void)
{
    cph_track_tally tally;
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_track_tally_make(-1.0, 5e-4, &tally, &error), CPH_OK);
    CU_ASSERT(isnan(cph_track_tally_quantile(&tally, 0.5)));
    cph_track_tally_add(&tally, -1.7e308);
    cph_track_tally_add(&tally, NAN);
    cph_track_tally_add(&tally, -INFINITY);
    cph_track_tally_add(&tally, 1.7e308);
    CU_ASSERT_EQUAL(tally.count, 2);
    CU_ASSERT(tally.least == -1.7e308 && tally.most == 1.7e308);
    free(tally.bin);
}

/* Gaps that points tell of, of so many rows before and after one. */
static size_t gaps_of_points(size_t before, size_t after)
{
    const cph_track_options options = {.rate_hz = 1.0};
    cph_track_column column = {.path = CPH_GAIN_RECEIVE};
    const cph_track_scene scene = {.options = &options, .columns = 1, .column = &column};
    double zero = 0.0;
    cph_track_row row = {.gain_db = &zero,
                         .ideal_db = &zero,
                         .loss_db = &zero,
                         .pointing_loss_db = &zero,
                         .doppler_hz = &zero};
    cph_track_summary summary;
    cph_error error;
    size_t gaps = 0;
    CU_ASSERT_EQUAL_FATAL(cph_track_summary_make(&scene, &summary, &error), CPH_OK);
    for (size_t i = 0; i < before + after; i++) {
        row.time_unix_s = (double)i + (i < before ? 0.0 : 1000.0);
        row.end_unix_s = row.time_unix_s + 1.0;
        cph_track_summary_row(&summary, &row);
    }
    for (size_t i = 1; i < summary.points; i++)
        gaps += summary.point[i].after_gap;
    cph_track_summary_free(&summary);
    return gaps;
}

/* Whichever point it stands at when every other one goes. */
static void a_gap_outlasts_thinning(void)
{
    for (size_t before = CPH_TRACK_POINTS_MAX - 4; before <= CPH_TRACK_POINTS_MAX + 2; before++)
        CU_ASSERT_EQUAL(gaps_of_points(before, 100), 1);
}

CU_TestInfo cph_tests_track_summary[] = {
    {"quantiles are those of sorted values", quantiles_are_those_of_sorted_values},
    {"values beyond all measure are counted", values_beyond_all_measure_are_counted},
    {"a gap outlasts thinning", a_gap_outlasts_thinning},
    CU_TEST_INFO_NULL,
};
