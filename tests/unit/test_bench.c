/* SPDX-License-Identifier: MIT */
/* The statistics of the benchmark, and what its cases count. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "bench/bank.h"
#include "bench/bench.h"
#include "bench/roof.h"

static void percentiles_interpolate_and_leave_out_nan(void)
{
    const double value[] = {30.0, NAN, 10.0, 20.0, 50.0, 40.0};
    const bench_spread s = bench_spread_of(value, 6);
    CU_ASSERT_EQUAL(s.count, 5);
    CU_ASSERT_DOUBLE_EQUAL(s.median, 30.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(s.p10, 14.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(s.p90, 46.0, 1e-12);
    const bench_spread none = bench_spread_of(value + 1, 1);
    CU_ASSERT(none.count == 0 && isnan(none.median) && isnan(none.p10) && isnan(none.p90));
}

/* A machine that slows down by ten halfway changes no ratio of pairs. */
static void ratios_are_of_pairs(void)
{
    const double a[] = {2.0, 2.0, NAN, 20.0, 20.0, 2.0}, b[] = {1.0, 1.0, 7.0, 10.0, 10.0, NAN};
    const bench_spread r = bench_ratio_of(a, b, 6);
    CU_ASSERT_EQUAL(r.count, 4);
    CU_ASSERT_EQUAL(r.median, 2.0);
    CU_ASSERT_EQUAL(r.p10, 2.0);
    CU_ASSERT_EQUAL(r.p90, 2.0);
}

