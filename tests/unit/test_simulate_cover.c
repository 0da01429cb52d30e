/* SPDX-License-Identifier: MIT */
/* Covers over simulated arrays against what their numbers say. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/simulate.h"

enum { SIDE = 40, N = SIDE * SIDE, SEED = 11 };
#define DEG   (M_PI / 180.0)
#define FREQ  11.7e9
#define PITCH 0.0128

static double position[3 * N];
static cph_c64 factor[N], other[N];

static double level_db(size_t n)
{
    return 20.0 * log10(hypot(factor[n].re, factor[n].im));
}

static double phase_of(size_t n)
{
    return atan2(factor[n].im, factor[n].re);
}

static void lay(const cph_sim_cover *cover, cph_c64 *made)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(SIDE, SIDE, PITCH, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(&array, position), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_simulate_cover(cover, N, position, FREQ, FREQ, made), CPH_OK);
    cph_array_free(&array);
    printf("seed %d ", SEED);
}

/* Even between a and b: mean (a + b)/2, variance (b - a)^2/12; of N draws the mean has that over N.
 */
static void losses_are_spread_between_both(void)
{
    const cph_sim_cover cover = {.loss_db = {0.5, 3.0}, .seed = SEED};
    double mean = 0.0, least = INFINITY, most = 0.0;
    lay(&cover, factor);
    for (size_t n = 0; n < N; n++) {
        mean -= level_db(n) / N;
        least = fmin(least, -level_db(n));
        most = fmax(most, -level_db(n));
        CU_ASSERT_DOUBLE_EQUAL(phase_of(n), 0.0, 1e-12);
    }
    CU_ASSERT_DOUBLE_EQUAL(mean, 1.75, 5.0 * 2.5 / sqrt(12.0 * N));
    CU_ASSERT(least >= 0.5 - 1e-12 && least < 0.53 && most <= 3.0 + 1e-12 && most > 2.97);
}

/* The rms of N draws has a relative standard deviation of 1/sqrt(2 N). */
static void lags_have_the_rms_asked_for(void)
{
    const cph_sim_cover cover = {.phase_rad = 20 * DEG, .seed = SEED};
    double power = 0.0, next = 0.0;
    lay(&cover, factor);
    for (size_t n = 0; n < N; n++) {
        power += phase_of(n) * phase_of(n) / N;
        next += phase_of(n) * phase_of((n + 1) % N) / N;
        CU_ASSERT_DOUBLE_EQUAL(level_db(n), 0.0, 1e-12);
    }
    CU_ASSERT_DOUBLE_EQUAL(sqrt(power), 20 * DEG, 5.0 * 20 * DEG / sqrt(2.0 * N));
    CU_ASSERT_DOUBLE_EQUAL(next / power, 0.0, 5.0 / sqrt(N));
}

/* Neighbours at distance d are alike by exp(-d^2 / 2 grain^2). Over an aperture A of independent
 * patches of area 2 pi grain^2 or so, means scatter by 1/sqrt of their number. */
static void a_grain_makes_neighbours_alike(void)
{
    const double grain = 1.5 * PITCH;
    const cph_sim_cover cover = {.phase_rad = 20 * DEG, .grain_m = grain, .seed = SEED};
    const double patches = N * PITCH * PITCH / (2.0 * M_PI * grain * grain);
    double power = 0.0;
    lay(&cover, factor);
    for (size_t n = 0; n < N; n++)
        power += phase_of(n) * phase_of(n) / N;
    CU_ASSERT_DOUBLE_EQUAL(sqrt(power), 20 * DEG, 5.0 * 20 * DEG / sqrt(2.0 * patches));
    for (size_t step = 1; step <= 4; step++) {
        double across = 0.0;
        for (size_t y = 0; y < SIDE; y++)
            for (size_t x = 0; x + step < SIDE; x++)
                across += phase_of(y * SIDE + x) * phase_of(y * SIDE + x + step) /
                          (SIDE * (double)(SIDE - step));
        const double d = (double)step * PITCH / grain;
        CU_ASSERT_DOUBLE_EQUAL(across / power, exp(-0.5 * d * d), 5.0 / sqrt(patches));
    }
}

/* A wave from (u, v) then has the steering vector of (u + sin(tilt) cos(toward), v + ...). */
static void a_wedge_is_a_slope(void)
{
    const double tilt = 0.4 * DEG, toward = 30 * DEG;
    const cph_sim_cover cover = {.tilt_rad = tilt, .toward_rad = toward, .seed = SEED};
    const double k = 2.0 * M_PI * FREQ / CPH_SPEED_OF_LIGHT * sin(tilt);
    lay(&cover, factor);
    for (size_t n = 0; n < N; n++)
        CU_ASSERT_DOUBLE_EQUAL(remainder(phase_of(n) - k * (position[3 * n] * cos(toward) +
                                                            position[3 * n + 1] * sin(toward)),
                                         2.0 * M_PI),
                               0.0, 1e-12);
}

static void ripples_go_along_the_tilt(void)
{
    const cph_sim_cover cover = {
        .loss_db = {1.0, 1.0}, .ripple_db = 0.7, .ripple_m = 0.05, .toward_rad = 90 * DEG};
    lay(&cover, factor);
    for (size_t n = 0; n < N; n++)
        CU_ASSERT_DOUBLE_EQUAL(-level_db(n),
                               1.0 + 0.7 * cos(2.0 * M_PI * position[3 * n + 1] / 0.05), 1e-9);
}

