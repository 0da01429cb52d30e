/* SPDX-License-Identifier: MIT */
/* Slots, hand-overs and places between rows: circular passes in closed form, and random ones
 * against a look at every moment. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/array.h"
#include "cophase/random.h"
#include "cophase/schedule.h"
#include "kernels/core/vec3.h"
#include "kernels/track/schedule.h"

enum { MOST = 4096 };

static const double degree = M_PI / 180.0, t0 = 1.7e9;
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

static const cph_schedule_config usual = {
    .slot_s = 15.0, .floor_rad = 25.0 * M_PI / 180.0, .overlap_s = 1.0, .join_s = 60.0};

static cph_schedule_row row_at(uint32_t satellite, double t, double az, double el)
{
    cph_schedule_row row = {.satellite = satellite,
                            .time_unix_s = t,
                            .range_m = NAN,
                            .range_rate_m_s = NAN,
                            .obstruction_rad = -M_PI / 2};
    cph_direction_sky_to_enu(az, el, row.enu);
    return row;
}

static cph_schedule *pass_table(double step, bool ranges, bool rates)
{
    cph_schedule *schedule = NULL;
    cph_schedule_slot slot;
    bool ready = false;
    CU_ASSERT_EQUAL_FATAL(cph_schedule_create(&usual, &schedule), CPH_OK);
    for (int i = -8; i <= 8; i++) {
        const double t = i * step;
        cph_schedule_row row = {.time_unix_s = t0 + t, .obstruction_rad = -M_PI / 2};
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
        CU_ASSERT_EQUAL_FATAL(cph_schedule_at(schedule, 0, t0 + t, &place), CPH_OK);
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
        CU_ASSERT_EQUAL_FATAL(cph_schedule_at(schedule, 0, t0 + t, &place), CPH_OK);
        /* h^3 / 4 of the fourth derivative, and one ulp of time at up to 104 m/s^2. */
        CU_ASSERT_DOUBLE_EQUAL(place.range_rate_m_s, rate,
                               0.25 * orbit_m * pow(turn, 4.0) + 2.4e-7 * 104.0);
        CU_ASSERT_EQUAL_FATAL(cph_schedule_at(plain, 0, t0 + t, &place), CPH_OK);
        CU_ASSERT(isnan(place.range_m) && isnan(place.range_rate_m_s));
        double apart[3];
        cph_add3(place.enu, -1.0, enu, apart);
        CU_ASSERT(cph_norm3(apart) < 3.0 / 128.0 * 24.0 * pow(0.0138, 4.0) + 1e-8);
    }
    CU_ASSERT_EQUAL(cph_schedule_at(plain, 0, t0 + 100.0, &(cph_schedule_place){0}),
                    CPH_ERR_MISSING);
    CU_ASSERT_EQUAL(cph_schedule_at(plain, 77, t0, &(cph_schedule_place){0}), CPH_ERR_MISSING);
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

/* ---- schedules ---- */

typedef struct outcome {
    size_t slots, pieces;
    cph_schedule_slot slot[MOST];
    cph_schedule_piece piece[MOST];
} outcome;

static void take_slots(cph_schedule *schedule, outcome *out)
{
    cph_schedule_slot slot;
    bool ready = true;
    while (ready) {
        CU_ASSERT_EQUAL_FATAL(cph_schedule_next(schedule, &slot, &ready), CPH_OK);
        if (!ready)
            return;
        CU_ASSERT_FATAL(out->slots < MOST && out->pieces + slot.pieces < MOST);
        out->slot[out->slots++] = slot;
        for (size_t i = 0; i < slot.pieces; i++)
            out->piece[out->pieces++] = slot.piece[i];
    }
}

static int by_time(const void *a, const void *b)
{
    const cph_schedule_row *x = a, *y = b;
    return x->time_unix_s != y->time_unix_s ? (x->time_unix_s > y->time_unix_s ? 1 : -1)
                                            : (int)x->satellite - (int)y->satellite;
}

/* All rows at once, or slots as soon as they are ready: the same. */
static outcome *run_rows(const cph_schedule_config *config, size_t rows, cph_schedule_row *row,
                         bool streamed)
{
    static outcome made;
    outcome *const out = &made;
    cph_schedule *schedule = NULL;
    qsort(row, rows, sizeof *row, by_time);
    made = (outcome){0};
    CU_ASSERT_EQUAL_FATAL(cph_schedule_create(config, &schedule), CPH_OK);
    for (size_t i = 0; i < rows; i++) {
        CU_ASSERT_EQUAL(cph_schedule_put(schedule, &row[i]), CPH_OK);
        if (streamed)
            take_slots(schedule, out);
    }
    cph_schedule_finish(schedule);
    take_slots(schedule, out);
    cph_schedule_destroy(schedule);
    return out;
}

