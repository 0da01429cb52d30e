/* SPDX-License-Identifier: MIT */
#include "tests/unit/schedule_rig.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>

#include "cophase/array.h"

const double schedule_t0 = 1.7e9;

const cph_schedule_config schedule_usual = {
    .slot_s = 15.0, .floor_rad = 25.0 * M_PI / 180.0, .overlap_s = 1.0, .join_s = 60.0};

cph_schedule_row schedule_row_at(uint32_t satellite, double t, double az, double el)
{
    cph_schedule_row row = {.satellite = satellite,
                            .time_unix_s = t,
                            .range_m = NAN,
                            .range_rate_m_s = NAN,
                            .obstruction_rad = -M_PI / 2};
    cph_direction_sky_to_enu(az, el, row.enu);
    return row;
}

static void take_slots(cph_schedule *schedule, schedule_outcome *out)
{
    cph_schedule_slot slot;
    bool ready = true;
    while (ready) {
        CU_ASSERT_EQUAL_FATAL(cph_schedule_next(schedule, &slot, &ready), CPH_OK);
        if (!ready)
            return;
        CU_ASSERT_FATAL(out->slots < SCHEDULE_MOST && out->pieces + slot.pieces < SCHEDULE_MOST);
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

schedule_outcome *schedule_run(const cph_schedule_config *config, size_t rows,
                               cph_schedule_row *row, bool streamed)
{
    static schedule_outcome made;
    schedule_outcome *const out = &made;
    cph_schedule *schedule = NULL;
    qsort(row, rows, sizeof *row, by_time);
    made = (schedule_outcome){0};
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

double schedule_tent(double t, double peak_t, double peak_deg)
{
    return fmax(peak_deg - 0.5 * fabs(t - peak_t), -60.0) * M_PI / 180.0;
}

size_t schedule_put_tent(cph_schedule_row *row, uint32_t satellite, int from, int to, double peak_t,
                         double peak_deg)
{
    size_t rows = 0;
    for (int t = from; t <= to; t++)
        row[rows++] =
            schedule_row_at(satellite, schedule_t0 + t, 1.0, schedule_tent(t, peak_t, peak_deg));
    return rows;
}
