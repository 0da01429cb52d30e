/* SPDX-License-Identifier: MIT */
#include "cli/simulate_moving.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse.h"
#include "cli/parse_internal.h"
#include "kernels/core/vec3.h"

static const double join_s = 60.0; /* rows further apart are not one pass */

cph_status cph_moving_parse(const char *text, cph_moving_word *word, cph_error *error)
{
    double snr = NAN, inr = NAN;
    const cph_key keys[] = {
        {"inr", CPH_POWER, &inr, NULL}, {"snr", CPH_POWER, &snr, NULL}, {NULL, 0, NULL, NULL}};
    const size_t length = strcspn(text, ",");
    cph_moving_word made = {.power = 1.0};
    if (length == 0 || length >= sizeof made.path)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%.40s': expected TABLE[,inr=P]", text);
    memcpy(made.path, text, length);
    const cph_status status =
        cph_parse_keys(text[length] == ',' ? text + length + 1 : NULL, keys, error);
    if (status != CPH_OK)
        return status;
    if (!isnan(snr) && !isnan(inr))
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected either inr or snr", text);
    made.jammer = isnan(snr);
    if (!isnan(snr) || !isnan(inr))
        made.power = isnan(snr) ? inr : snr;
    *word = made;
    return CPH_OK;
}

/* ---- opening ---- */

static cph_status no_memory(cph_error *error)
{
    return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
}

/* Times of all rows, and from when until when two of a satellite are close enough to know what is
 * between them. */
static cph_status survey_times(cph_moving *moving, cph_moving_table *t, cph_pointing *table,
                               cph_error *error)
{
    double last[CPH_MOVING_SOURCES];
    bool more = true;
    for (size_t i = 0; i < CPH_MOVING_SOURCES; i++)
        last[i] = -INFINITY;
    t->first_s = INFINITY;
    t->last_s = -INFINITY;
    while (more) {
        cph_pointing_row row;
        const cph_status status = cph_pointing_next(table, &row, &more, error);
        if (status != CPH_OK || !more)
            return status;
        moving->start_s = fmin(moving->start_s, row.time_unix_s);
        moving->end_s = fmax(moving->end_s, row.time_unix_s);
        if (row.satellite >= CPH_MOVING_SOURCES)
            continue;
        if (row.time_unix_s - last[row.satellite] <= join_s) {
            t->first_s = fmin(t->first_s, last[row.satellite]);
            t->last_s = row.time_unix_s;
        }
        last[row.satellite] = row.time_unix_s;
    }
    return CPH_OK;
}

/* All rows: names and times. */
static cph_status survey(cph_moving *moving, cph_moving_table *t, cph_error *error)
{
    cph_pointing *table = NULL;
    cph_status status = cph_pointing_open(t->word->path, &table, error);
    if (status == CPH_OK)
        status = survey_times(moving, t, table, error);
    t->satellites = status == CPH_OK ? cph_pointing_satellites(table) : 0;
    if (status == CPH_OK && moving->sources + t->satellites > CPH_MOVING_SOURCES)
        status = cph_fail(error, CPH_ERR_FORMAT,
                          "%s: has %zu satellites, expected at most %d sources that move",
                          t->word->path, t->satellites, CPH_MOVING_SOURCES);
    if (status == CPH_OK && !(t->first_s < t->last_s))
        status = cph_fail(error, CPH_ERR_FORMAT,
                          "%s: no two rows of a satellite are within %g s: expected some, between "
                          "which it moves",
                          t->word->path, join_s);
    t->name = calloc(t->satellites + 1, sizeof *t->name);
    if (status == CPH_OK && t->name == NULL)
        status = no_memory(error);
    for (uint32_t i = 0; status == CPH_OK && t->name != NULL && i < t->satellites; i++) {
        const char *const name = cph_pointing_name(table, i);
        memcpy(t->name[i], name, strlen(name) + 1);
    }
    cph_pointing_close(table);
    moving->sources += status == CPH_OK ? t->satellites : 0;
    return status;
}