/* Elevation of a straight rise and fall of one degree in two seconds about a peak. */
static double tent(double t, double peak_t, double peak_deg)
{
    return fmax(peak_deg - 0.5 * fabs(t - peak_t), -60.0) * degree;
}

static size_t put_tent(cph_schedule_row *row, uint32_t satellite, int from, int to, double peak_t,
                       double peak_deg)
{
    size_t rows = 0;
    for (int t = from; t <= to; t++)
        row[rows++] = row_at(satellite, t0 + t, 1.0, tent(t, peak_t, peak_deg));
    return rows;
}

/* t0 is 5 s behind a slot's edge. A is above 25 degrees until 98 s, B from 60 to 220 s, higher from
 * 80 s on. */
static void a_hand_over_makes_before_it_breaks(void)
{
    cph_schedule_row row[MOST];
    size_t rows = put_tent(row, 0, 0, 160, 49.0, 49.5);
    rows += put_tent(row + rows, 3, 20, 240, 140.0, 65.0);
    CU_ASSERT(fabs(fmod(t0, 15.0) - 5.0) < 1e-9);
    outcome *out = run_rows(&usual, rows, row, true);
    double end = t0;
    size_t switches = 0;
    for (size_t i = 0; i < out->pieces; i++) {
        const cph_schedule_piece *const p = &out->piece[i];
        CU_ASSERT_DOUBLE_EQUAL(p->start_unix_s, end, 0.0);
        end = p->end_unix_s;
        if (i == 0 || p->satellite == out->piece[i - 1].satellite)
            continue;
        if (switches++ == 0) { /* B is the higher one, at its slot's middle, from 95 s on */
            CU_ASSERT_EQUAL(p->satellite, 3);
            CU_ASSERT_EQUAL(p->reason, CPH_SCHEDULE_SETS);
            CU_ASSERT_DOUBLE_EQUAL(p->start_unix_s, t0 + 85.0, 1e-6);
            CU_ASSERT_DOUBLE_EQUAL(p->standby_unix_s, t0 + 84.0, 1e-6);
        }
    }
    CU_ASSERT_EQUAL(out->slot[0].index, (int64_t)(t0 / 15.0));
    CU_ASSERT_EQUAL(out->piece[0].reason, CPH_SCHEDULE_RISEN);
    CU_ASSERT_EQUAL(out->piece[1].reason, CPH_SCHEDULE_KEPT);
    CU_ASSERT_DOUBLE_EQUAL(end, t0 + 240.0, 0.0);
}

/* A sets at 14.7 s, in a slot in which B alone is left; C is higher in the next one and to be seen
 * from 11.7 s on: at most two beams stand at once. */
static void a_third_beam_never_stands(void)
{
    cph_schedule_row row[MOST] = {{0}};
    size_t rows = 0;
    const double start = 1.5e9; /* a slot's edge */
    for (int t = 0; t <= 60; t++) {
        const double el[3] = {80.0 - 55.0 / 14.7 * t, 20.0 + 0.8 * t,
                              fmin(8.0 + 1.6 * (t - 1), 85.0)};
        for (uint32_t k = 0; k < 3; k++)
            if (el[k] >= 0.0)
                row[rows++] = row_at(k, start + t, 1.0, el[k] * degree);
    }
    CU_ASSERT(fmod(start, 15.0) == 0.0);
    cph_schedule_config config = usual;
    config.floor_rad = 25.0 * degree;
    outcome *out = run_rows(&config, rows, row, true);
    double since = start, before = start; /* when the one that serves began, and the one before */
    size_t switches = 0;
    for (size_t i = 1; i < out->pieces; i++) {
        const cph_schedule_piece *const p = &out->piece[i];
        if (p->satellite == out->piece[i - 1].satellite)
            continue;
        before = since;
        since = p->start_unix_s;
        switches++;
        CU_ASSERT(p->standby_unix_s >= before && p->standby_unix_s <= since);
        if (i == 2) { /* B served 0.3 s, an overlap is 1 s */
            CU_ASSERT_DOUBLE_EQUAL(since - before, 0.3, 1e-6);
            CU_ASSERT_DOUBLE_EQUAL(p->standby_unix_s, before, 0.0);
        }
    }
    CU_ASSERT_EQUAL(switches, 2);
}

