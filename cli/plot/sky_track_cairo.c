/* SPDX-License-Identifier: MIT */
/* Paths of satellites over the sky, with what hides them. */
#include <math.h>
#include <stdio.h>

#include "cli/plot/labels_cairo.h"
#include "cli/plot/plot.h"
#include "cli/plot/style_cairo.h"
#include "kernels/core/fail.h"

/* px */
enum { SIDE = 640, TOP = 96, RADIUS = 280, BELOW = 40, DOT = 4, LABELS = 512, LINES = 2048 };

static const double degree = M_PI / 180.0;

/* Where a direction is on the sheet: the zenith in the middle, the horizon on the rim. */
static void place(double az_deg, double el_deg, double *x, double *y)
{
    const double r = RADIUS * (90.0 - fmin(fmax(el_deg, 0.0), 90.0)) / 90.0;
    *x = SIDE / 2.0 + r * sin(az_deg * degree);
    *y = TOP + RADIUS - r * cos(az_deg * degree);
}

static void circle(cairo_t *cr, double el_deg)
{
    const double r = RADIUS * (90.0 - el_deg) / 90.0;
    cairo_new_sub_path(cr);
    cairo_arc(cr, SIDE / 2.0, TOP + RADIUS, r, 0.0, 2.0 * M_PI);
}

/* Between the obstructions' edge and the rim. */
static void fill_horizon(cairo_t *cr, const cph_sky_plot *plot)
{
    if (plot->horizon < 3)
        return;
    for (size_t i = 0; i < plot->horizon; i++) {
        double x, y;
        place(360.0 * (double)i / (double)plot->horizon, plot->horizon_deg[i], &x, &y);
        if (i == 0)
            cairo_move_to(cr, x, y);
        else
            cairo_line_to(cr, x, y);
    }
    cairo_close_path(cr);
    circle(cr, 0.0);
    cairo_set_fill_rule(cr, CAIRO_FILL_RULE_EVEN_ODD);
    cph_set_colour(cr, cph_pale);
    cairo_fill(cr);
}

static void draw_grid(cairo_t *cr, const cph_sky_plot *plot)
{
    static const double dash[] = {5, 4};
    static const char *const names[] = {"N", "E", "S", "W"};
    double x, y;
    cairo_set_line_width(cr, 1);
    cph_set_colour(cr, cph_pale);
    for (int el = 30; el <= 60; el += 30) {
        circle(cr, el);
        cairo_stroke(cr);
    }
    for (int az = 0; az < 180; az += 45) {
        double x1, y1;
        place(az, 0.0, &x, &y);
        place(az + 180.0, 0.0, &x1, &y1);
        cph_line(cr, x, y, x1, y1);
    }
    cph_set_colour(cr, cph_grey);
    circle(cr, 0.0);
    cairo_stroke(cr);
    if (plot->floor_deg > 0.0 && plot->floor_deg < 90.0) {
        cairo_set_dash(cr, dash, 2, 0);
        circle(cr, plot->floor_deg);
        cairo_stroke(cr);
        cairo_set_dash(cr, NULL, 0, 0);
    }
    for (int i = 0; i < 4; i++) {
        const double out = 14.0;
        place(90.0 * i, 0.0, &x, &y);
        cph_text(cr, x + out * sin(90.0 * i * degree), y - out * cos(90.0 * i * degree),
                 &(cph_text_style){.align = 0.5, .valign = 0.5, .size = 13, .bold = true},
                 names[i]);
    }
    for (int el = 30; el <= 60; el += 30) {
        char label[16];
        snprintf(label, sizeof label, "%d\u00b0", el);
        place(157.5, el, &x, &y);
        cph_text(cr, x, y,
                 &(cph_text_style){.align = 0.5, .valign = 0.5, .halo = true, .colour = cph_grey},
                 label);
    }
}

/* Paths are broken where they turn over more than a right angle at once: nobody saw what was
 * between. */
static void trace(cairo_t *cr, const cph_sky_arc *arc)
{
    double x = 0.0, y = 0.0, last_x = 0.0, last_y = 0.0;
    for (size_t i = 0; i < arc->points; i++) {
        place(arc->az_deg[i], arc->el_deg[i], &x, &y);
        if (i > 0 && hypot(x - last_x, y - last_y) < RADIUS)
            cairo_line_to(cr, x, y);
        else
            cairo_move_to(cr, x, y);
        last_x = x;
        last_y = y;
    }
    cairo_stroke(cr);
}

