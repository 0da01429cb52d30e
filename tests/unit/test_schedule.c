/* SPDX-License-Identifier: MIT */
/* Places between rows of circular passes in closed form, memory, and what is refused. */
#include <CUnit/CUnit.h>
#include <math.h>

#include "kernels/core/vec3.h"
#include "kernels/track/schedule.h"
#include "tests/unit/schedule_rig.h"

static const double degree = M_PI / 180.0;
static const double earth_m = 6371e3, orbit_m = 6921e3, turn = 1.0959e-3; /* rad/s at 550 km */

/* A pass through the zenith at time 0 toward azimuth 37 degrees. */
static void pass_at(double t, double enu[3], double *range, double *rate)
{
    const double c = cos(turn * t), s = sin(turn * t), az = 37.0 * degree;
    const double along = orbit_m * s, up = orbit_m * c - earth_m;
    *range = hypot(along, up);
    *rate = orbit_m * earth_m * turn * s / *range;
    enu[0] = along * sin(az) / *range;
    enu[1] = along * cos(az) / *range;
    enu[2] = up / *range;
}

static cph_schedule *pass_table(double step, bool ranges, bool rates)
{
    cph_schedule *schedule = NULL;
    cph_schedule_slot slot;
    bool ready = false;
    CU_ASSERT_EQUAL_FATAL(cph_schedule_create(&schedule_usual, &schedule), CPH_OK);
    for (int i = -8; i <= 8; i++) {
        const double t = i * step;
        cph_schedule_row row = {.time_unix_s = schedule_t0 + t, .obstruction_rad = -M_PI / 2};
        pass_at(t, row.enu, &row.range_m, &row.range_rate_m_s);
        row.range_m = ranges ? row.range_m : NAN;
        row.range_rate_m_s = rates ? row.range_rate_m_s : NAN;
        CU_ASSERT_EQUAL(cph_schedule_put(schedule, &row), CPH_OK);
    }
    cph_schedule_finish(schedule);
    CU_ASSERT_EQUAL(cph_schedule_next(schedule, &slot, &ready), CPH_OK);
    CU_ASSERT(ready);
    return schedule;
}

/* The polynomial's error is at most h^4 / 24 max|f''''| times the largest product of distances,
 * (9/16) in the middle of four rows, 1 between the first two and the last two; one ulp of time is
 * another 0.24 us of motion. */
static void a_place_between_rows_is_that_of_the_orbit(void)
{
    const double step = 4.0, ulp_s = 2.4e-7;
    cph_schedule *schedule = pass_table(step, true, true);
    for (int i = -86; i <= 86; i++) {
        const double t = 0.37 * i, share = fabs(t) <= 7.0 * step ? 3.0 / 128.0 : 1.0 / 24.0;
        const double off_m = orbit_m * pow(turn * step, 4.0) * share + 2.0 * ulp_s * orbit_m * turn;
        cph_schedule_place place;
        double enu[3], range, rate, apart[3];
        pass_at(t, enu, &range, &rate);
        CU_ASSERT_EQUAL_FATAL(cph_schedule_at(schedule, 0, schedule_t0 + t, &place), CPH_OK);
        cph_add3(place.enu, -1.0, enu, apart);
        CU_ASSERT(cph_norm3(apart) < off_m / range * 2.0);
        CU_ASSERT_DOUBLE_EQUAL(place.range_m, range, off_m);
        CU_ASSERT_DOUBLE_EQUAL(cph_norm3(place.enu), 1.0, 1e-14);
        /* |rate''''| <= 8 (v / d) ^ 4 v, v the velocity, d the least distance. */
        const double v = orbit_m * turn;
        CU_ASSERT_DOUBLE_EQUAL(place.range_rate_m_s, rate,
                               share * 8.0 * v * pow(v * step / 550e3, 4.0));
        CU_ASSERT_DOUBLE_EQUAL(place.turn_rad_s, sqrt(v * v - rate * rate) / range,
                               share > 3.0 / 128.0 ? 4e-6 : 1e-6);
    }
    cph_schedule_destroy(schedule);
}

static void range_rates_come_from_ranges(void)
{
    cph_schedule *schedule = pass_table(1.0, true, false), *plain = pass_table(1.0, false, false);
    for (int i = -12; i <= 12; i++) {
        const double t = 0.61 * i;
        cph_schedule_place place;
        double enu[3], range, rate;
        pass_at(t, enu, &range, &rate);
        CU_ASSERT_EQUAL_FATAL(cph_schedule_at(schedule, 0, schedule_t0 + t, &place), CPH_OK);
        /* h^3 / 4 of the fourth derivative, and one ulp of time at up to 104 m/s^2. */
        CU_ASSERT_DOUBLE_EQUAL(place.range_rate_m_s, rate,
                               0.25 * orbit_m * pow(turn, 4.0) + 2.4e-7 * 104.0);
        CU_ASSERT_EQUAL_FATAL(cph_schedule_at(plain, 0, schedule_t0 + t, &place), CPH_OK);
        CU_ASSERT(isnan(place.range_m) && isnan(place.range_rate_m_s));
        double apart[3];
        cph_add3(place.enu, -1.0, enu, apart);
        CU_ASSERT(cph_norm3(apart) < 3.0 / 128.0 * 24.0 * pow(0.0138, 4.0) + 1e-8);
    }
    CU_ASSERT_EQUAL(cph_schedule_at(plain, 0, schedule_t0 + 100.0, &(cph_schedule_place){0}),
                    CPH_ERR_MISSING);
    CU_ASSERT_EQUAL(cph_schedule_at(plain, 77, schedule_t0, &(cph_schedule_place){0}),
                    CPH_ERR_MISSING);
    cph_schedule_destroy(schedule);
    cph_schedule_destroy(plain);
}