cph_status cph_moving_open(const cph_moving_word *word, size_t words, cph_moving *moving,
                           cph_error *error)
{
    const cph_schedule_config config = {.slot_s = 1.0, .join_s = join_s};
    cph_status status = CPH_OK;
    *moving = (cph_moving){.start_s = INFINITY, .end_s = -INFINITY};
    for (size_t i = 0; i < words && status == CPH_OK; i++) {
        cph_moving_table *const t = &moving->table[moving->tables++];
        *t = (cph_moving_table){.word = &word[i]};
        status = survey(moving, t, error);
        if (status == CPH_OK)
            status = cph_track_table_open(t->word->path, &config, &t->follow, error);
    }
    return status;
}

cph_status cph_moving_check(const cph_moving *moving, double start_s, double end_s,
                            cph_error *error)
{
    for (size_t i = 0; i < moving->tables; i++) {
        const cph_moving_table *const t = &moving->table[i];
        if (t->last_s <= start_s || t->first_s >= end_s)
            return cph_fail(error, CPH_ERR_FORMAT,
                            "%s: knows Unix %.3f to %.3f alone, and the capture is from %.3f to "
                            "%.3f: expected times in common",
                            t->word->path, t->first_s, t->last_s, start_s, end_s);
    }
    return CPH_OK;
}

void cph_moving_close(cph_moving *moving)
{
    for (size_t i = 0; i < moving->tables; i++) {
        cph_track_table_close(&moving->table[i].follow);
        free(moving->table[i].name);
    }
    *moving = (cph_moving){.tables = 0};
}

const cph_moving_table *cph_moving_of(const cph_moving *moving, size_t source, const char **name)
{
    const cph_moving_table *t = moving->table;
    for (; source >= t->satellites; t++)
        source -= t->satellites;
    *name = t->name[source];
    return t;
}

/* ---- as time goes on ---- */

/* ENU to the array frame; MISSING where nothing says how. */
static cph_status to_array(const cph_array *array, const double *m, const double enu[3],
                           double u[3])
{
    if (m == NULL)
        return cph_direction_enu_to_array(array, enu, u);
    cph_rotate_back3(m, enu, u);
    return CPH_OK;
}

static cph_status place_table(cph_moving_table *t, double time_unix_s, const cph_array *array,
                              const double *m, cph_sim_source *source, cph_error *error)
{
    static const double zenith[3] = {0.0, 0.0, 1.0};
    cph_status status = cph_track_table_follow(&t->follow, time_unix_s, time_unix_s, error);
    for (uint32_t i = 0; status == CPH_OK && i < t->satellites; i++) {
        double enu[3];
        source[i] = (cph_sim_source){.power = t->word->power, .jammer = t->word->jammer};
        source[i].silent = !cph_track_table_at(&t->follow, i, time_unix_s, enu);
        status = to_array(array, m, source[i].silent ? zenith : enu, source[i].direction);
        if (status != CPH_OK)
            status = cph_fail(error, status,
                              "%s: of the sky, which needs the array's orientation: expected "
                              "--attitude, as in --attitude 0,0,0",
                              t->word->path);
    }
    return status;
}

cph_status cph_moving_place(cph_moving *moving, double time_unix_s, const cph_array *array,
                            const cph_attitude *attitude, cph_sim_source *source, cph_error *error)
{
    double m[9];
    cph_status status = CPH_OK;
    if (attitude != NULL && attitude->count > 0) {
        status = cph_attitude_at(attitude, time_unix_s, m);
        if (status != CPH_OK)
            return cph_fail(error, status,
                            "--attitude: nothing is known at Unix %.6f, which the capture needs",
                            time_unix_s);
    }
    for (size_t i = 0; i < moving->tables && status == CPH_OK; i++) {
        cph_moving_table *const t = &moving->table[i];
        status = place_table(t, time_unix_s, array,
                             attitude != NULL && attitude->count > 0 ? m : NULL, source, error);
        source += t->satellites;
    }
    return status;
}
