/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

#include "cli/plot/axes_cairo.h"
#include "cli/plot/plot.h"
#include "kernels/core/fail.h"

/* px */
enum {
    LEFT = 64,
    TOP = 118,
    SIDE = 400,
    APART = 72,
    POWER = 270,
    BETWEEN = 34,
    RATIO = 170,
    MARGIN = 20,
    BELOW = 54
};
static const double degree = 3.14159265358979323846 / 180;
static const double dash[] = {7, 3};

/* Okabe-Ito colours; the difference is dashed too. */
static const cph_rgb sum_colour = {0.00, 0.45, 0.70}, difference_colour = {0.84, 0.37, 0.00};

static void draw_line(cairo_t *cr, const cph_axes *axes, const cph_monopulse_curve *plane,
                      const double *y, cph_rgb colour, bool dashed)
{
    cph_set_colour(cr, colour);
    cairo_set_line_width(cr, 1.6);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_BEVEL);
    cairo_set_dash(cr, dash, dashed ? 2 : 0, 0);
    cph_axes_curve(cr, axes, plane->points, plane->angle, 1 / degree, y);
    cairo_set_dash(cr, NULL, 0, 0);
}

/* What runs through (0, 0) with the slope of the ratio. */
static void draw_tangent(cairo_t *cr, const cph_axes *axes, const cph_monopulse_curve *plane)
{
    const double x[2] = {plane->angle[0], plane->angle[plane->points - 1]};
    const double y[2] = {plane->slope_per_rad * x[0], plane->slope_per_rad * x[1]};
    const double far[2] = {fmax(x[0], -2 * plane->ratio_range / fabs(plane->slope_per_rad)),
                           fmin(x[1], 2 * plane->ratio_range / fabs(plane->slope_per_rad))};
    const double at[2] = {y[0] * far[0] / x[0], y[1] * far[1] / x[1]};
    cph_set_colour(cr, cph_grey);
    cairo_set_line_width(cr, 1);
    cairo_set_dash(cr, (const double[]){2, 3}, 2, 0);
    cph_axes_curve(cr, axes, 2, far, 1 / degree, at);
    cairo_set_dash(cr, NULL, 0, 0);
}

static void sample(cairo_t *cr, double *x, double y, cph_rgb colour, bool dashed, const char *text)
{
    enum { LINE = 28, GAP = 6, NEXT = 20 };
    const cph_text_style middle = {.valign = 0.5};
    cph_set_colour(cr, colour);
    cairo_set_line_width(cr, 1.6);
    cairo_set_dash(cr, dash, dashed ? 2 : 0, 0);
    cph_line(cr, *x, y, *x + LINE, y);
    cairo_set_dash(cr, NULL, 0, 0);
    cph_text(cr, *x + LINE + GAP, y, &middle, text);
    *x += LINE + GAP + cph_text_width(cr, &middle, text) + NEXT;
}

static void draw_words(cairo_t *cr, double left, const cph_monopulse_curve *plane)
{
    enum { NAME = 66, CURVES = 86, SLOPE = 106, LONGEST = 120 };
    char text[LONGEST];
    double x = left;
    cph_text(cr, left, NAME, &(cph_text_style){.valign = 0.5, .bold = true, .width = SIDE},
             plane->name);
    sample(cr, &x, CURVES, sum_colour, false, "Sum");
    sample(cr, &x, CURVES, difference_colour, true, "Difference");
    snprintf(text, sizeof text, "Difference over sum: %.3f per degree on the axis",
             plane->slope_per_rad * degree);
    cph_text(cr, left, SLOPE, &(cph_text_style){.valign = 0.5, .width = SIDE}, text);
}

static void draw_plane(cairo_t *cr, const cph_monopulse_plot *plot, size_t k)
{
    const cph_monopulse_curve *plane = &plot->plane[k];
    const double left = LEFT + (double)k * (SIDE + APART);
    cph_axes power = {.left = left, .top = TOP, .width = SIDE, .height = POWER};
    power.x = (cph_axis){.low = plane->angle[0] / degree,
                         .high = plane->angle[plane->points - 1] / degree};
    power.x.ticks = cph_ticks_make(CPH_TICKS_DEGREES, power.x.low, power.x.high, 9);
    power.y = (cph_axis){.low = -plot->range_db, .high = 0.05 * plot->range_db};
    power.y.label = k == 0 ? "Power relative to the sum's peak (dB)" : NULL;
    power.y.ticks = cph_ticks_make(CPH_TICKS_DECIMAL, power.y.low, power.y.high, 9);
    cph_axes ratio = power;
    ratio.top = TOP + POWER + BETWEEN;
    ratio.height = RATIO;
    ratio.x.label = "Angle from the axis (degrees)";
    ratio.y = (cph_axis){.low = -plane->ratio_range, .high = plane->ratio_range};
    ratio.y.label = k == 0 ? "Difference over sum" : NULL;
    ratio.y.ticks = cph_ticks_make(CPH_TICKS_DECIMAL, ratio.y.low, ratio.y.high, 5);
    draw_words(cr, left, plane);
    cph_axes_grid(cr, &power);
    cph_axes_clip(cr, &power);
    draw_line(cr, &power, plane, plane->difference_db, difference_colour, true);
    draw_line(cr, &power, plane, plane->sum_db, sum_colour, false);
    cairo_restore(cr);
    cph_axes_frame(cr, &power);
    cph_axes_grid(cr, &ratio);
    cph_axes_clip(cr, &ratio);
    draw_tangent(cr, &ratio, plane);
    draw_line(cr, &ratio, plane, plane->ratio, cph_black, false);
    cairo_restore(cr);
    cph_axes_frame(cr, &ratio);
}

static cph_status check(const cph_monopulse_plot *plot, cph_error *error)
{
    if (plot->planes < 1 || plot->planes > 2 || !(plot->range_db > 0) || !isfinite(plot->range_db))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "picture of a monopulse pair: %zu planes over %g dB, expected 1 or 2 over "
                        "a range above 0",
                        plot->planes, plot->range_db);
    for (size_t k = 0; k < plot->planes; k++) {
        const cph_monopulse_curve *plane = &plot->plane[k];
        if (plane->points < 2 || !(plane->angle[0] < 0) || !(plane->angle[plane->points - 1] > 0))
            return cph_fail(error, CPH_ERR_ARGUMENT,
                            "picture of a monopulse pair: plane %zu needs ascending angles on "
                            "both sides of 0",
                            k);
        if (!isfinite(plane->slope_per_rad) || plane->slope_per_rad == 0 ||
            !(plane->ratio_range > 0) || !isfinite(plane->ratio_range))
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "picture of a monopulse pair: plane %zu has no slope", k);
    }
    return CPH_OK;
}

cph_status cph_plot_monopulse(const char *path, const cph_monopulse_plot *plot, cph_error *error)
{
    cph_canvas *canvas;
    cph_status status = check(plot, error);
    if (status != CPH_OK)
        return status;
    const double width = (double)plot->planes * (SIDE + APART) - APART;
    status = cph_canvas_open(path, LEFT + width + MARGIN, TOP + POWER + BETWEEN + RATIO + BELOW,
                             &canvas, error);
    if (status != CPH_OK)
        return status;
    cairo_t *cr = cph_canvas_cairo(canvas);
    cph_headline(cr, LEFT, width, plot->title, plot->subtitle);
    for (size_t k = 0; k < plot->planes; k++)
        draw_plane(cr, plot, k);
    return cph_canvas_commit(canvas, error);
}
