/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

#include "cli/plot/axes_cairo.h"
#include "cli/plot/plot.h"
#include "cli/plot/style_cairo.h"
#include "kernels/core/fail.h"

/* px */
enum { LEFT = 64, TOP = 108, SIDE = 780, HEIGHT = 380, MARGIN = 20, BELOW = 54 };
enum { MOST_CURVES = CPH_STYLES, TEXT = 96 };
static const double degree = 3.14159265358979323846 / 180;

/* A curve without a name looks like the one before. */
static size_t style_of(const cph_cut_plot *plot, size_t curve)
{
    while (curve > 0 && plot->curve[curve].name == NULL)
        curve--;
    return curve;
}

static void draw_curve(cairo_t *cr, const cph_axes *axes, const cph_cut_curve *curve, size_t style)
{
    cph_style_set(cr, style);
    cph_axes_curve(cr, axes, curve->points, curve->angle, 1.0 / degree, curve->power_db);
    cairo_set_dash(cr, NULL, 0, 0);
}

/* The angle where the curve, followed from its peak in steps of `step`, falls to the level; NaN
 * when it does not. */
static double crossing(const cph_cut_curve *curve, size_t peak, int step, double level)
{
    for (size_t i = peak; step > 0 ? i + 1 < curve->points : i > 0;) {
        size_t next = step > 0 ? i + 1 : i - 1;
        double a = curve->power_db[i], b = curve->power_db[next];
        if (b <= level && isfinite(b))
            return curve->angle[i] + (curve->angle[next] - curve->angle[i]) * (a - level) / (a - b);
        if (!isfinite(b))
            break;
        i = next;
    }
    return NAN;
}

static size_t peak_of(const cph_cut_curve *curve)
{
    size_t peak = 0;
    for (size_t i = 1; i < curve->points; i++)
        if (curve->power_db[i] > curve->power_db[peak] || isnan(curve->power_db[peak]))
            peak = i;
    return peak;
}

/* A bar across the main lobe at half power. */
static void draw_width(cairo_t *cr, const cph_axes *axes, const cph_cut_curve *curve, size_t style)
{
    size_t peak = peak_of(curve);
    double level = curve->power_db[peak] + 10 * log10(0.5);
    double left = crossing(curve, peak, -1, level), right = crossing(curve, peak, 1, level);
    if (!isfinite(curve->hpbw_rad) || !isfinite(left) || !isfinite(right))
        return;
    double x0 = cph_axes_px(axes, left / degree), x1 = cph_axes_px(axes, right / degree);
    double y = cph_axes_py(axes, level);
    cph_set_colour(cr, cph_style_colour(style));
    cairo_set_line_width(cr, 1.2);
    cph_line(cr, x0, y, x1, y);
    cph_line(cr, x0, y - 4, x0, y + 4);
    cph_line(cr, x1, y - 4, x1, y + 4);
}

static void sidelobe_line(cairo_t *cr, double x0, double x1, double y)
{
    static const double dash[] = {3, 3};
    cph_set_colour(cr, cph_grey);
    cairo_set_line_width(cr, 1);
    cairo_set_dash(cr, dash, 2, 0);
    cph_line(cr, x0, floor(y) + 0.5, x1, floor(y) + 0.5);
    cairo_set_dash(cr, NULL, 0, 0);
}

/* Text behind a sample of the line that it explains; returns where the next one starts. */
static double legend_text(cairo_t *cr, double x, double y, const char *text)
{
    const cph_text_style middle = {.valign = 0.5};
    cph_text(cr, x, y, &middle, text);
    return x + cph_text_width(cr, &middle, text) + 28;
}

/* All words stand above the box, where no curve runs. */
static void draw_legend(cairo_t *cr, const cph_cut_plot *plot)
{
    enum { SAMPLE = 34, GAP = 6, CURVES = 68, NUMBERS = 88 };
    char text[2 * TEXT];
    double x = LEFT;
    for (size_t i = 0; i < plot->curves; i++) {
        const cph_cut_curve *curve = &plot->curve[i];
        if (curve->name == NULL)
            continue;
        cph_style_set(cr, i);
        cph_line(cr, x, CURVES, x + SAMPLE, CURVES);
        cairo_set_dash(cr, NULL, 0, 0);
        if (isfinite(curve->hpbw_rad))
            snprintf(text, sizeof text, "%.*s: %.2f\u00b0 at half power", TEXT, curve->name,
                     curve->hpbw_rad / degree);
        else
            snprintf(text, sizeof text, "%.*s", TEXT, curve->name);
        x = legend_text(cr, x + SAMPLE + GAP, CURVES, text);
    }
    x = LEFT;
    if (isfinite(plot->psll_db)) {
        sidelobe_line(cr, x, x + SAMPLE, NUMBERS);
        snprintf(text, sizeof text, "Highest sidelobe: %.2f dB", plot->psll_db);
        x = legend_text(cr, x + SAMPLE + GAP, NUMBERS, text);
    }
    if (isfinite(plot->directivity_db)) {
        snprintf(text, sizeof text, "Directivity: %.2f dB", plot->directivity_db);
        legend_text(cr, x, NUMBERS, text);
    }
}

