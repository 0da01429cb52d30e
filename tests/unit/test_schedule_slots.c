/* SPDX-License-Identifier: MIT */
/* Slots and hand-overs, of chosen passes and of random ones against a look at every moment. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>

#include "cophase/random.h"
#include "tests/unit/schedule_rig.h"

static const double degree = M_PI / 180.0;

/* schedule_t0 is 5 s behind a slot's edge. A is above 25 degrees until 98 s, B from 60 to 220 s,
 * higher from 80 s on. */
static void a_hand_over_makes_before_it_breaks(void)
{
    cph_schedule_row row[SCHEDULE_MOST];
    size_t rows = schedule_put_tent(row, 0, 0, 160, 49.0, 49.5);
    rows += schedule_put_tent(row + rows, 3, 20, 240, 140.0, 65.0);
    CU_ASSERT(fabs(fmod(schedule_t0, 15.0) - 5.0) < 1e-9);
    schedule_outcome *out = schedule_run(&schedule_usual, rows, row, true);
    double end = schedule_t0;
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
            CU_ASSERT_DOUBLE_EQUAL(p->start_unix_s, schedule_t0 + 85.0, 1e-6);
            CU_ASSERT_DOUBLE_EQUAL(p->standby_unix_s, schedule_t0 + 84.0, 1e-6);
        }
    }
    CU_ASSERT_EQUAL(out->slot[0].index, (int64_t)(schedule_t0 / 15.0));
    CU_ASSERT_EQUAL(out->piece[0].reason, CPH_SCHEDULE_RISEN);
    CU_ASSERT_EQUAL(out->piece[1].reason, CPH_SCHEDULE_KEPT);
    CU_ASSERT_DOUBLE_EQUAL(end, schedule_t0 + 240.0, 0.0);
}

/* A sets at 14.7 s, in a slot in which B alone is left; C is higher in the next one and to be seen
 * from 11.7 s on: at most two beams stand at once. */