static void hysteresis_keeps_the_present_one(void)
{
    cph_schedule_config config = usual;
    cph_schedule_row row[MOST];
    config.hysteresis_rad = 12.0 * degree;
    for (int kept = 0; kept < 2; kept++) {
        size_t rows = put_tent(row, 1, 0, 160, 60.0, 60.0);
        rows += put_tent(row + rows, 0, 0, 160, 80.0, kept ? 60.0 : 66.0);
        outcome *out = run_rows(&config, rows, row, false);
        /* Behind 80 s the other one is higher by 10, or by 16 degrees. */
        const cph_schedule_piece *const last = &out->piece[6];
        CU_ASSERT_EQUAL(last->satellite, kept ? 1U : 0U);
        for (size_t i = 1; i < 7; i++)
            CU_ASSERT(out->piece[i].satellite == out->piece[i - 1].satellite ||
                      out->piece[i].reason == CPH_SCHEDULE_BETTER);
    }
}

static void gaps_say_why(void)
{
    cph_schedule_row row[MOST];
    size_t rows = put_tent(row, 0, 0, 100, 40.0, 45.0); /* above 25 until 80 */
    for (size_t i = 0; i < rows; i++)
        if (row[i].time_unix_s >= t0 + 60.0)
            row[i].obstruction_rad = 89.0 * degree;
    rows += put_tent(row + rows, 0, 400, 440, 420.0, 45.0);
    outcome *out = run_rows(&usual, rows, row, true);
    bool seen[CPH_SCHEDULE_REASONS] = {false};
    for (size_t i = 0; i < out->pieces; i++) {
        const cph_schedule_piece *const p = &out->piece[i];
        const bool gap = p->satellite == CPH_SCHEDULE_NONE;
        CU_ASSERT_EQUAL(gap, p->reason >= CPH_SCHEDULE_NO_ROWS);
        CU_ASSERT(!gap || isnan(p->mean_el_rad));
        if (p->reason == CPH_SCHEDULE_OBSTRUCTED && !seen[p->reason])
            /* between rows of +10.5 and -54 degrees */
            CU_ASSERT_DOUBLE_EQUAL(p->start_unix_s, t0 + 59.0 + 10.5 / 64.5, 1e-6);
        seen[p->reason] = true;
    }
    CU_ASSERT(seen[CPH_SCHEDULE_RISEN] && seen[CPH_SCHEDULE_OBSTRUCTED] && seen[CPH_SCHEDULE_LOW] &&
              seen[CPH_SCHEDULE_NO_ROWS]);
    bool long_gap = false;
    for (size_t i = 0; i < out->slots; i++)
        long_gap = long_gap || out->slot[i].count > 15;
    CU_ASSERT(long_gap);
}

