/* SPDX-License-Identifier: MIT */
/* Where nulls are: directions that stay, jammers of a table that is followed beside the one of
 * satellites, and waves that captures of the same time show. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/geometry.h"
#include "cli/report.h"
#include "cli/track_bench.h"
#include "cophase/jammer.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* A capture that ends longer before the run is not one beside it. */
static const double stale_s = 60.0;

const char *cph_track_table_of(const cph_track_scene *scene, int kind)
{
    const cph_track_null_options *const o = &scene->options->null;
    return kind == CPH_TRACK_KNOWN ? o->jammers : kind == CPH_TRACK_TRUTH ? o->truth : NULL;
}

/* ---- memory ---- */

cph_status cph_track_jammers_make(const cph_track_scene *scene, cph_track_jammers *jammers,
                                  cph_error *error)
{
    const size_t places = scene->places;
    size_t items;
    cph_status status = CPH_OK;
    *jammers = (cph_track_jammers){.scene = scene};
    if (places == 0)
        return CPH_OK;
    jammers->u = calloc(places, sizeof *jammers->u);
    jammers->there = calloc(places, sizeof *jammers->there);
    jammers->placed = calloc(places, sizeof *jammers->placed);
    jammers->left_out = calloc(places, sizeof *jammers->left_out);
    jammers->part = calloc(places, sizeof *jammers->part);
    jammers->vector = cph_size_mul(CPH_TRACK_NULLS_MAX, scene->elements, &items)
                          ? calloc(items, sizeof *jammers->vector)
                          : NULL;
    jammers->wave = calloc(scene->elements, sizeof *jammers->wave);
    jammers->du = calloc(CPH_TRACK_NULL_POINTS, 3 * sizeof *jammers->du);
    if (jammers->u == NULL || jammers->there == NULL || jammers->placed == NULL ||
        jammers->left_out == NULL || jammers->part == NULL || jammers->vector == NULL ||
        jammers->wave == NULL || jammers->du == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (int kind = 0; status == CPH_OK && kind < CPH_TRACK_NULL_KINDS; kind++)
        if (cph_track_table_of(scene, kind) != NULL)
            status = cph_track_table_open(cph_track_table_of(scene, kind),
                                          &scene->options->schedule, &jammers->table[kind], error);
    return status;
}

void cph_track_jammers_free(cph_track_jammers *jammers)
{
    for (int kind = 0; kind < CPH_TRACK_NULL_KINDS; kind++)
        cph_track_table_close(&jammers->table[kind]);
    free(jammers->u);
    free(jammers->there);
    free(jammers->placed);
    free(jammers->left_out);
    free(jammers->part);
    free(jammers->vector);
    free(jammers->wave);
    free(jammers->du);
}

/* ---- places ---- */

cph_status cph_track_jammers_follow(cph_track_jammers *j, double start, double end,
                                    cph_error *error)
{
    cph_status status = CPH_OK;
    for (int kind = 0; status == CPH_OK && kind < CPH_TRACK_NULL_KINDS; kind++)
        status = cph_track_table_follow(&j->table[kind], start, end, error);
    return status;
}

/* To the array's frame at a time. */
static cph_status turn_in(const cph_track_scene *scene, double time, const double enu[3],
                          double u[3], cph_error *error)
{
    if (cph_track_turn(scene, time, enu, u) != CPH_OK)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: has no attitude at time %.3f",
                        scene->options->attitude, time);
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

static size_t capture_of(const cph_track_scene *scene, size_t place)
{
    size_t capture = 0;
    while (capture + 1 < scene->captures && scene->capture[capture + 1].first <= place)
        capture++;
    return capture;
}

const cph_track_wave *cph_track_wave_of(const cph_track_scene *scene, size_t place)
{
    const size_t capture = capture_of(scene, place);
    return cph_track_waves_of(scene->capture[capture].waves, place - scene->capture[capture].first);
}

static cph_status place_one(cph_track_jammers *j, int kind, size_t n, size_t i, double time,
                            cph_error *error)
{
    const cph_track_scene *const scene = j->scene;
    double enu[3];
    if (kind == CPH_TRACK_FIXED)
        return place_fixed(scene, n, time, j->u[n][i], error);
    if (kind == CPH_TRACK_WAVE) {
        const size_t capture = capture_of(scene, n);
        j->there[n] = cph_track_wave_of(scene, n)->there;
        j->placed[n] = cph_track_wave_of(scene, n)->placed;
        if (!j->there[n] ||
            cph_track_wave_at(scene->capture[capture].waves, n - scene->capture[capture].first,
                              time, j->u[n][i]) == CPH_OK)
            return CPH_OK;
        return turn_in(scene, time, j->u[n][i], j->u[n][i], error); /* which says why */
    }
    j->there[n] =
        cph_track_table_at(&j->table[kind], (uint32_t)(n - scene->first[kind]), time, enu);
    return j->there[n] ? turn_in(scene, time, enu, j->u[n][i], error) : CPH_OK;
}

/* What has been heard by now. */
static cph_status hear(cph_track_jammers *j, double time, cph_error *error)
{
    const cph_track_scene *const scene = j->scene;
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < scene->captures; i++) {
        cph_track_waves *const waves = scene->capture[i].waves;
        const double ended = cph_track_waves_counts(waves)->end_unix_s;
        if (j->updates == 0 && ended < time - stale_s)
            return cph_fail(error, CPH_ERR_FORMAT,
                            "%s: its last burst ends at %.3f, %.0f s before the first update, at "
                            "%.3f: expected a capture beside the run",
                            scene->options->null.capture[i], ended, time - ended, time);
        status = cph_track_waves_follow(waves, time, error);
        const double learned = cph_track_waves_learned(waves);
        if (isnan(learned))
            j->unheard[i]++;
        else
            j->oldest_s[i] = fmax(j->oldest_s[i], time - learned);
        j->far[i] += cph_track_waves_far(waves, time);
    }
    j->updates++;
    j->last_unix_s = time;
    return status;
}

