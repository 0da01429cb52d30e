/* SPDX-License-Identifier: MIT */
/* Nulls of a run: directions that stay, and jammers of a table that is followed beside the one of
 * satellites. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/geometry.h"
#include "cli/track.h"
#include "cophase/adaptive.h"
#include "cophase/jammer.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* Of what a jammer leaves over an element's noise, summed over the array. */
static const double left_over = 1e-2;

/* ---- names ---- */

static cph_status count_jammers(const cph_track_scene *scene, cph_pointing *table, cph_error *error)
{
    cph_status status = CPH_OK;
    for (bool more = true; status == CPH_OK && more;) {
        cph_pointing_row row;
        status = cph_pointing_next(table, &row, &more, error);
    }
    if (status == CPH_OK && cph_pointing_satellites(table) + scene->fixed > CPH_TRACK_NULLS_MAX)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: %zu jammers, expected at most %d nulls in all",
                        scene->options->null.jammers, cph_pointing_satellites(table),
                        CPH_TRACK_NULLS_MAX);
    return status;
}

cph_status cph_track_nulls_name(cph_track_scene *scene, cph_error *error)
{
    const cph_track_options *const o = scene->options;
    cph_pointing *table = NULL;
    cph_status status = CPH_OK;
    scene->nulls = scene->fixed = o->null.fixed.count;
    if (o->null.jammers != NULL) {
        status = cph_pointing_open(o->null.jammers, &table, error);
        if (status == CPH_OK)
            status = count_jammers(scene, table, error);
        if (status == CPH_OK)
            scene->nulls += cph_pointing_satellites(table);
    }
    scene->null = calloc(scene->nulls + 1, sizeof *scene->null);
    if (scene->null == NULL) {
        cph_pointing_close(table);
        (void)cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        return CPH_ERR_MEMORY;
    }
    for (size_t j = 0; status == CPH_OK && j < scene->nulls; j++)
        strncpy(scene->null[j],
                j < scene->fixed ? o->null.fixed.item[j].text
                                 : cph_pointing_name(table, (uint32_t)(j - scene->fixed)),
                CPH_TRACK_NAME_SIZE - 1);
    cph_pointing_close(table);
    return status;
}

/* ---- memory ---- */

cph_status cph_track_jammers_make(const cph_track_scene *scene, cph_track_jammers *jammers,
                                  cph_error *error)
{
    const size_t nulls = scene->nulls;
    size_t items;
    *jammers = (cph_track_jammers){.scene = scene, .newest = -INFINITY, .passed = -INFINITY};
    if (nulls == 0)
        return CPH_OK;
    jammers->u = calloc(nulls, sizeof *jammers->u);
    jammers->there = calloc(nulls, sizeof *jammers->there);
    jammers->left_out = calloc(nulls, sizeof *jammers->left_out);
    jammers->vector = cph_size_mul(CPH_TRACK_NULLS_MAX, scene->elements, &items)
                          ? calloc(items, sizeof *jammers->vector)
                          : NULL;
    jammers->du = calloc(CPH_TRACK_NULL_POINTS, 3 * sizeof *jammers->du);
    if (jammers->u == NULL || jammers->there == NULL || jammers->left_out == NULL ||
        jammers->vector == NULL || jammers->du == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    if (scene->options->null.jammers == NULL)
        return CPH_OK;
    cph_schedule_config config = scene->options->schedule;
    config.floor_rad = -M_PI / 2;
    const cph_status status = cph_schedule_create(&config, &jammers->schedule);
    if (status != CPH_OK)
        return cph_fail(error, status, "schedule: %s", cph_status_name(status));
    return cph_pointing_open(scene->options->null.jammers, &jammers->table, error);
}

void cph_track_jammers_free(cph_track_jammers *jammers)
{
    cph_pointing_close(jammers->table);
    cph_schedule_destroy(jammers->schedule);
    free(jammers->u);
    free(jammers->there);
    free(jammers->left_out);
    free(jammers->vector);
    free(jammers->du);
}

/* ---- places ---- */

static cph_status put_row(cph_track_jammers *j, const cph_pointing_row *row, cph_error *error)
{
    cph_schedule_row look = {.satellite = row->satellite,
                             .time_unix_s = row->time_unix_s,
                             .range_m = row->range_m,
                             .range_rate_m_s = row->range_rate_m_s,
                             .obstruction_rad = -M_PI / 2};
    cph_direction_sky_to_enu(row->az_rad, row->el_rad, look.enu);
    j->newest = row->time_unix_s;
    const cph_status status = cph_schedule_put(j->schedule, &look);
    return status == CPH_OK ? status
                            : cph_fail(error, status, "%s: %s: %s", j->scene->options->null.jammers,
                                       cph_pointing_place(j->table), cph_status_name(status));
}

/* Old rows are dropped with the slots that they are in. */
static cph_status drop_rows(cph_track_jammers *j, double start, cph_error *error)
{
    bool ready = true;
    while (ready && j->passed <= start) {
        cph_schedule_slot slot;
        const cph_status status = cph_schedule_next(j->schedule, &slot, &ready);
        if (status != CPH_OK)
            return cph_fail(error, status, "jammers: %s", cph_status_name(status));
        if (ready)
            j->passed = slot.end_unix_s;
    }
    return CPH_OK;
}

cph_status cph_track_jammers_follow(cph_track_jammers *j, double start, double end,
                                    cph_error *error)
{
    const double join = j->scene->options->schedule.join_s;
    cph_status status = CPH_OK;
    while (status == CPH_OK && j->table != NULL && !j->ended && j->newest <= end + 2.0 * join) {
        cph_pointing_row row;
        bool more = false;
        status = cph_pointing_next(j->table, &row, &more, error);
        j->ended = !more;
        if (status == CPH_OK && more)
            status = put_row(j, &row, error);
        if (status == CPH_OK)
            status = drop_rows(j, start, error);
    }
    return status;
}

/* To the array's frame at a time. */
static cph_status turn_in(const cph_track_scene *scene, double time, const double enu[3],
                          double u[3], cph_error *error)
{
    double turn[9];
    const cph_status status = cph_attitude_at(&scene->attitude, time, turn);
    if (status != CPH_OK)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: has no attitude at time %.3f",
                        scene->options->attitude, time);
    for (size_t i = 0; i < 3; i++)
        u[i] = turn[i] * enu[0] + turn[3 + i] * enu[1] + turn[6 + i] * enu[2];
    (void)cph_unit3(u);
    return CPH_OK;
}