static void draw_arcs(cairo_t *cr, const cph_sky_plot *plot)
{
    cairo_set_line_width(cr, 2.5);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    for (size_t i = 0; i < plot->arcs; i++) {
        cph_set_colour(cr, cph_style_colour(i % CPH_STYLES));
        trace(cr, &plot->arc[i]);
    }
}

/* Places on the paths, a few px apart, as far as there is room. */
static size_t cover_arcs(const cph_sky_plot *plot, cph_box line[LINES])
{
    static const double half = 2.5, apart = 5.0;
    size_t lines = 0;
    for (size_t i = 0; i < plot->arcs; i++) {
        double x = 0.0, y = 0.0, last_x = 0.0, last_y = 0.0;
        for (size_t k = 0; k < plot->arc[i].points; k++) {
            place(plot->arc[i].az_deg[k], plot->arc[i].el_deg[k], &x, &y);
            const double way = hypot(x - last_x, y - last_y);
            const size_t steps = k == 0 || way >= RADIUS ? 1 : (size_t)(way / apart);
            for (size_t s = 1; s <= steps && lines < LINES; s++) {
                const double t = (double)s / (double)steps;
                const double px = k == 0 ? x : last_x + t * (x - last_x),
                             py = k == 0 ? y : last_y + t * (y - last_y);
                line[lines++] = (cph_box){px - half, py - half, px + half, py + half};
            }
            if (steps > 0) {
                last_x = x;
                last_y = y;
            }
        }
    }
    return lines;
}

/* A dot where each begins, its number and name where there is room. */
static void mark_arcs(cairo_t *cr, const cph_sky_plot *plot)
{
    cph_box taken[LABELS], line[LINES];
    cph_labels labels = {.lines = cover_arcs(plot, line),
                         .line = line,
                         .limits = {4, TOP - 24, SIDE - 4, TOP + 2 * RADIUS + BELOW - 4},
                         .capacity = LABELS,
                         .taken = taken};
    double x, y;
    for (size_t i = 0; i < plot->arcs; i++) {
        place(plot->arc[i].az_deg[0], plot->arc[i].el_deg[0], &x, &y);
        cph_set_colour(cr, cph_style_colour(i % CPH_STYLES));
        cairo_arc(cr, x, y, DOT, 0.0, 2.0 * M_PI);
        cairo_fill(cr);
        cph_labels_keep_free(&labels, x, y, DOT);
    }
    for (size_t i = 0; i < plot->arcs; i++) {
        char text[96];
        const cph_text_style style = {.halo = true};
        place(plot->arc[i].az_deg[0], plot->arc[i].el_deg[0], &x, &y);
        const char *const name = plot->arc[i].name != NULL ? plot->arc[i].name : "";
        if (plot->unnumbered)
            snprintf(text, sizeof text, "%s", name);
        else
            snprintf(text, sizeof text, "%zu %s", i + 1, name);
        (void)cph_labels_write(cr, &labels, x, y, DOT + 3, &style, text);
    }
}

static cph_status check(const cph_sky_plot *plot, cph_error *error)
{
    for (size_t i = 0; i < plot->arcs; i++) {
        if (plot->arc[i].points < 1)
            return cph_fail(error, CPH_ERR_ARGUMENT, "picture: arc %zu has no point", i);
        for (size_t k = 0; k < plot->arc[i].points; k++)
            if (!isfinite(plot->arc[i].az_deg[k]) || !isfinite(plot->arc[i].el_deg[k]))
                return cph_fail(error, CPH_ERR_NOT_FINITE, "picture: arc %zu is not finite", i);
    }
    return plot->arcs > 0 || plot->empty != NULL
               ? CPH_OK
               : cph_fail(error, CPH_ERR_NOT_FINITE, "picture: there is nothing to draw");
}

cph_status cph_plot_sky(const char *path, const cph_sky_plot *plot, cph_error *error)
{
    cph_canvas *canvas;
    cph_status status = check(plot, error);
    if (status == CPH_OK)
        status = cph_canvas_open(path, SIDE, TOP + 2 * RADIUS + BELOW, &canvas, error);
    if (status != CPH_OK)
        return status;
    cairo_t *const cr = cph_canvas_cairo(canvas);
    cph_headline(cr, 24, SIDE - 48, plot->title, plot->subtitle);
    fill_horizon(cr, plot);
    draw_grid(cr, plot);
    draw_arcs(cr, plot);
    mark_arcs(cr, plot);
    if (plot->arcs == 0)
        cph_words(cr, SIDE / 2.0, TOP + RADIUS, plot->empty);
    return cph_canvas_commit(canvas, error);
}
