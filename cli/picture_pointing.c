/* SPDX-License-Identifier: MIT */
/* Satellites of a pointing table over the sky, in memory that does not grow with its rows. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/picture.h"
#include "cli/plot/plot.h"
#include "cli/progress.h"
#include "cophase/pointing.h"
#include "kernels/core/fail.h"

/* Points kept; from how far apart on they are kept at first; rows further apart in time are not one
 * pass. */
enum { POINTS = 16384 };
static const double first_step_rad = 0.5 * M_PI / 180.0, pass_s = 1200.0;

typedef struct point {
    float az_deg, el_deg;
    uint32_t satellite, order; /* order: in time, when all are there */
    bool first;                /* of a pass */
} point;

/* What was seen last of a satellite. */
typedef struct seen {
    double time_unix_s, az_rad, el_rad; /* of the last row; direction of the last point */
    bool up;                            /* the last row was above the horizon */
    bool left_out;                      /* its pass is */
} seen;

typedef struct sky {
    point *point; /* [POINTS] in order of time */
    size_t points, room, passes, left_out;
    bool full;  /* thinning frees next to nothing */
    seen *seen; /* [room] */
    double step_rad, start_unix_s, end_unix_s;
    uint64_t rows;
} sky;

static double apart(const seen *s, const cph_pointing_row *row)
{
    const double c = sin(s->el_rad) * sin(row->el_rad) +
                     cos(s->el_rad) * cos(row->el_rad) * cos(s->az_rad - row->az_rad);
    return acos(fmin(fmax(c, -1.0), 1.0));
}

/* Room for a satellite's number. */
static bool make_room(sky *k, uint32_t satellite)
{
    const size_t room = ((size_t)satellite + 1024) / 1024 * 1024;
    if (satellite < k->room)
        return true;
    seen *const grown = reallocarray(k->seen, room, sizeof *grown);
    if (grown == NULL)
        return false;
    for (size_t i = k->room; i < room; i++)
        grown[i] = (seen){.time_unix_s = -INFINITY};
    k->seen = grown;
    k->room = room;
    return true;
}

/* Every other point of each satellite's goes, but where passes begin. */
static bool thin(sky *k)
{
    enum { LITTLE = POINTS / 16 };
    unsigned char *const odd = calloc(k->room, sizeof *odd);
    size_t kept = 0;
    if (odd == NULL)
        return false;
    for (size_t i = 0; i < k->points; i++) {
        const point p = k->point[i];
        odd[p.satellite] = p.first ? 0 : !odd[p.satellite];
        if (!odd[p.satellite])
            k->point[kept++] = p;
    }
    free(odd);
    k->full = k->points - kept < LITTLE;
    k->points = kept;
    k->step_rad *= 2.0;
    return true;
}

static void keep(sky *k, seen *s, const cph_pointing_row *row, bool first)
{
    const double degree = M_PI / 180.0;
    s->left_out = first ? k->points == POINTS : s->left_out;
    k->left_out += first && s->left_out;
    if (s->left_out || k->points == POINTS)
        return;
    s->az_rad = row->az_rad;
    s->el_rad = row->el_rad;
    k->point[k->points++] = (point){.az_deg = (float)(row->az_rad / degree),
                                    .el_deg = (float)(row->el_rad / degree),
                                    .satellite = row->satellite,
                                    .first = first};
}

static bool add(sky *k, const cph_pointing_row *row)
{
    if (!make_room(k, row->satellite))
        return false;
    seen *const s = &k->seen[row->satellite];
    const bool up = row->el_rad >= 0.0,
               first = up && (!s->up || row->time_unix_s > s->time_unix_s + pass_s);
    if (k->rows++ == 0)
        k->start_unix_s = row->time_unix_s;
    k->end_unix_s = row->time_unix_s;
    s->time_unix_s = row->time_unix_s;
    s->up = up;
    k->passes += first;
    if (!up || (!first && apart(s, row) < k->step_rad))
        return true;
    if (k->points == POINTS && !k->full && !thin(k))
        return false;
    keep(k, s, row, first);
    return true;
}

static cph_status read_table(cph_pointing *table, sky *k, cph_error *error)
{
    enum { OFTEN = 1 << 12 };
    cph_status status = CPH_OK;
    for (bool more = true; status == CPH_OK && more;) {
        cph_pointing_row row;
        status = cph_pointing_next(table, &row, &more, error);
        if (status == CPH_OK && more && !add(k, &row))
            status = cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        if (status == CPH_OK && k->rows % OFTEN == 0 && cph_interrupted())
            status = cph_fail(error, CPH_ERR_INTERRUPTED, "interrupted");
    }
    return status;
}

