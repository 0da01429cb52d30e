/* SPDX-License-Identifier: MIT */
/* Pictures of a run, or of its log: the summary is the same. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/plot/plot.h"
#include "cli/track_summary.h"

enum {
    HORIZON = 720,
    MARKS = 120,
    LINES = 2 * CPH_TRACK_NULLS_DRAWN,
    GAINS = 2 * CPH_TRACK_DRAWN_MAX
};

/* ---- the sky ---- */

/* Where each satellite was served, from one hand-over to the next: az and el [points]. */
static size_t make_arcs(const cph_track_summary *s, double *az, double *el, cph_sky_arc *arc)
{
    size_t arcs = 0;
    for (size_t i = 0; i < s->points; i++) {
        const cph_track_point *const p = &s->point[i];
        az[i] = p->az_deg;
        el[i] = p->el_deg;
        if (i > 0 && p[-1].satellite == p->satellite && !p->after_gap)
            arc[arcs - 1].points++;
        else
            arc[arcs++] =
                (cph_sky_arc){.name = p->satellite < s->satellites ? s->name[p->satellite] : NULL,
                              .points = 1,
                              .az_deg = az + i,
                              .el_deg = el + i};
    }
    return arcs;
}

cph_status cph_track_draw_sky(const cph_track_summary *s, const cph_track_picture *picture,
                              cph_error *error)
{
    const cph_horizon *const horizon = &s->scene->horizon;
    double *const place = calloc(2 * s->points + HORIZON, sizeof *place);
    cph_sky_arc *const arc = calloc(s->points + 1, sizeof *arc);
    if (place == NULL || arc == NULL) {
        free(place);
        free(arc);
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    }
    double *const edge = place + 2 * s->points;
    for (size_t i = 0; i < HORIZON; i++)
        edge[i] = cph_horizon_at(horizon, 2.0 * M_PI * (double)i / HORIZON) * (180.0 / M_PI);
    const cph_sky_plot plot = {.title = "Satellites served",
                               .subtitle = picture->subtitle,
                               .floor_deg = s->scene->options->schedule.floor_rad * (180.0 / M_PI),
                               .horizon = horizon->points > 0 ? HORIZON : 0,
                               .horizon_deg = edge,
                               .arcs = make_arcs(s, place, place + s->points, arc),
                               .arc = arc,
                               .empty = picture->empty};
    const cph_status status = cph_plot_sky(picture->path, &plot, error);
    free(place);
    free(arc);
    return status;
}

/* ---- over time ---- */

/* Values over time, a point without any where there was a gap. */
typedef struct sketch {
    double *memory;
    double *time, *mark, *line[LINES]; /* [points] */
    size_t points, marks;              /* where satellites change */
    double length, unit_s;
    const char *x_label;
} sketch;

static void choose_unit(sketch *k, double length)
{
    static const struct {
        double from_s, unit_s;
        const char *label;
    } units[] = {
        {4.0 * 3600.0, 3600.0, "Time (h)"}, {600.0, 60.0, "Time (min)"}, {-1.0, 1.0, "Time (s)"}};
    size_t i = 0;
    while (!(length > units[i].from_s) && i < 2)
        i++;
    k->unit_s = units[i].unit_s;
    k->x_label = units[i].label;
    k->length = length > 0.0 ? length / k->unit_s : 1.0;
}