/* Rows at which the margin is 0 exactly: it rises at 15 s and sets at 85 s, within slots. */
static void a_row_on_the_floor_ends_a_pass(void)
{
    cph_schedule_config config = usual;
    cph_schedule_row row[MOST];
    config.floor_rad = 0.0;
    config.slot_s = 30.0;
    size_t rows = put_tent(row, 0, 0, 100, 50.0, 17.5);
    outcome *out = run_rows(&config, rows, row, false);
    double first = INFINITY, last = -INFINITY, served = 0.0;
    for (size_t i = 0; i < out->pieces; i++) {
        const cph_schedule_piece *const p = &out->piece[i];
        if (p->satellite != 0)
            continue;
        first = fmin(first, p->start_unix_s - t0);
        last = fmax(last, p->end_unix_s - t0);
        served += p->end_unix_s - p->start_unix_s;
    }
    CU_ASSERT_DOUBLE_EQUAL(first, 15.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(last, 85.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(served, 70.0, 1e-6);
    /* A beam that stands beside begins on such a row, too. */
    rows = put_tent(row, 0, 0, 100, 0.0, 25.0);
    for (size_t i = 0; i < rows; i++)
        row[i].obstruction_rad = row[i].time_unix_s > t0 + 40.5 ? 89.0 * degree : -M_PI / 2;
    rows += put_tent(row + rows, 1, 0, 100, 130.0, 50.0); /* rises at 30 s */
    config.overlap_s = 20.0;
    out = run_rows(&config, rows, row, false);
    bool taken = false;
    for (size_t i = 0; i < out->pieces; i++)
        if (out->piece[i].reason == CPH_SCHEDULE_SETS) {
            taken = true;
            CU_ASSERT_DOUBLE_EQUAL(out->piece[i].standby_unix_s, t0 + 30.0, 1e-6);
        }
    CU_ASSERT(taken);
}

static void what_is_behind_the_array_is_not_served(void)
{
    cph_schedule_config config = usual;
    cph_schedule_row row[MOST];
    config.scan_most_rad = 60.0 * degree;
    size_t rows = put_tent(row, 0, 0, 100, 50.0, 70.0);
    for (size_t i = 0; i < rows; i++)
        row[i].scan_rad = (row[i].time_unix_s - t0) * degree; /* 60 at 60 s, then beyond */
    /* Another one all along, behind what stands in its way: it is not what is missing. */
    const size_t others = put_tent(row + rows, 1, 0, 100, 50.0, 70.0);
    for (size_t i = rows; i < rows + others; i++)
        row[i].obstruction_rad = 89.0 * degree;
    rows += others;
    outcome *out = run_rows(&config, rows, row, true);
    double served = 0.0, behind = 0.0;
    for (size_t i = 0; i < out->pieces; i++) {
        const cph_schedule_piece *const p = &out->piece[i];
        const double length = p->end_unix_s - p->start_unix_s;
        served += p->satellite == 0 ? length : 0.0;
        CU_ASSERT(p->satellite != 1);
        if (p->reason == CPH_SCHEDULE_BEHIND && behind == 0.0)
            CU_ASSERT_DOUBLE_EQUAL(p->start_unix_s, t0 + 60.0, 1e-6);
        behind += p->reason == CPH_SCHEDULE_BEHIND ? length : 0.0;
    }
    CU_ASSERT_DOUBLE_EQUAL(served, 60.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(behind, 40.0, 1e-6);
    CU_ASSERT_STRING_EQUAL(cph_schedule_reason_name(CPH_SCHEDULE_BEHIND), "behind the array");
    /* By 90 degrees where nothing is said of how far the array looks. */
    config.scan_most_rad = 0.0;
    out = run_rows(&config, rows, row, true);
    for (size_t i = 0; i < out->pieces; i++)
        CU_ASSERT(out->piece[i].reason != CPH_SCHEDULE_BEHIND ||
                  out->piece[i].start_unix_s > t0 + 90.0 - 1e-6);
    cph_schedule *schedule = NULL;
    CU_ASSERT_EQUAL(cph_schedule_create(&config, &schedule), CPH_OK);
    row[0].scan_rad = -0.1;
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &row[0]), CPH_ERR_ARGUMENT);
    row[0].scan_rad = NAN;
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &row[0]), CPH_ERR_NOT_FINITE);
    cph_schedule_destroy(schedule);
    config.scan_most_rad = 1.6;
    CU_ASSERT_EQUAL(cph_schedule_create(&config, &schedule), CPH_ERR_ARGUMENT);
}

static void a_table_that_jumps_a_century_is_one_gap(void)
{
    cph_schedule_row row[4];
    for (size_t i = 0; i < 4; i++)
        row[i] = row_at(0, t0 + (double)(i % 2) + (i < 2 ? 0.0 : 3.15e9), 0.5, 1.0);
    outcome *out = run_rows(&usual, 4, row, true);
    CU_ASSERT(out->slots <= 4);
    CU_ASSERT_EQUAL(out->piece[out->pieces - 1].satellite, 0);
}

/* ---- random passes ---- */

enum { SATELLITES = 6 };

typedef struct sky {
    double peak_t[SATELLITES], peak_deg[SATELLITES], phase[SATELLITES], step[SATELLITES];
} sky;

static double margin_between(const sky *k, size_t s, double t, double floor_rad)
{
    const double step = k->step[s], start = t0 + k->phase[s];
    const double i = floor((t - start) / step), a = start + i * step, b = a + step;
    if (t < start || b > t0 + 600.0)
        return -INFINITY;
    const double ea = tent(a, t0 + k->peak_t[s], k->peak_deg[s]),
                 eb = tent(b, t0 + k->peak_t[s], k->peak_deg[s]);
    return ea + (eb - ea) * (t - a) / step - floor_rad;
}

/* Served by what is to be seen, or by nothing where nothing is. */
static bool piece_is_right(const sky *k, const cph_schedule_piece *p, double floor_rad)
{
    const int steps = (int)((p->end_unix_s - p->start_unix_s - 2e-3) / 0.1);
    for (int j = 0; j <= steps; j++) {
        const double t = p->start_unix_s + 1e-3 + 0.1 * j;
        double best = -INFINITY;
        for (size_t s = 0; s < SATELLITES; s++)
            best = fmax(best, margin_between(k, s, t, floor_rad));
        if (p->satellite == CPH_SCHEDULE_NONE
                ? best > 1e-6
                : margin_between(k, p->satellite, t, floor_rad) < -1e-6)
            return false;
    }
    for (int j = 0; p->satellite != CPH_SCHEDULE_NONE; j++) {
        const double t = p->standby_unix_s + 1e-3 + 0.1 * j;
        if (!(t < p->start_unix_s))
            break;
        if (margin_between(k, p->satellite, t, floor_rad) < -1e-6)
            return false;
    }
    return true;
}