/* ---- drawn ---- */

static int by_satellite(const void *left, const void *right)
{
    const point *const a = left, *const b = right;
    const int way = (a->satellite > b->satellite) - (a->satellite < b->satellite);
    return way != 0 ? way : (a->order > b->order) - (a->order < b->order);
}

static void sort_points(sky *k)
{
    for (size_t i = 0; i < k->points; i++)
        k->point[i].order = (uint32_t)i;
    if (k->points > 0)
        qsort(k->point, k->points, sizeof *k->point, by_satellite);
}

/* A pass each: az and el [points]. */
static size_t make_arcs(const sky *k, const cph_pointing *table, double *az, double *el,
                        cph_sky_arc *arc)
{
    size_t arcs = 0;
    for (size_t i = 0; i < k->points; i++) {
        const point *const p = &k->point[i];
        az[i] = (double)p->az_deg;
        el[i] = (double)p->el_deg;
        if (!p->first)
            arc[arcs - 1].points++;
        else
            arc[arcs++] = (cph_sky_arc){.name = cph_pointing_name(table, p->satellite),
                                        .points = 1,
                                        .az_deg = az + i,
                                        .el_deg = el + i};
    }
    return arcs;
}

static void describe(const cph_picture_options *o, const sky *k, const cph_pointing *table,
                     size_t size, char *text)
{
    const size_t satellites = cph_pointing_satellites(table);
    const size_t used =
        (size_t)snprintf(text, size, "%s, %zu pass%s of %zu satellite%s in %.6g s",
                         cph_picture_subject(o), k->passes, k->passes == 1 ? "" : "es", satellites,
                         satellites == 1 ? "" : "s", k->end_unix_s - k->start_unix_s);
    if (k->left_out > 0 && used < size)
        snprintf(text + used, size - used, "; the last %zu are not drawn", k->left_out);
}

static cph_status draw(const cph_picture_options *o, sky *k, const cph_pointing *table,
                       cph_error *error)
{
    const size_t n = k->points;
    double *const place = calloc(2 * n + 1, sizeof *place);
    cph_sky_arc *const arc = calloc(n + 1, sizeof *arc);
    cph_status status = CPH_ERR_MEMORY;
    char subtitle[400];
    if (place == NULL || arc == NULL) {
        (void)cph_fail(error, status, "out of memory");
    } else {
        sort_points(k);
        describe(o, k, table, sizeof subtitle, subtitle);
        const cph_sky_plot plot = {.title = "Satellites over the sky",
                                   .subtitle = subtitle,
                                   .arcs = make_arcs(k, table, place, place + n, arc),
                                   .arc = arc,
                                   .unnumbered = true};
        status = cph_plot_sky(o->cli.output, &plot, error);
    }
    free(place);
    free(arc);
    return status;
}

static void tell(const cph_picture_options *o, const sky *k, const cph_pointing *table,
                 json_t *object)
{
    const size_t satellites = cph_pointing_satellites(table);
    cph_json_set_count(object, "rows", k->rows);
    cph_json_set_count(object, "satellites", satellites);
    cph_json_set_count(object, "passes", k->passes);
    cph_json_set_count(object, "passes_left_out", k->left_out);
    cph_json_set_count(object, "points", k->points);
    if (!o->cli.json)
        printf("%zu passes of %zu satellites, %zu points of %" PRIu64 " rows\n", k->passes,
               satellites, k->points, k->rows);
}

cph_exit cph_picture_pointing(const cph_picture_options *o, json_t *object)
{
    cph_pointing *table = NULL;
    cph_error error = {.status = CPH_OK};
    sky k = {.step_rad = first_step_rad, .point = calloc(POINTS, sizeof *k.point)};
    cph_exit code = CPH_EXIT_DONE;
    if (k.point == NULL)
        return cph_report_memory(o->cli.name);
    if (cph_pointing_open(o->cli.input, &table, &error) != CPH_OK ||
        read_table(table, &k, &error) != CPH_OK)
        code = cph_report_input(o->cli.name, &error);
    else if (draw(o, &k, table, &error) != CPH_OK)
        code = cph_report(o->cli.name, &error);
    else
        tell(o, &k, table, object);
    cph_pointing_close(table);
    free(k.point);
    free(k.seen);
    return code;
}
