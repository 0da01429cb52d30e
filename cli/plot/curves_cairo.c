/* SPDX-License-Identifier: MIT */
/* Curves and dots in a box, with numbered places and a level. */
#include <math.h>
#include <stdio.h>

#include "cli/plot/axes_cairo.h"
#include "cli/plot/labels_cairo.h"
#include "cli/plot/plot.h"
#include "cli/plot/style_cairo.h"
#include "kernels/core/fail.h"

/* px */
enum { LEFT = 64, TOP = 104, SIDE = 780, HEIGHT = 380, MARGIN = 20, BELOW = 54, DOT = 3, RIM = 2 };
enum { UPPER = 260, BETWEEN = 22, LOWER = 200 }; /* of two boxes */
enum { SAMPLE = 34, GAP = 6, LEGEND = 68 };

/* Round ends of lines of next to no length (some viewers leave out lines of none), all in one path:
 * few bytes in SVG. */
static void draw_dots(cairo_t *cr, const cph_axes *axes, const cph_curve *curve)
{
    cairo_set_dash(cr, NULL, 0, 0);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(cr, 2 * (curve->rim ? DOT + RIM : DOT));
    for (size_t i = 0; i < curve->points; i++) {
        if (!isfinite(curve->y[i]))
            continue;
        cairo_move_to(cr, cph_axes_px(axes, curve->x[i]),
                      cph_axes_py(axes, fmax(curve->y[i], axes->y.low)));
        cairo_rel_line_to(cr, 0.01, 0);
    }
    cairo_stroke(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
}

static void level_line(cairo_t *cr, double x0, double x1, double y)
{
    static const double dash[] = {3, 3};
    cph_set_colour(cr, cph_grey);
    cairo_set_line_width(cr, 1);
    cairo_set_dash(cr, dash, 2, 0);
    cph_line(cr, x0, floor(y) + 0.5, x1, floor(y) + 0.5);
    cairo_set_dash(cr, NULL, 0, 0);
}

/* Upright lines, numbered above the box where there is room. */
static void draw_marks(cairo_t *cr, const cph_axes *axes, const cph_curve_plot *plot, bool numbered)
{
    static const double dash[] = {4, 3};
    enum { NUMBERS = 128, ABOVE = 14 };
    cph_box taken[NUMBERS];
    cph_labels labels = {.limits = {0.0, 0.0, LEFT + SIDE + MARGIN, axes->top},
                         .capacity = numbered ? NUMBERS : 0,
                         .taken = taken};
    for (size_t i = 0; i < plot->marks; i++) {
        const double x = floor(cph_axes_px(axes, plot->mark[i])) + 0.5;
        char label[24];
        if (!(plot->mark[i] >= axes->x.low && plot->mark[i] <= axes->x.high))
            continue;
        cph_set_colour(cr, cph_style_colour(1));
        cairo_set_line_width(cr, 1);
        cairo_set_dash(cr, dash, 2, 0);
        cph_line(cr, x, axes->top, x, axes->top + axes->height);
        cairo_set_dash(cr, NULL, 0, 0);
        snprintf(label, sizeof label, "%zu", i + 1);
        (void)cph_labels_write_at(cr, &labels, x, axes->top - ABOVE / 2.0 - 2.0,
                                  &(cph_text_style){.halo = true}, label);
    }
}

static double legend_text(cairo_t *cr, double x, const char *text)
{
    const cph_text_style middle = {.valign = 0.5};
    cph_text(cr, x, LEGEND, &middle, text);
    return x + cph_text_width(cr, &middle, text) + 28;
}

static void draw_legend(cairo_t *cr, const cph_curve_plot *plot)
{
    double x = LEFT;
    for (size_t i = 0; i < plot->curves; i++) {
        const cph_curve *curve = &plot->curve[i];
        if (curve->name == NULL)
            continue;
        cph_style_set(cr, i);
        if (curve->dots) {
            cairo_arc(cr, x + SAMPLE / 2.0, LEGEND, curve->rim ? DOT + RIM : DOT, 0, 2 * M_PI);
            cairo_fill(cr);
        } else {
            cph_line(cr, x, LEGEND, x + SAMPLE, LEGEND);
        }
        cairo_set_dash(cr, NULL, 0, 0);
        x = legend_text(cr, x + SAMPLE + GAP, curve->name);
    }
    if (isfinite(plot->level) && plot->level_name != NULL) {
        level_line(cr, x, x + SAMPLE, LEGEND);
        legend_text(cr, x + SAMPLE + GAP, plot->level_name);
    }
}

/* Smallest and largest value of all curves; false where none is finite. */
static bool find_range(size_t curves, const cph_curve *curve, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t c = 0; c < curves; c++)
        for (size_t i = 0; i < curve[c].points; i++)
            if (isfinite(curve[c].y[i])) {
                *low = fmin(*low, curve[c].y[i]);
                *high = fmax(*high, curve[c].y[i]);
            }
    return *low <= *high;
}

