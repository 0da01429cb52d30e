/* SPDX-License-Identifier: MIT */
/* Interference in planes of time and frequency: what is found, and what is not taken for it. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/interference.h"
#include "cophase/random.h"
#include "tests/unit/refusal.h"
#include "tests/unit/seeds.h"

enum { T_MOST = 120, C_MOST = 96, LD = C_MOST + 3, ALL = T_MOST * C_MOST };
static const double noise = 0.01;

typedef struct rig {
    size_t times, channels;
    double power[T_MOST * LD], excess[ALL];
    unsigned char flag[ALL], mark[ALL];
    cph_random random;
    cph_interference_config config;
    cph_interference_result result;
    cph_error error;
} rig;

/* A bandpass with edges and ripple, a gain that wanders by a third, noise of 1 %. */
static void open_rig(rig *r, size_t times, size_t channels, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->times = times;
    r->channels = channels;
    cph_random_seed(&r->random, seed, 0);
    for (size_t t = 0; t < times; t++)
        for (size_t c = 0; c < channels; c++) {
            const double x = ((double)c + 0.5) / (double)channels, y = (double)t / 60.0;
            const double band = (1.0 - pow(2.0 * x - 1.0, 6.0)) * (1.0 + 0.1 * sin(9.0 * x)) + 0.2;
            const double error = M_SQRT2 * cph_random_normal(&r->random).re;
            r->power[t * LD + c] = 1e-7 * band * (1.0 + 0.3 * sin(y)) * (1.0 + noise * error);
        }
    r->config = cph_interference_defaults();
    r->config.times = times;
    r->config.channels = channels;
    r->config.power = r->power;
    r->config.ld = LD;
    r->config.flag = r->flag;
    r->result = (cph_interference_result){.mark = r->mark, .excess = r->excess};
}

/* Adds power to times [t, t + times) of channels [c, c + channels), in standard deviations. */
static void add(rig *r, size_t t, size_t times, size_t c, size_t channels, double sigmas)
{
    for (size_t i = t; i < t + times; i++)
        for (size_t k = c; k < c + channels; k++)
            r->power[i * LD + k] *= 1.0 + sigmas * noise;
}

static cph_status find(rig *r)
{
    return cph_interference_find(&r->config, &r->result, &r->error);
}

static size_t found(const rig *r, size_t t, size_t times, size_t c, size_t channels)
{
    size_t count = 0;
    for (size_t i = t; i < t + times; i++)
        for (size_t k = c; k < c + channels; k++)
            count += r->mark[i * r->channels + k] >= CPH_INTERFERENCE_CHANNEL;
    return count;
}

/* Some 3 of 1e6 runs of 32, in each of ALL places both ways, would be 0.07 a plane of 32 items
 * each; ten planes with fewer than 1 item in 1000 is far above that. */
static void noise_alone(void)
{
    static rig r;
    const size_t seeds = test_seeds(10);
    size_t count = 0;
    double sigma = 0.0;
    for (size_t k = 0; k < seeds; k++) {
        open_rig(&r, T_MOST, C_MOST, 1 + k);
        CU_ASSERT_EQUAL_FATAL(find(&r), CPH_OK);
        count += found(&r, 0, T_MOST, 0, C_MOST);
        sigma += r.result.sigma / (double)seeds;
        CU_ASSERT_EQUAL(r.result.count[CPH_INTERFERENCE_NONE] + found(&r, 0, T_MOST, 0, C_MOST),
                        ALL);
    }
    printf("seeds 1 to %zu: %zu of %zu taken for interference, sigma %.5f ", seeds, count,
           seeds * ALL, sigma);
    CU_ASSERT(count * 1000 < seeds * ALL);
    CU_ASSERT_DOUBLE_EQUAL(sigma, noise, 0.03 * noise);
}