static void a_share_is_wet(void)
{
    const cph_sim_cover cover = {
        .wet_db = 2.0, .wet_rad = 35 * DEG, .wet_share = 0.25, .grain_m = 0.04, .seed = SEED};
    size_t wet = 0;
    lay(&cover, factor);
    for (size_t n = 0; n < N; n++) {
        const bool is_wet = level_db(n) < -1.0;
        wet += is_wet;
        CU_ASSERT_DOUBLE_EQUAL(level_db(n), is_wet ? -2.0 : 0.0, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(phase_of(n), is_wet ? -35 * DEG : 0.0, 1e-12);
    }
    CU_ASSERT_EQUAL(wet, N / 4);
}

/* A path is more of a turn at a higher frequency; losses stay. */
static void lags_grow_with_frequency(void)
{
    const cph_sim_cover cover = {
        .loss_db = {0.5, 1.5}, .phase_rad = 10 * DEG, .wet_rad = 20 * DEG, .wet_share = 0.5};
    lay(&cover, factor);
    CU_ASSERT_EQUAL_FATAL(cph_simulate_cover(&cover, N, position, 1.25 * FREQ, FREQ, other),
                          CPH_OK);
    for (size_t n = 0; n < N; n++) {
        CU_ASSERT_DOUBLE_EQUAL(atan2(other[n].im, other[n].re), 1.25 * phase_of(n), 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(hypot(other[n].re, other[n].im), hypot(factor[n].re, factor[n].im),
                               1e-14);
    }
}

/* Gains under it are those without times the cover, dead elements stay dead. */
static void gains_are_multiplied(void)
{
    static cph_c64 bare[N], covered[N];
    const cph_sim_cover cover = {.loss_db = {0.5, 3.0}, .phase_rad = 30 * DEG, .seed = SEED};
    const size_t dead[] = {7};
    cph_array array;
    lay(&cover, factor);
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(SIDE, SIDE, PITCH, &array), CPH_OK);
    cph_sim_config config = {.array = &array,
                             .freq_hz = FREQ,
                             .samples = 1,
                             .type = CPH_C8,
                             .gain_error_db = 1.0,
                             .gain_error_rad = 20 * DEG,
                             .dead = dead,
                             .dead_count = 1,
                             .seed = SEED};
    CU_ASSERT_EQUAL_FATAL(cph_simulate_gains(&config, bare), CPH_OK);
    config.cover = &cover;
    CU_ASSERT_EQUAL_FATAL(cph_simulate_gains(&config, covered), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        const cph_c64 g = bare[n], f = factor[n];
        if (n == dead[0])
            continue;
        CU_ASSERT_DOUBLE_EQUAL(covered[n].re, g.re * f.re - g.im * f.im, 1e-14);
        CU_ASSERT_DOUBLE_EQUAL(covered[n].im, g.re * f.im + g.im * f.re, 1e-14);
    }
    CU_ASSERT(isnan(covered[dead[0]].re));
    cph_array_free(&array);
}

static void bad_covers_are_refused(void)
{
    const cph_sim_cover bad[] = {
        {.loss_db = {-1.0, 0.0}}, {.loss_db = {2.0, 1.0}},           {.phase_rad = -0.1},
        {.grain_m = -1.0},        {.grain_m = (double)NAN},          {.tilt_rad = 2.0},
        {.ripple_db = 1.0},       {.wet_db = 1.0, .wet_share = 1.1}, {.loss_db = {0.0, 101.0}}};
    const cph_sim_cover none = {.seed = 1};
    cph_c64 made[1] = {{5.0, 6.0}};
    const double place[3] = {0.0, 0.0, 0.0}, nowhere[3] = {0.0, NAN, 0.0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_EQUAL(cph_simulate_cover(&bad[i], 1, place, FREQ, FREQ, made), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_simulate_cover(&none, 1, nowhere, FREQ, FREQ, made), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_simulate_cover(&none, 1, place, -1.0, FREQ, made), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_simulate_cover(&none, SIZE_MAX / 8, place, FREQ, 0.0, made),
                    CPH_ERR_ARGUMENT);
    CU_ASSERT(made[0].re == 5.0 && made[0].im == 6.0);
    CU_ASSERT_EQUAL(cph_simulate_cover(&none, 1, place, FREQ, FREQ, made), CPH_OK);
    CU_ASSERT(made[0].re == 1.0 && made[0].im == 0.0);
}

CU_TestInfo cph_tests_simulate_cover[] = {
    {"losses are spread between both", losses_are_spread_between_both},
    {"lags have the rms asked for", lags_have_the_rms_asked_for},
    {"a grain makes neighbours alike", a_grain_makes_neighbours_alike},
    {"a wedge is a slope", a_wedge_is_a_slope},
    {"ripples go along the tilt", ripples_go_along_the_tilt},
    {"a share is wet", a_share_is_wet},
    {"lags grow with frequency", lags_grow_with_frequency},
    {"gains are multiplied", gains_are_multiplied},
    {"bad covers are refused", bad_covers_are_refused},
    CU_TEST_INFO_NULL,
};