static void verdicts_are_honest(void)
{
    static const struct {
        bench_spread ratio;
        const char *verdict;
    } table[] = {
        {{2.0, 1.8, 2.2, 20}, "faster"},   {{0.5, 0.4, 0.6, 20}, "slower"},
        {{0.98, 0.96, 1.02, 20}, "equal"}, {{1.02, 0.5, 3.0, 20}, "too noisy"},
        {{0.9, 0.85, 1.0, 20}, "slower"},  {{2.0, 2.0, 2.0, 2}, "too few rounds"},
        {{0.97, 0.97, 0.97, 9}, "equal"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        CU_ASSERT_STRING_EQUAL(bench_verdict(&table[i].ratio), table[i].verdict);
}

static void operations_and_bytes_are_counted_once(void)
{
    const bench_case beams = {.kernel = BENCH_BEAMFORM,
                              .type = CPH_C8,
                              .weight_bits = 8,
                              .elements = 10,
                              .beams = 3,
                              .channels = 2,
                              .times = 5};
    CU_ASSERT_EQUAL(bench_operations(&beams), 8.0 * 10 * 3 * 2 * 5);
    const double weights = 2.0 * 10 * 3 * 2; /* each call reads those of all channels */
    CU_ASSERT_EQUAL(bench_bytes_in(&beams), 2.0 * 10 * 2 * 5 + weights);
    CU_ASSERT_EQUAL(bench_bytes(&beams), 2.0 * 10 * 2 * 5 + weights + 8.0 * 3 * 2 * 5);
    const bench_case sums = {.kernel = BENCH_COVARIANCE,
                             .type = CPH_C16,
                             .elements = 4,
                             .beams = 1,
                             .channels = 1,
                             .times = 7};
    CU_ASSERT_EQUAL(bench_operations(&sums), 8.0 * 10 * 7); /* ten pairs of four elements */
    CU_ASSERT_EQUAL(bench_bytes_in(&sums), 4.0 * 4 * 7);
    const bench_case solves = {.kernel = BENCH_MVDR,
                               .type = CPH_C32,
                               .elements = 4,
                               .beams = 1,
                               .channels = 6,
                               .times = 1};
    CU_ASSERT_EQUAL(bench_operations(&solves), 8.0 * (10 + 16) * 6); /* 4 (4^2 - 1) / 6, 4^2 */
    CU_ASSERT_EQUAL(bench_sample_bytes(&solves), 8.0 * 16 * 6);
    CU_ASSERT_EQUAL(bench_bytes_in(&solves), 8.0 * (10 + 4) * 6);
    CU_ASSERT_EQUAL(bench_bytes(&solves), 8.0 * (10 + 4 + 4) * 6);
    const bench_case gains = {.kernel = BENCH_STEFCAL,
                              .type = CPH_C32,
                              .elements = 4,
                              .beams = 1,
                              .channels = 6,
                              .times = 5};
    CU_ASSERT_EQUAL(bench_operations(&gains), 10.0 * 12 * 6 * 5); /* twelve ordered pairs */
    CU_ASSERT_EQUAL(bench_sample_bytes(&gains), 8.0 * 16 * 6);
    CU_ASSERT_EQUAL(bench_bytes_in(&gains), 12.0 * 6 * 6);
    CU_ASSERT_EQUAL(bench_bytes(&gains), (12.0 * 6 + 8.0 * 4) * 6);
}

static void cases_of_the_field_come_before_the_sweep(void)
{
    size_t named = 0, sweep = 0;
    bench_case c;
    for (size_t i = 0; bench_case_at(i, &c); i++) {
        CU_ASSERT(c.times > 0 && c.elements > 0 && c.beams > 0 && c.channels > 0);
        if (bench_is_default(&c)) {
            CU_ASSERT_EQUAL(sweep, 0);
            named++;
        } else {
            CU_ASSERT_STRING_EQUAL(c.name, "sweep");
            sweep++;
        }
    }
    CU_ASSERT(named > 50);
    CU_ASSERT_EQUAL(sweep, (size_t)8 * 9 * 4);
}

/* 1000 times what memory gives is out of reach of the arithmetic, a thousandth is not. */
static void the_roof_is_the_lower_of_two(void)
{
    static bench_roof roof;
    const char *which = "";
    bench_case c = {.kernel = BENCH_BEAMFORM,
                    .type = CPH_C32,
                    .weight_bits = 32,
                    .elements = 64,
                    .beams = 1,
                    .channels = 1,
                    .times = 100,
                    .cold = true};
    roof.counts = 1;
    roof.threads[0] = 1;
    for (size_t i = 0; i < BENCH_RATES; i++)
        roof.rate[0][i] = i < BENCH_READ ? 100.0 : 10e9;
    CU_ASSERT_DOUBLE_EQUAL(bench_roof_of(&roof, &c, 0, NAN, &which), 10.0, 1e-9); /* 1 a byte */
    CU_ASSERT_STRING_EQUAL(which, "DRAM");
    c.beams = 64;
    CU_ASSERT_DOUBLE_EQUAL(bench_roof_of(&roof, &c, 0, NAN, &which), 100.0, 1e-9);
    CU_ASSERT_STRING_EQUAL(which, "fma");
    c.type = CPH_C16;
    c.weight_bits = 16;
    roof.rate[0][BENCH_INT16] = 500.0; /* two passes */
    CU_ASSERT_DOUBLE_EQUAL(bench_roof_of(&roof, &c, 0, NAN, &which), 250.0, 1e-9);
    CU_ASSERT_STRING_EQUAL(which, "int16");
    roof.rate[0][BENCH_FMA] = 1e6; /* of caches without a size, everything lies beyond */
    c = (bench_case){.kernel = BENCH_STEFCAL,
                     .type = CPH_C32,
                     .elements = 64,
                     .beams = 1,
                     .channels = 3,
                     .times = 20};
    CU_ASSERT_DOUBLE_EQUAL(bench_roof_of(&roof, &c, 0, NAN, &which), 10.0 * 20 / 12, 1e-9);
    CU_ASSERT_STRING_EQUAL(which, "DRAM");
    c.kernel = BENCH_STEER;
    CU_ASSERT(isnan(bench_roof_of(&roof, &c, 0, NAN, &which)));
}

/* Whether or not liquid-dsp is there. */
static void channelizers_are_right_and_timed(void)
{
    for (size_t i = 0; i < 6; i++) {
        bench_bank b = {.elements = 3,
                        .channels = 16,
                        .oversample = 1 + i / 3,
                        .type = (cph_type)(i % 3),
                        .points = 2000};
        const cph_status status = bench_bank_run(&b, 0.0, 5);
        CU_ASSERT_EQUAL(status, CPH_HAVE_FFTW ? CPH_OK : CPH_ERR_UNSUPPORTED);
        if (status != CPH_OK)
            continue;
        CU_ASSERT_EQUAL(b.times, 2000 / 48 + 1);
        CU_ASSERT(b.error_of_bound > 0.0 && b.error_of_bound <= 1.0);
        CU_ASSERT(b.ratio.count == 5 && b.ratio.median > 0.0);
        CU_ASSERT(b.liquid.count == 0 || b.liquid_ratio.median > 0.0);
        CU_ASSERT(b.info.alias_db < -60.0);
    }
}

CU_TestInfo cph_tests_bench[] = {
    {"percentiles interpolate and leave out NaN", percentiles_interpolate_and_leave_out_nan},
    {"ratios are of pairs", ratios_are_of_pairs},
    {"verdicts are honest", verdicts_are_honest},
    {"operations and bytes are counted once", operations_and_bytes_are_counted_once},
    {"cases of the field come before the sweep", cases_of_the_field_come_before_the_sweep},
    {"the roof is the lower of two", the_roof_is_the_lower_of_two},
    {"channelizers are right and timed", channelizers_are_right_and_timed},
    CU_TEST_INFO_NULL,
};