static cph_status place_fixed(const cph_track_scene *scene, size_t null, double time, double u[3],
                              cph_error *error)
{
    const cph_direction *const d = &scene->options->null.fixed.item[null];
    double enu[3];
    if (d->kind != CPH_DIRECTION_SKY)
        return cph_direction_resolve(d, scene->array, u, error);
    cph_direction_sky_to_enu(d->angle[0], d->angle[1], enu);
    return turn_in(scene, time, enu, u, error);
}

cph_status cph_track_jammers_place(cph_track_jammers *j, const double time[CPH_TRACK_NULL_TIMES],
                                   cph_error *error)
{
    const cph_track_scene *const scene = j->scene;
    for (size_t n = 0; n < scene->nulls; n++) {
        j->there[n] = true;
        for (size_t i = 0; i < CPH_TRACK_NULL_TIMES && j->there[n]; i++) {
            cph_schedule_place place;
            cph_status status = CPH_OK;
            if (n < scene->fixed)
                status = place_fixed(scene, n, time[i], j->u[n][i], error);
            else if (cph_schedule_at(j->schedule, (uint32_t)(n - scene->fixed), time[i], &place) !=
                     CPH_OK)
                j->there[n] = false;
            else
                status = turn_in(scene, time[i], place.enu, j->u[n][i], error);
            if (status != CPH_OK)
                return status;
        }
    }
    return CPH_OK;
}

/* ---- nulls ---- */

/* What the null covers: its width about the middle, and where it goes meanwhile. Half a wavelength
 * over the aperture is apart enough for the span. */
static cph_status cover(cph_track_jammers *j, const cph_track_column *column, size_t n,
                        size_t *points, cph_error *error)
{
    const double *const middle = j->u[n][1];
    const double spacing = fmin(0.25 * column->width_rad, 1.0);
    *points = 1;
    const cph_status status =
        cph_sector_points(middle, j->scene->options->null.width, spacing,
                          CPH_TRACK_NULL_POINTS - CPH_TRACK_NULL_TIMES, j->du, points);
    if (status != CPH_OK)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "--null-width: %.3g degrees are more than this array can null",
                        j->scene->options->null.width * 180.0 / M_PI);
    for (size_t i = 0; i < CPH_TRACK_NULL_TIMES; i += 2) {
        double off[3];
        cph_add3(j->u[n][i], -1.0, middle, off);
        if (cph_norm3(off) > 1e-9)
            memcpy(j->du + 3 * (*points)++, j->u[n][i], sizeof off);
    }
    for (size_t p = 0; p < *points; p++)
        cph_add3(j->du + 3 * p, -1.0, middle, j->du + 3 * p);
    return CPH_OK;
}

