/* SPDX-License-Identifier: MIT */
#include "cli/plot/axes_cairo.h"

#include <math.h>

enum { LABEL_SIZE = 32, TICK = 5 };

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
    double bottom = axes->top + axes->height, middle = axes->top + axes->height / 2;
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
        cph_text(cr, axes->left - TICK - 4, p, &(cph_text_style){.align = 1, .valign = 0.5}, label);
    }
    if (axes->x.label != NULL)
        cph_text(cr, axes->left + axes->width / 2, bottom + 38, &(cph_text_style){.align = 0.5},
                 axes->x.label);
    if (axes->y.label != NULL)
        cph_text(cr, axes->left - 42, middle, &(cph_text_style){.align = 0.5, .upward = true},
                 axes->y.label);
}

void cph_axes_clip(cairo_t *cr, const cph_axes *axes)
{
    cairo_save(cr);
    cairo_rectangle(cr, axes->left, axes->top, axes->width, axes->height);
    cairo_clip(cr);
}

static void bar_outline(cairo_t *cr, const cph_axes *bar, bool below, bool above)
{
    double left = sharp(bar->left), right = sharp(bar->left + bar->width);
    double top = sharp(bar->top), bottom = sharp(bar->top + bar->height), tip = bar->width * 0.7;
    cairo_move_to(cr, left, top);
    if (above)
        cairo_line_to(cr, (left + right) / 2, top - tip);
    cairo_line_to(cr, right, top);
    cairo_line_to(cr, right, bottom);
    if (below)
        cairo_line_to(cr, (left + right) / 2, bottom + tip);
    cairo_line_to(cr, left, bottom);
    cairo_close_path(cr);
}

void cph_colour_bar(cairo_t *cr, const cph_axes *bar, cph_colormap *map, bool below, bool above)
{
    enum { STOPS = 64 };
    char label[LABEL_SIZE];
    double right = bar->left + bar->width, widest = 0;
    cairo_pattern_t *shade = cairo_pattern_create_linear(0, bar->top + bar->height, 0, bar->top);
    for (int i = 0; i <= STOPS; i++) {
        cph_rgb c = map((double)i / STOPS);
        cairo_pattern_add_color_stop_rgb(shade, (double)i / STOPS, c.r, c.g, c.b);
    }
    bar_outline(cr, bar, below, above);
    cairo_set_source(cr, shade);
    cairo_fill_preserve(cr);
    cairo_pattern_destroy(shade);
    cph_set_colour(cr, cph_grey);
    cairo_set_line_width(cr, 1);
    cairo_stroke(cr);
    for (size_t i = 0; i < bar->y.ticks.count; i++) {
        double p = sharp(cph_axes_py(bar, cph_ticks_at(&bar->y.ticks, i)));
        cph_set_colour(cr, cph_grey);
        cph_line(cr, right, p, right + 4, p);
        cph_ticks_label(&bar->y.ticks, i, sizeof label, label);
        widest = fmax(widest, cph_text_width(cr, &(cph_text_style){0}, label));
        cph_text(cr, right + 8, p, &(cph_text_style){.valign = 0.5}, label);
    }
    if (bar->y.label != NULL)
        cph_text(cr, right + widest + 24, bar->top + bar->height / 2,
                 &(cph_text_style){.align = 0.5, .upward = true}, bar->y.label);
}