static bool is_few(size_t curves)
{
    return curves >= 1 && curves <= CPH_STYLES;
}

static cph_status check(const cph_curve_plot *plot, cph_error *error)
{
    if (!is_few(plot->curves) || (plot->below != NULL && !is_few(plot->below->curves)) ||
        !(plot->x_low < plot->x_high) || !(plot->y_least > 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "picture: %zu curves from %g to %g, expected 1 to %d over a range",
                        plot->curves, plot->x_low, plot->x_high, (int)CPH_STYLES);
    return CPH_OK;
}

static cph_ticks x_ticks(const cph_curve_plot *plot)
{
    const cph_tick_kind kind = plot->degrees  ? CPH_TICKS_DEGREES
                               : plot->counts ? CPH_TICKS_WHOLE
                                              : CPH_TICKS_DECIMAL;
    return cph_ticks_make(kind, plot->x_low, plot->x_high, 13);
}

static cph_axis y_axis(double low, double high, const char *label, size_t ticks)
{
    const double spare = 0.04 * fmax(high - low, 1e-3 * fabs(high) + 1e-9);
    cph_axis axis = {.low = low - spare, .high = high + spare, .label = label};
    axis.ticks = cph_ticks_make(CPH_TICKS_DECIMAL, axis.low, axis.high, ticks);
    return axis;
}

static void draw_curves(cairo_t *cr, const cph_axes *axes, size_t curves, const cph_curve *curve)
{
    for (size_t i = curves; i-- > 0;) {
        cph_style_set(cr, i);
        if (curve[i].dots)
            draw_dots(cr, axes, &curve[i]);
        else
            cph_axes_curve(cr, axes, curve[i].points, curve[i].x, 1.0, curve[i].y);
        cairo_set_dash(cr, NULL, 0, 0);
    }
}

static void draw(cairo_t *cr, const cph_curve_plot *plot)
{
    const bool alone = plot->below == NULL;
    double low, high;
    const bool empty = !find_range(plot->curves, plot->curve, &low, &high);
    if (empty) {
        low = 0.0;
        high = plot->y_least;
    }
    cph_axes axes = {.left = LEFT, .top = TOP, .width = SIDE, .height = alone ? HEIGHT : UPPER};
    axes.x = (cph_axis){.low = plot->x_low, .high = plot->x_high};
    axes.x.ticks = x_ticks(plot);
    axes.y = y_axis(fmax(low, high - plot->y_least), high, plot->y_label, 9);
    cph_headline(cr, LEFT, SIDE, plot->title, plot->subtitle);
    draw_legend(cr, plot);
    cph_axes_grid(cr, &axes);
    draw_marks(cr, &axes, plot, true);
    cph_axes_clip(cr, &axes);
    if (isfinite(plot->level))
        level_line(cr, LEFT, LEFT + SIDE, cph_axes_py(&axes, plot->level));
    draw_curves(cr, &axes, plot->curves, plot->curve);
    cairo_restore(cr);
    if (alone)
        axes.x.label = plot->x_label;
    else
        axes.x.ticks.count = 0; /* they stand under the box below */
    cph_axes_frame(cr, &axes);
    if (empty)
        cph_words(cr, LEFT + SIDE / 2.0, axes.top + axes.height / 2.0, plot->empty);
}

static void draw_below(cairo_t *cr, const cph_curve_plot *plot)
{
    const cph_curve_box *const box = plot->below;
    cph_axes axes = {.left = LEFT, .top = TOP + UPPER + BETWEEN, .width = SIDE, .height = LOWER};
    double low, high;
    if (!find_range(box->curves, box->curve, &low, &high))
        low = high = 0.0;
    axes.x = (cph_axis){.low = plot->x_low, .high = plot->x_high, .label = plot->x_label};
    axes.x.ticks = x_ticks(plot);
    axes.y = y_axis(low, high, box->y_label, 6);
    cph_axes_grid(cr, &axes);
    draw_marks(cr, &axes, plot, false);
    cph_axes_clip(cr, &axes);
    draw_curves(cr, &axes, box->curves, box->curve);
    cairo_restore(cr);
    cph_axes_frame(cr, &axes);
}

cph_status cph_plot_curves(const char *path, const cph_curve_plot *plot, cph_error *error)
{
    cph_canvas *canvas;
    double low, high;
    cph_status status = check(plot, error);
    if (status == CPH_OK && plot->empty == NULL &&
        !find_range(plot->curves, plot->curve, &low, &high))
        status = cph_fail(error, CPH_ERR_NOT_FINITE, "picture: no value is finite");
    if (status == CPH_OK)
        status = cph_canvas_open(
            path, LEFT + SIDE + MARGIN,
            TOP + (plot->below != NULL ? UPPER + BETWEEN + LOWER : HEIGHT) + BELOW, &canvas, error);
    if (status != CPH_OK)
        return status;
    draw(cph_canvas_cairo(canvas), plot);
    if (plot->below != NULL)
        draw_below(cph_canvas_cairo(canvas), plot);
    return cph_canvas_commit(canvas, error);
}