static void bursts_lines_and_carriers(void)
{
    static rig r;
    open_rig(&r, T_MOST, C_MOST, 21);
    add(&r, 17, 1, 0, C_MOST, 12.0); /* a flash over the whole band */
    add(&r, 60, 40, 33, 1, 3.0);     /* a weak line, no sample of which need stand out */
    add(&r, 0, T_MOST, 70, 2, 40.0); /* a carrier, always there */
    add(&r, 90, 1, 5, 1, 30.0);      /* a click */
    add(&r, 100, 6, 40, 9, 8.0);     /* a packet */
    CU_ASSERT_EQUAL_FATAL(find(&r), CPH_OK);
    CU_ASSERT(found(&r, 17, 1, 0, C_MOST) == C_MOST);
    CU_ASSERT(found(&r, 60, 40, 33, 1) >= 36);
    CU_ASSERT(found(&r, 0, T_MOST, 70, 2) == 2 * (size_t)T_MOST);
    CU_ASSERT_EQUAL(r.mark[50 * C_MOST + 71], CPH_INTERFERENCE_CHANNEL);
    CU_ASSERT_EQUAL(r.mark[90 * C_MOST + 5], CPH_INTERFERENCE_FOUND);
    CU_ASSERT(found(&r, 100, 6, 40, 9) == 54);
    const size_t wanted = C_MOST + 40 + (size_t)T_MOST * 2 + 53;
    const size_t all = found(&r, 0, T_MOST, 0, C_MOST);
    /* A run of 32 is marked from 9 items of the weak line on, 3 of them against 6/1.5^5: 23 beside
     * either end; and of what is left one in 500. */
    CU_ASSERT(all <= wanted + 46 + ALL / 500);
    CU_ASSERT(r.excess[90 * C_MOST + 5] > 20.0 && r.excess[50 * C_MOST + 71] > 20.0);
    CU_ASSERT(fabs(r.excess[40 * C_MOST + 20]) < 6.0);
}

/* Without sums of many, nothing of the weak line is seen. */
static void one_by_one_a_weak_line_stays(void)
{
    static rig r;
    open_rig(&r, T_MOST, C_MOST, 22);
    add(&r, 60, 40, 33, 1, 2.5);
    r.config.longest = 1;
    CU_ASSERT_EQUAL_FATAL(find(&r), CPH_OK);
    CU_ASSERT(found(&r, 60, 40, 33, 1) < 3);
    r.config.longest = 32;
    CU_ASSERT_EQUAL_FATAL(find(&r), CPH_OK);
    CU_ASSERT(found(&r, 60, 40, 33, 1) >= 30);
}

static void one_channel_or_one_time(void)
{
    static rig r;
    open_rig(&r, T_MOST, 1, 23);
    add(&r, 50, 2, 0, 1, 15.0);
    CU_ASSERT_EQUAL_FATAL(find(&r), CPH_OK);
    CU_ASSERT_EQUAL(found(&r, 50, 2, 0, 1), 2);
    CU_ASSERT(found(&r, 0, T_MOST, 0, 1) <= 4);
    open_rig(&r, 1, C_MOST, 24);
    add(&r, 0, 1, 50, 2, 60.0);
    CU_ASSERT_EQUAL_FATAL(find(&r), CPH_OK);
    CU_ASSERT_EQUAL(found(&r, 0, 1, 50, 2), 2);
}