static void doppler_has_the_sign_of_approach(void)
{
    const double f = 14.25e9, rate = -6336.0; /* comes nearer */
    CU_ASSERT_DOUBLE_EQUAL(cph_doppler_hz(f, rate), 301168.3, 0.1);
    const double sent = f + cph_doppler_precompensation_hz(f, rate);
    CU_ASSERT(sent < f);
    /* What arrives, exactly, without relativity: sent (1 - rate / c). */
    CU_ASSERT_DOUBLE_EQUAL(sent * (1.0 - rate / CPH_SPEED_OF_LIGHT), f,
                           1.01 * f * pow(rate / CPH_SPEED_OF_LIGHT, 2.0));
}

static void memory_does_not_grow_with_rows(void)
{
    cph_schedule *schedule = NULL;
    cph_schedule_slot slot;
    bool ready = false;
    size_t most = 0, slots = 0;
    CU_ASSERT_EQUAL_FATAL(cph_schedule_create(&schedule_usual, &schedule), CPH_OK);
    for (size_t i = 0; i < 200000; i++) {
        const cph_schedule_row row = schedule_row_at(2, schedule_t0 + (double)i, 1.0, 1.0);
        CU_ASSERT_EQUAL(cph_schedule_put(schedule, &row), CPH_OK);
        CU_ASSERT_EQUAL(cph_schedule_next(schedule, &slot, &ready), CPH_OK);
        slots += ready;
        most = schedule->track[2].capacity > most ? schedule->track[2].capacity : most;
    }
    CU_ASSERT(slots > 200000 / 15 - 20);
    CU_ASSERT(most <= 1024); /* 3 slots, 4 joins and 1 s: 286 rows, twice that, a power of two */
    cph_schedule_destroy(schedule);
}

static void nor_with_satellites_that_have_set(void)
{
    enum { PASSES = 400, LONG = 100 };
    cph_schedule *schedule = NULL;
    cph_schedule_slot slot;
    bool ready = false;
    size_t kept = 0;
    CU_ASSERT_EQUAL_FATAL(cph_schedule_create(&schedule_usual, &schedule), CPH_OK);
    for (size_t i = 0; i < (size_t)PASSES * LONG; i++) {
        const cph_schedule_row row =
            schedule_row_at((uint32_t)(i / LONG), schedule_t0 + (double)i, 1.0, 1.0);
        CU_ASSERT_EQUAL(cph_schedule_put(schedule, &row), CPH_OK);
        CU_ASSERT_EQUAL(cph_schedule_next(schedule, &slot, &ready), CPH_OK);
    }
    for (size_t i = 0; i < PASSES; i++)
        kept += schedule->track[i].capacity;
    CU_ASSERT(kept <= 640); /* 286 rows are of 5 satellites at most, whose 100 take room for 128 */
    cph_schedule_destroy(schedule);
}

static void what_makes_no_sense_is_refused(void)
{
    cph_schedule *schedule = NULL;
    const cph_schedule_config bad[] = {{.slot_s = 0.0, .join_s = 1.0},
                                       {.slot_s = NAN, .join_s = 1.0},
                                       {.slot_s = 15.0, .join_s = 0.0},
                                       {.slot_s = 15.0, .join_s = 1.0, .overlap_s = 16.0},
                                       {.slot_s = 15.0, .join_s = 1.0, .hysteresis_rad = -1.0},
                                       {.slot_s = 15.0, .join_s = 1.0, .floor_rad = 2.0},
                                       {.slot_s = 15.0, .join_s = 1.0, .slot_start_s = INFINITY}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_EQUAL(cph_schedule_create(&bad[i], &schedule), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL_FATAL(cph_schedule_create(&schedule_usual, &schedule), CPH_OK);
    cph_schedule_row row = schedule_row_at(1, schedule_t0, 0.0, 0.5),
                     next = schedule_row_at(1, schedule_t0 + 1.0, 0.0, 0.5);
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &next), CPH_OK);
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &row), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &next), CPH_ERR_ARGUMENT);
    next.satellite = 0;
    next.enu[0] += 0.01;
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &next), CPH_ERR_ARGUMENT);
    next.enu[0] = NAN;
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &next), CPH_ERR_NOT_FINITE);
    next = schedule_row_at(0, schedule_t0 + 1.0, 0.0, 0.5);
    next.range_m = 0.0;
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &next), CPH_ERR_ARGUMENT);
    next.range_m = NAN;
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &next), CPH_OK);
    cph_schedule_finish(schedule);
    CU_ASSERT_EQUAL(cph_schedule_lonely(schedule), 2);
    next.time_unix_s += 1.0;
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &next), CPH_ERR_ARGUMENT);
    cph_schedule_destroy(schedule);
}

CU_TestInfo cph_tests_schedule[] = {
    {"a place between rows is that of the orbit", a_place_between_rows_is_that_of_the_orbit},
    {"range rates come from ranges", range_rates_come_from_ranges},
    {"Doppler has the sign of approach", doppler_has_the_sign_of_approach},
    {"memory does not grow with rows", memory_does_not_grow_with_rows},
    {"nor with satellites that have set", nor_with_satellites_that_have_set},
    {"what makes no sense is refused", what_makes_no_sense_is_refused},
    CU_TEST_INFO_NULL,
};
