/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/plot/plot.h"
#include "cli/track.h"

enum { HORIZON = 720 };

/* The points kept, column by column, and the satellites' arcs among them. */
typedef struct sketch {
    double *az, *el, *time, *level[2 * CPH_TRACK_DRAWN_MAX]; /* [points] */
    double *mark;                                            /* [arcs] when each begins */
    cph_sky_arc *arc;
    size_t arcs;
    double *memory;
    double horizon[HORIZON];
} sketch;

static bool sketch_make(const cph_track_summary *s, sketch *k)
{
    const size_t n = s->points;
    enum { ROWS = 3 + 2 * CPH_TRACK_DRAWN_MAX + 1 };
    *k = (sketch){.arcs = 0};
    k->memory = calloc(n + 1, ROWS * sizeof *k->memory);
    k->arc = calloc(n + 1, sizeof *k->arc);
    if (k->memory == NULL || k->arc == NULL)
        return false;
    k->az = k->memory;
    k->el = k->az + n;
    k->time = k->el + n;
    for (size_t i = 0; i < (size_t)2 * CPH_TRACK_DRAWN_MAX; i++)
        k->level[i] = k->time + (i + 1) * n;
    k->mark = k->time + (2 * CPH_TRACK_DRAWN_MAX + 1) * n;
    for (size_t i = 0; i < n; i++) {
        const cph_track_point *const p = &s->point[i];
        k->az[i] = p->az_deg;
        k->el[i] = p->el_deg;
        k->time[i] = p->time_unix_s - s->start_unix_s;
        for (size_t path = 0; path < CPH_TRACK_DRAWN_MAX; path++) {
            k->level[2 * path][i] = p->gain_db[path];
            k->level[2 * path + 1][i] = p->ideal_db[path];
        }
        if (i > 0 && s->point[i - 1].satellite == p->satellite) {
            k->arc[k->arcs - 1].points++;
            continue;
        }
        k->mark[k->arcs] = k->time[i];
        k->arc[k->arcs++] =
            (cph_sky_arc){.name = p->satellite < s->satellites ? s->name[p->satellite] : NULL,
                          .points = 1,
                          .az_deg = k->az + i,
                          .el_deg = k->el + i};
    }
    return true;
}

static cph_status draw_sky(const cph_track_summary *s, sketch *k, const char *subtitle,
                           cph_error *error)
{
    const cph_horizon *const horizon = &s->scene->horizon;
    for (size_t i = 0; i < HORIZON; i++)
        k->horizon[i] = cph_horizon_at(horizon, 2.0 * M_PI * (double)i / HORIZON) * (180.0 / M_PI);
    const cph_sky_plot plot = {.title = "Satellites served",
                               .subtitle = subtitle,
                               .floor_deg = s->scene->options->schedule.floor_rad * (180.0 / M_PI),
                               .horizon = horizon->points > 0 ? HORIZON : 0,
                               .horizon_deg = k->horizon,
                               .arcs = k->arcs,
                               .arc = k->arc};
    return cph_plot_sky(s->scene->options->plot_sky, &plot, error);
}

static cph_status draw_gain(const cph_track_summary *s, const sketch *k, const char *subtitle,
                            cph_error *error)
{
    static const char *const name[2 * CPH_TRACK_DRAWN_MAX] = {"receive", "ideal array", "transmit",
                                                              "ideal array"};
    cph_curve curve[2 * CPH_TRACK_DRAWN_MAX];
    size_t curves = 0;
    for (size_t i = 0; i < (size_t)2 * CPH_TRACK_DRAWN_MAX; i++) {
        bool there = false;
        for (size_t c = 0; c < s->scene->columns; c++)
            there = there || s->scene->column[c].path == (cph_gain_path)(i / 2);
        if (there)
            curve[curves++] =
                (cph_curve){.name = name[i], .points = s->points, .x = k->time, .y = k->level[i]};
    }
    const double length = s->end_unix_s - s->start_unix_s;
    const cph_curve_plot plot = {.title = "Gain toward the satellite",
                                 .subtitle = subtitle,
                                 .x_label = "Time (s)",
                                 .y_label = "Gain over an isotropic element (dB)",
                                 .x_low = 0.0,
                                 .x_high = length > 0.0 ? length : 1.0,
                                 .y_least = 40.0,
                                 .curves = curves,
                                 .curve = curve,
                                 .marks = k->arcs,
                                 .mark = k->mark,
                                 .level = NAN};
    return cph_plot_curves(s->scene->options->plot_gain, &plot, error);
}

cph_exit cph_track_draw(const cph_track_summary *s)
{
    const cph_track_options *const o = s->scene->options;
    cph_error error = {.status = CPH_OK};
    cph_status status = CPH_OK;
    char subtitle[300];
    sketch k;
    if (o->plot_sky == NULL && o->plot_gain == NULL)
        return CPH_EXIT_DONE;
    if (!sketch_make(s, &k)) {
        free(k.memory);
        free(k.arc);
        return cph_report_memory(o->cli.name);
    }
    snprintf(subtitle, sizeof subtitle, "%s, %s, floor %.4g\u00b0", o->cli.input, o->array,
             o->schedule.floor_rad * (180.0 / M_PI));
    if (o->plot_sky != NULL)
        status = draw_sky(s, &k, subtitle, &error);
    if (status == CPH_OK && o->plot_gain != NULL)
        status = draw_gain(s, &k, subtitle, &error);
    free(k.memory);
    free(k.arc);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report(o->cli.name, &error);
}
