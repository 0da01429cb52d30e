/* SPDX-License-Identifier: MIT */
#include "cli/track_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse.h"
#include "cophase/array.h"
#include "kernels/core/size.h"

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
    *table = (cph_track_table){.path = path,
                               .join_s = config->join_s,
                               .newest = -INFINITY,
                               .passed = -INFINITY,
                               .oldest = NAN,
                               .from = INFINITY,
                               .to = -INFINITY};
    const cph_status status = cph_schedule_create(&all, &table->schedule);
    if (status != CPH_OK)
        return cph_fail(error, status, "schedule: %s", cph_status_name(status));
    return cph_pointing_open(path, &table->table, error);
}

void cph_track_table_close(cph_track_table *table)
{
    cph_pointing_close(table->table);
    cph_schedule_destroy(table->schedule);
    free(table->last);
}

/* Is it near the row of its name before? */
static cph_status join_row(cph_track_table *t, const cph_pointing_row *row, cph_error *error)
{
    const size_t names = cph_pointing_satellites(t->table);
    size_t bytes;
    if (names > t->names) {
        double *const more = cph_size_mul(names, 2 * sizeof *t->last, &bytes)
                                 ? realloc(t->last, bytes) /* twice: rarely */
                                 : NULL;
        if (more == NULL)
            return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        t->last = more;
        while (t->names < 2 * names)
            t->last[t->names++] = -INFINITY;
    }
    t->joined = t->joined || row->time_unix_s - t->last[row->satellite] <= t->join_s;
    t->last[row->satellite] = row->time_unix_s;
    return CPH_OK;
}

cph_schedule_row cph_track_table_look(const cph_pointing_row *row)
{
    cph_schedule_row look = {.satellite = row->satellite,
                             .time_unix_s = row->time_unix_s,
                             .range_m = row->range_m,
                             .range_rate_m_s = row->range_rate_m_s,
                             .obstruction_rad = -M_PI / 2};
    cph_direction_sky_to_enu(row->az_rad, row->el_rad, look.enu);
    return look;
}

static cph_status put_row(cph_track_table *t, const cph_pointing_row *row, cph_error *error)
{
    const cph_schedule_row look = cph_track_table_look(row);
    t->newest = row->time_unix_s;
    t->oldest = isnan(t->oldest) ? t->newest : t->oldest;
    cph_status status = join_row(t, row, error);
    if (status != CPH_OK)
        return status;
    status = cph_schedule_put(t->schedule, &look);
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
    t->from = fmin(t->from, start);
    t->to = fmax(t->to, end);
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

cph_status cph_track_table_check(const cph_track_table *t, cph_error *error)
{
    if (t->table == NULL || t->met)
        return CPH_OK;
    if (t->newest <= t->from)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: its last row is at %.3f, before the first update, from %.3f on: "
                        "expected rows beside the run",
                        t->path, t->newest, t->from);
    if (t->oldest >= t->to)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: its first row is at %.3f, after the last update, up to %.3f: "
                        "expected rows beside the run",
                        t->path, t->oldest, t->to);
    if (!t->joined)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: no two rows of a name beside the run are within %g s (--row-gap): "
                        "expected some, between which it moves",
                        t->path, t->join_s);
    return CPH_OK;
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