cph_status cph_track_jammers_place(cph_track_jammers *j, const double time[CPH_TRACK_NULL_TIMES],
                                   cph_error *error)
{
    const cph_track_scene *const scene = j->scene;
    cph_status status = hear(j, time[0], error);
    for (int kind = 0; status == CPH_OK && kind < CPH_TRACK_NULL_KINDS; kind++)
        for (size_t n = scene->first[kind]; n < scene->first[kind + 1]; n++) {
            j->there[n] = j->placed[n] = true;
            for (size_t i = 0; status == CPH_OK && i < CPH_TRACK_NULL_TIMES && j->there[n]; i++)
                status = place_one(j, kind, n, i, time[i], error);
            if (status != CPH_OK)
                return status;
        }
    return status;
}

cph_status cph_track_jammers_wave(cph_track_jammers *j, size_t place, size_t time, cph_c64 *v)
{
    const cph_track_scene *const scene = j->scene;
    const cph_track_waves_config *const config =
        cph_track_waves_config_of(scene->capture[capture_of(scene, place)].waves);
    const cph_track_wave *const wave = cph_track_wave_of(scene, place);
    double du[3] = {0.0, 0.0, 0.0};
    if (j->placed[place])
        cph_add3(j->u[place][time], -1.0, wave->u, du);
    return cph_jammer_shift(scene->elements, scene->position, config->freq_hz, wave->vector, du, v);
}

/* ---- who nulls what ---- */

bool cph_track_jammers_nulls(const cph_track_jammers *j, const cph_track_column *column,
                             size_t place)
{
    const cph_track_scene *const scene = j->scene;
    if (place < scene->first[CPH_TRACK_KNOWN])
        return true;
    if (column->path != CPH_GAIN_RECEIVE)
        return false;
    if (place < scene->first[CPH_TRACK_WAVE])
        return place < scene->first[CPH_TRACK_TRUTH];
    return capture_of(scene, place) == column->capture;
}

bool cph_track_jammers_tells(const cph_track_jammers *j, const cph_track_column *column,
                             size_t place)
{
    const cph_track_scene *const scene = j->scene;
    const bool truth =
        place >= scene->first[CPH_TRACK_TRUTH] && place < scene->first[CPH_TRACK_WAVE];
    return place < scene->nulls &&
           (truth ? column->path == CPH_GAIN_RECEIVE : cph_track_jammers_nulls(j, column, place));
}

/* ---- afterwards ---- */

cph_status cph_track_jammers_check(const cph_track_jammers *j, cph_error *error)
{
    const cph_track_scene *const scene = j->scene;
    if (j->updates == 0)
        return CPH_OK;
    for (size_t i = 0; i < scene->captures; i++)
        if (j->unheard[i] == j->updates)
            return cph_fail(error, CPH_ERR_FORMAT,
                            "%s: its first burst is at %.3f, none ends before the last update, at "
                            "%.3f: expected a capture beside the run",
                            scene->options->null.capture[i],
                            cph_track_waves_counts(scene->capture[i].waves)->start_unix_s,
                            j->last_unix_s);
    for (int kind = 0; kind < CPH_TRACK_NULL_KINDS; kind++) {
        const cph_status status = cph_track_table_check(&j->table[kind], error);
        if (status != CPH_OK)
            return status;
        if (j->table[kind].table != NULL && !j->table[kind].met && !scene->options->cli.quiet)
            (void)cph_report_line(scene->options->cli.name, CPH_EXIT_DONE,
                                  "%s: has nobody at the time of any update", j->table[kind].path);
    }
    return CPH_OK;
}