/* Vectors of one null behind those that are there. */
static cph_status add_null(cph_track_jammers *j, const cph_track_column *column, size_t n,
                           size_t *count, cph_error *error)
{
    const cph_track_scene *const scene = j->scene;
    const size_t elements = scene->elements, room = CPH_TRACK_NULLS_MAX - *count;
    const double inr = scene->options->null.inr;
    cph_c64 *const at = j->vector + *count * elements;
    size_t points = 0, made = 1;
    cph_status status = room > 0 ? cover(j, column, n, &points, error) : CPH_ERR_TOO_FEW;
    if (status == CPH_OK)
        status = cph_track_vector(column->plan, j->u[n][1], at);
    j->inr[*count < CPH_TRACK_NULLS_MAX ? *count : 0] = inr;
    if (status == CPH_OK && points > 1) {
        cph_c64 *const v = calloc(elements, sizeof *v);
        if (v == NULL)
            return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        memcpy(v, at, elements * sizeof *v);
        const cph_jammer_points around = {.elements = elements,
                                          .position = scene->position,
                                          .freq_hz = column->freq_hz,
                                          .vector = v,
                                          .inr = inr,
                                          .points = points,
                                          .du = j->du,
                                          .below = left_over / (inr * (double)elements)};
        status = cph_jammer_spread(&around, room, at, j->inr + *count, &made, NULL);
        free(v);
    }
    *count += made;
    return status;
}

/* Nulls that overlap: each vector less its part in the span of those before, of which those that
 * are left with next to nothing are nulled already. Returns how many stay. */
static size_t part_vectors(cph_track_jammers *j, size_t count)
{
    const size_t n = j->scene->elements;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        cph_c64 *const v = j->vector + i * n;
        const double size = cph_c64_inner(n, v, v).re;
        for (size_t pass = 0; pass < 2; pass++) /* twice is enough for rounding */
            for (size_t k = 0; k < kept; k++) {
                const cph_c64 *const base = j->vector + k * n;
                const cph_c64 part =
                    cph_c64_scale(1.0 / cph_c64_inner(n, base, base).re, cph_c64_inner(n, base, v));
                for (size_t e = 0; e < n; e++)
                    v[e] = cph_c64_sub(v[e], cph_c64_mul(part, base[e]));
            }
        if (!(cph_c64_inner(n, v, v).re > left_over / (j->inr[i] * (double)n) * size))
            continue;
        if (kept < i)
            memcpy(j->vector + kept * n, v, n * sizeof *v);
        j->inr[kept++] = j->inr[i];
    }
    return kept;
}

cph_status cph_track_jammers_set(cph_track_jammers *j, const cph_track_column *column,
                                 cph_error *error)
{
    const cph_track_scene *const scene = j->scene;
    const size_t nulls = column->path == CPH_GAIN_RECEIVE ? scene->nulls : scene->fixed;
    cph_error why = {.message = ""};
    cph_status status = CPH_OK;
    size_t count = 0;
    for (size_t n = 0; status == CPH_OK && n < nulls; n++)
        if (j->there[n] && !j->left_out[n])
            status = add_null(j, column, n, &count, &why);
    if (status == CPH_OK)
        status = cph_track_set_nulls(column->plan, count, j->vector, j->inr, &why);
    if (status == CPH_ERR_SINGULAR)
        status = cph_track_set_nulls(column->plan, part_vectors(j, count), j->vector, j->inr, &why);
    if (status == CPH_ERR_TOO_FEW)
        return cph_fail(error, status,
                        "%zu nulls of %.3g degrees are more than %zu elements can hold", nulls,
                        scene->options->null.width * 180.0 / M_PI, column->subject.used);
    return status == CPH_OK
               ? status
               : cph_fail(error, status, "nulls: %s",
                          why.message[0] != '\0' ? why.message : cph_status_name(status));
}

bool cph_track_jammers_yield(cph_track_jammers *j, const cph_track_column *column,
                             const double u[3])
{
    const cph_track_scene *const scene = j->scene;
    bool changed = false;
    for (size_t n = 0; n < scene->nulls; n++)
        if (j->there[n] && !j->left_out[n] &&
            cph_jammer_in_lobe(scene->elements, scene->position, column->freq_hz,
                               column->subject.flag, u, j->u[n][1])) {
            j->left_out[n] = true;
            changed = true;
        }
    return changed;
}
