/* SPDX-License-Identifier: MIT */
#include "cli/plot/axes_cairo.h"

#include <math.h>
#include <stdbool.h>

enum { LABEL_SIZE = 32, TICK = 5, APART = 14, FARTHEST = 57 };

double cph_axes_px(const cph_axes *axes, double x)
{
    return axes->left + axes->width * (x - axes->x.low) / (axes->x.high - axes->x.low);
}

double cph_axes_py(const cph_axes *axes, double y)
{
    return axes->top + axes->height * (axes->y.high - y) / (axes->y.high - axes->y.low);
}

/* Lines of one pixel are sharp when they run through the middle of pixels. */
static double sharp(double p)
{
    return floor(p) + 0.5;
}

void cph_axes_grid(cairo_t *cr, const cph_axes *axes)
{
    double right = axes->left + axes->width, bottom = axes->top + axes->height;
    cph_set_colour(cr, cph_pale);
    cairo_set_line_width(cr, 1);
    for (size_t i = 0; i < axes->x.ticks.count; i++) {
        double p = sharp(cph_axes_px(axes, cph_ticks_at(&axes->x.ticks, i)));
        cph_line(cr, p, axes->top, p, bottom);
    }
    for (size_t i = 0; i < axes->y.ticks.count; i++) {
        double p = sharp(cph_axes_py(axes, cph_ticks_at(&axes->y.ticks, i)));
        cph_line(cr, axes->left, p, right, p);
    }
}

static void outline(cairo_t *cr, const cph_axes *axes)
{
    double left = sharp(axes->left), top = sharp(axes->top);
    cph_set_colour(cr, cph_grey);
    cairo_set_line_width(cr, 1);
    cairo_rectangle(cr, left, top, sharp(axes->left + axes->width) - left,
                    sharp(axes->top + axes->height) - top);
    cairo_stroke(cr);
}

void cph_axes_frame(cairo_t *cr, const cph_axes *axes)
{
    char label[LABEL_SIZE];
    double bottom = axes->top + axes->height, middle = axes->top + axes->height / 2, widest = 0.0;
    outline(cr, axes);
    for (size_t i = 0; i < axes->x.ticks.count; i++) {
        double p = sharp(cph_axes_px(axes, cph_ticks_at(&axes->x.ticks, i)));
        cph_set_colour(cr, cph_grey);
        cph_line(cr, p, bottom, p, bottom + TICK);
        cph_ticks_label(&axes->x.ticks, i, sizeof label, label);
        cph_text(cr, p, bottom + TICK + 4, &(cph_text_style){.align = 0.5, .valign = 1}, label);
    }
    for (size_t i = 0; i < axes->y.ticks.count; i++) {
        double p = sharp(cph_axes_py(axes, cph_ticks_at(&axes->y.ticks, i)));
        cph_set_colour(cr, cph_grey);
        cph_line(cr, axes->left - TICK, p, axes->left, p);
        cph_ticks_label(&axes->y.ticks, i, sizeof label, label);
        const cph_text_style style = {.align = 1, .valign = 0.5};
        cph_text(cr, axes->left - TICK - 4, p, &style, label);
        widest = fmax(widest, cph_text_width(cr, &style, label));
    }
    if (axes->x.label != NULL)
        cph_text(cr, axes->left + axes->width / 2, bottom + 38, &(cph_text_style){.align = 0.5},
                 axes->x.label);
    if (axes->y.label != NULL)
        cph_text(cr, axes->left - fmin(fmax(42, widest + TICK + APART), FARTHEST), middle,
                 &(cph_text_style){.align = 0.5, .upward = true}, axes->y.label);
}

void cph_axes_curve(cairo_t *cr, const cph_axes *axes, size_t points, const double *x,
                    double x_unit, const double *y)
{
    const double span = axes->y.high - axes->y.low;
    bool pen = false;
    for (size_t i = 0; i < points; i++) {
        const double value = fmin(fmax(y[i], axes->y.low - span), axes->y.high + span);
        if (isnan(y[i]) || !isfinite(x[i])) {
            pen = false;
            continue;
        }
        const double px = cph_axes_px(axes, x[i] * x_unit), py = cph_axes_py(axes, value);
        if (pen)
            cairo_line_to(cr, px, py);
        else
            cairo_move_to(cr, px, py);
        pen = true;
    }
    cairo_stroke(cr);
}

void cph_axes_clip(cairo_t *cr, const cph_axes *axes)
{
    cairo_save(cr);
    cairo_rectangle(cr, axes->left, axes->top, axes->width, axes->height);
    cairo_clip(cr);
}