static size_t random_rows(uint64_t seed, sky *k, cph_schedule_row *row)
{
    cph_random random;
    size_t rows = 0;
    cph_random_seed(&random, seed, 0);
    for (size_t s = 0; s < SATELLITES; s++) {
        k->peak_t[s] = 600.0 * cph_random_uniform(&random);
        k->peak_deg[s] = 30.0 + 40.0 * cph_random_uniform(&random);
        k->phase[s] = 7.0 * cph_random_uniform(&random);
        k->step[s] = 1.0 + 4.0 * cph_random_uniform(&random);
        for (size_t i = 0; k->phase[s] + (double)i * k->step[s] < 600.0; i++) {
            const double t = t0 + k->phase[s] + (double)i * k->step[s];
            row[rows++] = row_at((uint32_t)s, t, 2.0, tent(t, t0 + k->peak_t[s], k->peak_deg[s]));
        }
    }
    return rows;
}

static void it_serves_whenever_any_is_to_be_seen(void)
{
    cph_schedule_config config = usual;
    static cph_schedule_row row[MOST];
    config.hysteresis_rad = 3.0 * degree;
    config.slot_start_s = 4.0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        sky k;
        const size_t rows = random_rows(seed, &k, row);
        outcome *out = run_rows(&config, rows, row, seed % 2 == 0);
        bool right = true;
        for (size_t i = 0; i < out->pieces; i++)
            right = right && piece_is_right(&k, &out->piece[i], config.floor_rad) &&
                    (i == 0 || out->piece[i].start_unix_s == out->piece[i - 1].end_unix_s);
        if (!right)
            printf("\n    seed %u ", (unsigned)seed);
        CU_ASSERT(right);
    }
}

static void memory_does_not_grow_with_rows(void)
{
    cph_schedule *schedule = NULL;
    cph_schedule_slot slot;
    bool ready = false;
    size_t most = 0, slots = 0;
    CU_ASSERT_EQUAL_FATAL(cph_schedule_create(&usual, &schedule), CPH_OK);
    for (size_t i = 0; i < 200000; i++) {
        const cph_schedule_row row = row_at(2, t0 + (double)i, 1.0, 1.0);
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
    CU_ASSERT_EQUAL_FATAL(cph_schedule_create(&usual, &schedule), CPH_OK);
    for (size_t i = 0; i < (size_t)PASSES * LONG; i++) {
        const cph_schedule_row row = row_at((uint32_t)(i / LONG), t0 + (double)i, 1.0, 1.0);
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
    CU_ASSERT_EQUAL_FATAL(cph_schedule_create(&usual, &schedule), CPH_OK);
    cph_schedule_row row = row_at(1, t0, 0.0, 0.5), next = row_at(1, t0 + 1.0, 0.0, 0.5);
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &next), CPH_OK);
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &row), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &next), CPH_ERR_ARGUMENT);
    next.satellite = 0;
    next.enu[0] += 0.01;
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &next), CPH_ERR_ARGUMENT);
    next.enu[0] = NAN;
    CU_ASSERT_EQUAL(cph_schedule_put(schedule, &next), CPH_ERR_NOT_FINITE);
    next = row_at(0, t0 + 1.0, 0.0, 0.5);
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
    {"a hand-over makes before it breaks", a_hand_over_makes_before_it_breaks},
    {"a third beam never stands", a_third_beam_never_stands},
    {"hysteresis keeps the present one", hysteresis_keeps_the_present_one},
    {"gaps say why", gaps_say_why},
    {"a row on the floor ends a pass", a_row_on_the_floor_ends_a_pass},
    {"what is behind the array is not served", what_is_behind_the_array_is_not_served},
    {"a table that jumps a century is one gap", a_table_that_jumps_a_century_is_one_gap},
    {"it serves whenever any is to be seen", it_serves_whenever_any_is_to_be_seen},
    {"memory does not grow with rows", memory_does_not_grow_with_rows},
    {"nor with satellites that have set", nor_with_satellites_that_have_set},
    {"what makes no sense is refused", what_makes_no_sense_is_refused},
    CU_TEST_INFO_NULL,
};