/* values(p, line): of a point, for all lines. */
static cph_status sketch_make(const cph_track_summary *s, sketch *k,
                              void (*values)(const cph_track_point *p, double line[LINES]),
                              cph_error *error)
{
    const size_t room = 2 * s->points + 1;
    *k = (sketch){.memory = calloc((2 + LINES) * room, sizeof *k->memory)};
    if (k->memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    choose_unit(k, s->end_unix_s - s->start_unix_s);
    k->time = k->memory;
    k->mark = k->memory + room;
    for (size_t l = 0; l < LINES; l++)
        k->line[l] = k->memory + (2 + l) * room;
    for (size_t i = 0; i < s->points; i++) {
        const cph_track_point *const p = &s->point[i];
        double value[LINES];
        const bool gap = i > 0 && p->after_gap;
        values(p, value);
        for (size_t copy = gap ? 0 : 1; copy < 2; copy++) {
            k->time[k->points] = (p->time_unix_s - s->start_unix_s) / k->unit_s;
            for (size_t l = 0; l < LINES; l++)
                k->line[l][k->points] = copy == 0 ? NAN : value[l];
            k->points++;
        }
        if (i == 0 || gap || p[-1].satellite != p->satellite)
            k->mark[k->marks++] = k->time[k->points - 1];
    }
    return CPH_OK;
}

static cph_curve curve_of(const sketch *k, size_t line, const char *name)
{
    return (cph_curve){.name = name, .points = k->points, .x = k->time, .y = k->line[line]};
}

static cph_curve_plot plot_of(const sketch *k, const cph_track_picture *picture)
{
    return (cph_curve_plot){.subtitle = picture->subtitle,
                            .x_label = k->x_label,
                            .x_low = 0.0,
                            .x_high = k->length,
                            .marks = k->marks <= MARKS ? k->marks : 0,
                            .mark = k->mark,
                            .level = NAN,
                            .empty = k->points == 0 ? picture->empty : NULL};
}

static void gains_of(const cph_track_point *p, double line[LINES])
{
    for (size_t path = 0; path < CPH_TRACK_DRAWN_MAX; path++) {
        line[2 * path] = p->gain_db[path];
        line[2 * path + 1] = p->ideal_db[path];
    }
    for (size_t l = GAINS; l < LINES; l++)
        line[l] = NAN;
}

cph_status cph_track_draw_gain(const cph_track_summary *s, const cph_track_picture *picture,
                               cph_error *error)
{
    static const char *const name[GAINS] = {"receive", "of the ideal array", "transmit",
                                            "of the ideal array"};
    cph_curve curve[GAINS];
    sketch k;
    cph_status status = sketch_make(s, &k, gains_of, error);
    if (status != CPH_OK)
        return status;
    cph_curve_plot plot = plot_of(&k, picture);
    plot.title = "Gain toward the satellite";
    plot.y_label = "Gain over an isotropic element (dB)";
    plot.y_least = 40.0;
    plot.curve = curve;
    for (size_t i = 0; i < GAINS; i++) {
        bool there = false;
        for (size_t c = 0; c < s->scene->columns; c++)
            there = there || s->scene->column[c].path == (cph_gain_path)(i / 2);
        if (there)
            curve[plot.curves++] = curve_of(&k, i, name[i]);
    }
    status = cph_plot_curves(picture->path, &plot, error);
    free(k.memory);
    return status;
}

static void nulls_of(const cph_track_point *p, double line[LINES])
{
    for (size_t j = 0; j < CPH_TRACK_NULLS_DRAWN; j++) {
        line[j] = p->null_db[j];
        line[CPH_TRACK_NULLS_DRAWN + j] = p->null_off_deg[j];
    }
}

cph_status cph_track_draw_nulls(const cph_track_summary *s, const cph_track_picture *picture,
                                cph_error *error)
{
    const size_t all = s->scene->nulls,
                 nulls = all < CPH_TRACK_NULLS_DRAWN ? all : CPH_TRACK_NULLS_DRAWN;
    cph_curve depth[CPH_TRACK_NULLS_DRAWN], off[CPH_TRACK_NULLS_DRAWN];
    char subtitle[400];
    sketch k;
    if (nulls == 0)
        return cph_fail(error, CPH_ERR_MISSING, "%s: has no nulls to draw",
                        s->scene->options->cli.input);
    cph_status status = sketch_make(s, &k, nulls_of, error);
    if (status != CPH_OK)
        return status;
    const cph_track_column *const column = &s->scene->column[s->null_column];
    const size_t used =
        (size_t)snprintf(subtitle, sizeof subtitle, "%s, %s at %.6g GHz", picture->subtitle,
                         cph_gain_path_name(column->path), 1e-9 * column->freq_hz);
    if (all > nulls && used < sizeof subtitle)
        snprintf(subtitle + used, sizeof subtitle - used, ", the first %zu of %zu", nulls, all);
    for (size_t j = 0; j < nulls; j++) {
        depth[j] = curve_of(&k, j, s->scene->null[j]);
        off[j] = curve_of(&k, CPH_TRACK_NULLS_DRAWN + j, NULL);
    }
    const cph_curve_box below = {
        .y_label = "Null off the look (\u00b0)", .curves = nulls, .curve = off};
    cph_curve_plot plot = plot_of(&k, &(cph_track_picture){.subtitle = subtitle});
    plot.title = "Nulls";
    plot.y_label = "Null over the look (dB)";
    plot.y_least = 160.0;
    plot.curves = nulls;
    plot.curve = depth;
    plot.below = &below;
    status = cph_plot_curves(picture->path, &plot, error);
    free(k.memory);
    return status;
}

/* ---- of a run ---- */

cph_exit cph_track_draw(const cph_track_summary *s)
{
    const cph_track_options *const o = s->scene->options;
    const struct {
        const char *path;
        cph_track_drawing *draw;
    } pictures[] = {{o->plot_sky, cph_track_draw_sky}, {o->plot_gain, cph_track_draw_gain}};
    cph_error error = {.status = CPH_OK};
    char subtitle[300];
    snprintf(subtitle, sizeof subtitle, "%s, %s, floor %.4g\u00b0", o->cli.input, o->array,
             o->schedule.floor_rad * (180.0 / M_PI));
    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
        const cph_track_picture picture = {pictures[i].path, subtitle, "no satellite is served"};
        if (picture.path != NULL && pictures[i].draw(s, &picture, &error) != CPH_OK)
            return cph_report(o->cli.name, &error);
    }
    return CPH_EXIT_DONE;
}