static void set_ranges(const cph_cut_plot *plot, const char *label, cph_axes *axes)
{
    double low = INFINITY, high = -INFINITY, top = 0;
    for (size_t c = 0; c < plot->curves; c++) {
        const cph_cut_curve *curve = &plot->curve[c];
        low = fmin(low, curve->angle[0]);
        high = fmax(high, curve->angle[curve->points - 1]);
        top = fmax(top, curve->power_db[peak_of(curve)]);
    }
    axes->x = (cph_axis){.low = low / degree, .high = high / degree, .label = label};
    axes->x.ticks = cph_ticks_make(CPH_TICKS_DEGREES, axes->x.low, axes->x.high, 13);
    axes->y = (cph_axis){.low = -plot->range_db,
                         .high = top + 0.05 * plot->range_db,
                         .label = "Power relative to the peak (dB)"};
    axes->y.ticks = cph_ticks_make(CPH_TICKS_DECIMAL, axes->y.low, axes->y.high, 9);
}

static cph_status check(const cph_cut_plot *plot, cph_error *error)
{
    if (plot->curves < 1 || plot->curves > MOST_CURVES || !(plot->range_db > 0) ||
        !isfinite(plot->range_db))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "picture of a cut: %zu curves over %g dB, expected 1 to %d over a range "
                        "above 0",
                        plot->curves, plot->range_db, MOST_CURVES);
    for (size_t c = 0; c < plot->curves; c++) {
        const cph_cut_curve *curve = &plot->curve[c];
        if (curve->points < 2 || !(curve->angle[0] < curve->angle[curve->points - 1]))
            return cph_fail(error, CPH_ERR_ARGUMENT,
                            "picture of a cut: curve %zu needs 2 or more ascending angles", c);
        if (!isfinite(curve->angle[0]) || !isfinite(curve->angle[curve->points - 1]) ||
            !isfinite(curve->power_db[peak_of(curve)]))
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "picture of a cut: curve %zu has no finite peak or range", c);
    }
    return CPH_OK;
}

static void draw(cairo_t *cr, const cph_cut_plot *plot)
{
    char label[2 * TEXT];
    cph_axes axes = {.left = LEFT, .top = TOP, .width = SIDE, .height = HEIGHT};
    snprintf(label, sizeof label, "%s (degrees)",
             plot->angle_name != NULL ? plot->angle_name : "Angle");
    set_ranges(plot, label, &axes);
    cph_headline(cr, LEFT, SIDE, plot->title, plot->subtitle);
    draw_legend(cr, plot);
    cph_axes_grid(cr, &axes);
    cph_axes_clip(cr, &axes);
    for (size_t i = plot->curves; i-- > 0;)
        draw_curve(cr, &axes, &plot->curve[i], style_of(plot, i));
    if (isfinite(plot->psll_db) && plot->psll_db > axes.y.low)
        sidelobe_line(cr, LEFT, LEFT + SIDE, cph_axes_py(&axes, plot->psll_db));
    for (size_t i = 0; i < plot->curves; i++)
        draw_width(cr, &axes, &plot->curve[i], i);
    cairo_restore(cr);
    cph_axes_frame(cr, &axes);
}

cph_status cph_plot_cut(const char *path, const cph_cut_plot *plot, cph_error *error)
{
    cph_canvas *canvas;
    cph_status status = check(plot, error);
    if (status == CPH_OK)
        status = cph_canvas_open(path, LEFT + SIDE + MARGIN, TOP + HEIGHT + BELOW, &canvas, error);
    if (status != CPH_OK)
        return status;
    draw(cph_canvas_cairo(canvas), plot);
    return cph_canvas_commit(canvas, error);
}