static void what_is_absent_does_not_count(void)
{
    static rig r;
    open_rig(&r, T_MOST, C_MOST, 25);
    add(&r, 30, 4, 10, 1, 30.0);
    for (size_t t = 0; t < T_MOST; t++)
        r.power[t * LD + 20] = t % 2 == 0 ? NAN : 0.0;
    memset(&r.flag[(size_t)70 * C_MOST], 1, C_MOST);
    r.power[80 * LD + 3] = -1.0;
    CU_ASSERT_EQUAL_FATAL(find(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.result.count[CPH_INTERFERENCE_ABSENT], T_MOST + C_MOST);
    CU_ASSERT_EQUAL(r.mark[80 * C_MOST + 3], CPH_INTERFERENCE_ABSENT);
    CU_ASSERT(isnan(r.excess[70 * C_MOST + 9]) && isnan(r.excess[20]));
    CU_ASSERT_EQUAL(found(&r, 30, 4, 10, 1), 4);
    CU_ASSERT(found(&r, 0, T_MOST, 0, C_MOST) <= 10);
}

/* Of 5 items with 4 marked the one in the middle; of 4 with 3, not. */
static void gaps_are_closed(void)
{
    static rig r;
    open_rig(&r, T_MOST, C_MOST, 26);
    add(&r, 30, 5, 10, 1, 30.0);
    r.power[32 * LD + 10] /= 1.3;
    add(&r, 60, 4, 50, 1, 30.0);
    r.power[62 * LD + 50] /= 1.3;
    r.config.longest = 1;
    CU_ASSERT_EQUAL_FATAL(find(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.mark[32 * C_MOST + 10], CPH_INTERFERENCE_EXTENDED);
    CU_ASSERT_EQUAL(r.mark[62 * C_MOST + 50], CPH_INTERFERENCE_NONE);
    CU_ASSERT_EQUAL(r.mark[61 * C_MOST + 50], CPH_INTERFERENCE_FOUND);
}

static void power_is_the_median_of_elements(void)
{
    enum { N = 3, STRIDE = 4, CHANNELS = 2 };
    cph_c64 r[CHANNELS * N * STRIDE] = {{0.0, 0.0}};
    double reference[CHANNELS * N], power[CHANNELS];
    const unsigned char flag[N] = {0, 0, 1};
    for (size_t c = 0; c < CHANNELS; c++)
        for (size_t n = 0; n < N; n++) {
            r[(c * N + n) * STRIDE + n] = (cph_c64){(double)(c + 1) * (double)(n + 2), 0.0};
            reference[c * N + n] = 2.0 * (double)(n * n + 1);
        }
    CU_ASSERT_EQUAL(cph_interference_power(CHANNELS, N, r, STRIDE, reference, NULL, power), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(power[0], 0.75, 1e-15); /* of 1, 3/4, 2/5 */
    CU_ASSERT_DOUBLE_EQUAL(power[1], 1.5, 1e-15);
    CU_ASSERT_EQUAL(cph_interference_power(CHANNELS, N, r, STRIDE, reference, flag, power), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(power[0], 0.875, 1e-15);
    r[0].re = NAN;
    r[STRIDE + 1].re = 0.0;
    CU_ASSERT_EQUAL(cph_interference_power(CHANNELS, N, r, STRIDE, reference, flag, power), CPH_OK);
    CU_ASSERT(isnan(power[0]) && !isnan(power[1]));
    CU_ASSERT_EQUAL(cph_interference_power(0, N, r, STRIDE, reference, flag, power),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_interference_power(CHANNELS, N, r, 2, reference, flag, power),
                    CPH_ERR_OVERFLOW);
}

static void expect_refusal(rig *r, cph_status expected, const char *words)
{
    static rig before;
    r->mark[0] = 77;
    r->result.sigma = -7.0;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, find(r), expected, words);
}

static void what_is_refused(void)
{
    static rig r;
    open_rig(&r, T_MOST, C_MOST, 27);
    r.config.longest = 24;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "runs of 1 to 256");
    r.config.longest = 512;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "runs");
    r.config.longest = 8;
    r.config.smooth = 30;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "odd");
    r.config.smooth = 31;
    r.config.threshold = NAN;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "thresholds");
    r.config.threshold = 6.0;
    r.config.ld = C_MOST - 1;
    expect_refusal(&r, CPH_ERR_OVERFLOW, "do not fit");
    r.config.ld = LD;
    r.config.times = 7;
    r.config.channels = 7;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "7 times of 7 channels");
    r.config.times = T_MOST;
    memset(r.flag, 1, sizeof r.flag);
    r.flag[3] = 0;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "1 powers");
}

CU_TestInfo cph_tests_calib_interference[] = {
    {"noise alone", noise_alone},
    {"bursts, lines and carriers", bursts_lines_and_carriers},
    {"one by one a weak line stays", one_by_one_a_weak_line_stays},
    {"one channel, or one time", one_channel_or_one_time},
    {"what is absent does not count", what_is_absent_does_not_count},
    {"gaps are closed", gaps_are_closed},
    {"the power of an array is the median of its elements", power_is_the_median_of_elements},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