static void a_third_beam_never_stands(void)
{
    cph_schedule_row row[SCHEDULE_MOST] = {{0}};
    size_t rows = 0;
    const double start = 1.5e9; /* a slot's edge */
    for (int t = 0; t <= 60; t++) {
        const double el[3] = {80.0 - 55.0 / 14.7 * t, 20.0 + 0.8 * t,
                              fmin(8.0 + 1.6 * (t - 1), 85.0)};
        for (uint32_t k = 0; k < 3; k++)
            if (el[k] >= 0.0)
                row[rows++] = schedule_row_at(k, start + t, 1.0, el[k] * degree);
    }
    CU_ASSERT(fmod(start, 15.0) == 0.0);
    cph_schedule_config config = schedule_usual;
    config.floor_rad = 25.0 * degree;
    schedule_outcome *out = schedule_run(&config, rows, row, true);
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
    cph_schedule_config config = schedule_usual;
    cph_schedule_row row[SCHEDULE_MOST];
    config.hysteresis_rad = 12.0 * degree;
    for (int kept = 0; kept < 2; kept++) {
        size_t rows = schedule_put_tent(row, 1, 0, 160, 60.0, 60.0);
        rows += schedule_put_tent(row + rows, 0, 0, 160, 80.0, kept ? 60.0 : 66.0);
        schedule_outcome *out = schedule_run(&config, rows, row, false);
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
    cph_schedule_row row[SCHEDULE_MOST];
    size_t rows = schedule_put_tent(row, 0, 0, 100, 40.0, 45.0); /* above 25 until 80 */
    for (size_t i = 0; i < rows; i++)
        if (row[i].time_unix_s >= schedule_t0 + 60.0)
            row[i].obstruction_rad = 89.0 * degree;
    rows += schedule_put_tent(row + rows, 0, 400, 440, 420.0, 45.0);
    schedule_outcome *out = schedule_run(&schedule_usual, rows, row, true);
    bool seen[CPH_SCHEDULE_REASONS] = {false};
    for (size_t i = 0; i < out->pieces; i++) {
        const cph_schedule_piece *const p = &out->piece[i];
        const bool gap = p->satellite == CPH_SCHEDULE_NONE;
        CU_ASSERT_EQUAL(gap, p->reason >= CPH_SCHEDULE_NO_ROWS);
        CU_ASSERT(!gap || isnan(p->mean_el_rad));
        if (p->reason == CPH_SCHEDULE_OBSTRUCTED && !seen[p->reason])
            /* between rows of +10.5 and -54 degrees */
            CU_ASSERT_DOUBLE_EQUAL(p->start_unix_s, schedule_t0 + 59.0 + 10.5 / 64.5, 1e-6);
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
    cph_schedule_config config = schedule_usual;
    cph_schedule_row row[SCHEDULE_MOST];
    config.floor_rad = 0.0;
    config.slot_s = 30.0;
    size_t rows = schedule_put_tent(row, 0, 0, 100, 50.0, 17.5);
    schedule_outcome *out = schedule_run(&config, rows, row, false);
    double first = INFINITY, last = -INFINITY, served = 0.0;
    for (size_t i = 0; i < out->pieces; i++) {
        const cph_schedule_piece *const p = &out->piece[i];
        if (p->satellite != 0)
            continue;
        first = fmin(first, p->start_unix_s - schedule_t0);
        last = fmax(last, p->end_unix_s - schedule_t0);
        served += p->end_unix_s - p->start_unix_s;
    }
    CU_ASSERT_DOUBLE_EQUAL(first, 15.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(last, 85.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(served, 70.0, 1e-6);
    /* A beam that stands beside begins on such a row, too. */
    rows = schedule_put_tent(row, 0, 0, 100, 0.0, 25.0);
    for (size_t i = 0; i < rows; i++)
        row[i].obstruction_rad =
            row[i].time_unix_s > schedule_t0 + 40.5 ? 89.0 * degree : -M_PI / 2;
    rows += schedule_put_tent(row + rows, 1, 0, 100, 130.0, 50.0); /* rises at 30 s */
    config.overlap_s = 20.0;
    out = schedule_run(&config, rows, row, false);
    bool taken = false;
    for (size_t i = 0; i < out->pieces; i++)
        if (out->piece[i].reason == CPH_SCHEDULE_SETS) {
            taken = true;
            CU_ASSERT_DOUBLE_EQUAL(out->piece[i].standby_unix_s, schedule_t0 + 30.0, 1e-6);
        }
    CU_ASSERT(taken);
}

static void what_is_behind_the_array_is_not_served(void)
{
    cph_schedule_config config = schedule_usual;
    cph_schedule_row row[SCHEDULE_MOST];
    config.scan_most_rad = 60.0 * degree;
    size_t rows = schedule_put_tent(row, 0, 0, 100, 50.0, 70.0);
    for (size_t i = 0; i < rows; i++)
        row[i].scan_rad = (row[i].time_unix_s - schedule_t0) * degree; /* 60 at 60 s, then beyond */
    /* Another one all along, behind what stands in its way: it is not what is missing. */
    const size_t others = schedule_put_tent(row + rows, 1, 0, 100, 50.0, 70.0);
    for (size_t i = rows; i < rows + others; i++)
        row[i].obstruction_rad = 89.0 * degree;
    rows += others;
    schedule_outcome *out = schedule_run(&config, rows, row, true);
    double served = 0.0, behind = 0.0;
    for (size_t i = 0; i < out->pieces; i++) {
        const cph_schedule_piece *const p = &out->piece[i];
        const double length = p->end_unix_s - p->start_unix_s;
        served += p->satellite == 0 ? length : 0.0;
        CU_ASSERT(p->satellite != 1);
        if (p->reason == CPH_SCHEDULE_BEHIND && behind == 0.0)
            CU_ASSERT_DOUBLE_EQUAL(p->start_unix_s, schedule_t0 + 60.0, 1e-6);
        behind += p->reason == CPH_SCHEDULE_BEHIND ? length : 0.0;
    }
    CU_ASSERT_DOUBLE_EQUAL(served, 60.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(behind, 40.0, 1e-6);
    CU_ASSERT_STRING_EQUAL(cph_schedule_reason_name(CPH_SCHEDULE_BEHIND), "behind the array");
    /* By 90 degrees where nothing is said of how far the array looks. */
    config.scan_most_rad = 0.0;
    out = schedule_run(&config, rows, row, true);
    for (size_t i = 0; i < out->pieces; i++)
        CU_ASSERT(out->piece[i].reason != CPH_SCHEDULE_BEHIND ||
                  out->piece[i].start_unix_s > schedule_t0 + 90.0 - 1e-6);
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
        row[i] =
            schedule_row_at(0, schedule_t0 + (double)(i % 2) + (i < 2 ? 0.0 : 3.15e9), 0.5, 1.0);
    schedule_outcome *out = schedule_run(&schedule_usual, 4, row, true);
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
    const double step = k->step[s], start = schedule_t0 + k->phase[s];
    const double i = floor((t - start) / step), a = start + i * step, b = a + step;
    if (t < start || b > schedule_t0 + 600.0)
        return -INFINITY;
    const double ea = schedule_tent(a, schedule_t0 + k->peak_t[s], k->peak_deg[s]),
                 eb = schedule_tent(b, schedule_t0 + k->peak_t[s], k->peak_deg[s]);
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
            const double t = schedule_t0 + k->phase[s] + (double)i * k->step[s];
            row[rows++] = schedule_row_at(
                (uint32_t)s, t, 2.0, schedule_tent(t, schedule_t0 + k->peak_t[s], k->peak_deg[s]));
        }
    }
    return rows;
}

static void it_serves_whenever_any_is_to_be_seen(void)
{
    cph_schedule_config config = schedule_usual;
    static cph_schedule_row row[SCHEDULE_MOST];
    config.hysteresis_rad = 3.0 * degree;
    config.slot_start_s = 4.0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        sky k;
        const size_t rows = random_rows(seed, &k, row);
        schedule_outcome *out = schedule_run(&config, rows, row, seed % 2 == 0);
        bool right = true;
        for (size_t i = 0; i < out->pieces; i++)
            right = right && piece_is_right(&k, &out->piece[i], config.floor_rad) &&
                    (i == 0 || out->piece[i].start_unix_s == out->piece[i - 1].end_unix_s);
        if (!right)
            printf("\n    seed %u ", (unsigned)seed);
        CU_ASSERT(right);
    }
}

CU_TestInfo cph_tests_schedule_slots[] = {
    {"a hand-over makes before it breaks", a_hand_over_makes_before_it_breaks},
    {"a third beam never stands", a_third_beam_never_stands},
    {"hysteresis keeps the present one", hysteresis_keeps_the_present_one},
    {"gaps say why", gaps_say_why},
    {"a row on the floor ends a pass", a_row_on_the_floor_ends_a_pass},
    {"what is behind the array is not served", what_is_behind_the_array_is_not_served},
    {"a table that jumps a century is one gap", a_table_that_jumps_a_century_is_one_gap},
    {"it serves whenever any is to be seen", it_serves_whenever_any_is_to_be_seen},
    CU_TEST_INFO_NULL,
};
