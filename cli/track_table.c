/* SPDX-License-Identifier: MIT */
#include "cli/track_table.h"

#include <math.h>
#include <string.h>

#include "cli/parse.h"
#include "cophase/array.h"

cph_status cph_track_table_survey(const char *path, cph_pointing **table, cph_error *error)
{
    cph_status status = cph_pointing_open(path, table, error);
    for (bool more = true; status == CPH_OK && more;) {
        cph_pointing_row row;
        status = cph_pointing_next(*table, &row, &more, error);
    }
    return status;
}

cph_status cph_track_table_open(const char *path, const cph_schedule_config *config,
                                cph_track_table *table, cph_error *error)
{
    cph_schedule_config all = *config;
    all.floor_rad = -M_PI / 2;
    *table = (cph_track_table){
        .path = path, .join_s = config->join_s, .newest = -INFINITY, .passed = -INFINITY};
    const cph_status status = cph_schedule_create(&all, &table->schedule);
    if (status != CPH_OK)
        return cph_fail(error, status, "schedule: %s", cph_status_name(status));
    return cph_pointing_open(path, &table->table, error);
}

void cph_track_table_close(cph_track_table *table)
{
    cph_pointing_close(table->table);
    cph_schedule_destroy(table->schedule);
}

static cph_status put_row(cph_track_table *t, const cph_pointing_row *row, cph_error *error)
{
    cph_schedule_row look = {.satellite = row->satellite,
                             .time_unix_s = row->time_unix_s,
                             .range_m = row->range_m,
                             .range_rate_m_s = row->range_rate_m_s,
                             .obstruction_rad = -M_PI / 2};
    cph_direction_sky_to_enu(row->az_rad, row->el_rad, look.enu);
    t->newest = row->time_unix_s;
    const cph_status status = cph_schedule_put(t->schedule, &look);
    return status == CPH_OK ? status
                            : cph_fail(error, status, "%s: %s: %s", t->path,
                                       cph_pointing_place(t->table), cph_status_name(status));
}

/* Old rows are dropped with the slots that they are in. */
static cph_status drop_rows(cph_track_table *t, double start, cph_error *error)
{
    bool ready = true;
    while (ready && t->passed <= start) {
        cph_schedule_slot slot;
        const cph_status status = cph_schedule_next(t->schedule, &slot, &ready);
        if (status != CPH_OK)
            return cph_fail(error, status, "%s: %s", t->path, cph_status_name(status));
        if (ready)
            t->passed = slot.end_unix_s;
    }
    return CPH_OK;
}

cph_status cph_track_table_follow(cph_track_table *t, double start, double end, cph_error *error)
{
    cph_status status = CPH_OK;
    while (status == CPH_OK && t->table != NULL && !t->ended &&
           t->newest <= end + 2.0 * t->join_s) {
        cph_pointing_row row;
        bool more = false;
        status = cph_pointing_next(t->table, &row, &more, error);
        t->ended = !more;
        if (status == CPH_OK && more)
            status = put_row(t, &row, error);
        if (status == CPH_OK)
            status = drop_rows(t, start, error);
    }
    return status;
}

bool cph_track_table_at(cph_track_table *t, uint32_t name, double time, double enu[3])
{
    cph_schedule_place place;
    if (t->table == NULL || cph_schedule_at(t->schedule, name, time, &place) != CPH_OK)
        return false;
    memcpy(enu, place.enu, sizeof place.enu);
    t->met = true;
    return true;
}
