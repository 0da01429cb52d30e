/* SPDX-License-Identifier: MIT */
#include "cli/plot/bar_cairo.h"

#include <math.h>
#include <stdio.h>

enum { LABEL_SIZE = 32, TICK_GAP = 46 };

double cph_shades_share(const cph_shades *shades, double value)
{
    double low = shades->low, high = shades->high;
    if (shades->knee > 0) {
        low = asinh(low / shades->knee);
        high = asinh(high / shades->knee);
        value = asinh(value / shades->knee);
    }
    return (value - low) / (high - low);
}

cph_rgb cph_shades_colour(const cph_shades *shades, double value)
{
    return shades->map(cph_shades_share(shades, value));
}

/* Lines of one pixel are sharp when they run through the middle of pixels. */
static double sharp(double p)
{
    return floor(p) + 0.5;
}

static void outline(cairo_t *cr, const cph_bar *bar)
{
    double left = sharp(bar->left), right = sharp(bar->left + bar->width);
    double top = sharp(bar->top), bottom = sharp(bar->top + bar->height), tip = bar->width * 0.7;
    cairo_move_to(cr, left, top);
    if (bar->above)
        cairo_line_to(cr, (left + right) / 2, top - tip);
    cairo_line_to(cr, right, top);
    cairo_line_to(cr, right, bottom);
    if (bar->below)
        cairo_line_to(cr, (left + right) / 2, bottom + tip);
    cairo_line_to(cr, left, bottom);
    cairo_close_path(cr);
}

static void draw_shades(cairo_t *cr, const cph_bar *bar)
{
    enum { STOPS = 64 };
    cairo_pattern_t *shade = cairo_pattern_create_linear(0, bar->top + bar->height, 0, bar->top);
    for (int i = 0; i <= STOPS; i++) {
        cph_rgb c = bar->shades.map((double)i / STOPS);
        cairo_pattern_add_color_stop_rgb(shade, (double)i / STOPS, c.r, c.g, c.b);
    }
    outline(cr, bar);
    cairo_set_source(cr, shade);
    cairo_fill_preserve(cr);
    cairo_pattern_destroy(shade);
    cph_set_colour(cr, cph_grey);
    cairo_set_line_width(cr, 1);
    cairo_stroke(cr);
}

/* Returns the width of the number. */
static double draw_tick(cairo_t *cr, const cph_bar *bar, double value, const char *label)
{
    double right = bar->left + bar->width;
    double p = sharp(bar->top + bar->height * (1 - cph_shades_share(&bar->shades, value)));
    cph_set_colour(cr, cph_grey);
    cph_line(cr, right, p, right + 4, p);
    cph_text(cr, right + 8, p, &(cph_text_style){.valign = 0.5}, label);
    return cph_text_width(cr, &(cph_text_style){0}, label);
}

static double draw_even_ticks(cairo_t *cr, const cph_bar *bar)
{
    char label[LABEL_SIZE];
    double widest = 0;
    cph_ticks ticks = cph_ticks_make(bar->ticks, bar->shades.low, bar->shades.high,
                                     (size_t)fmax(2, bar->height / TICK_GAP));
    for (size_t i = 0; i < ticks.count; i++) {
        cph_ticks_label(&ticks, i, sizeof label, label);
        widest = fmax(widest, draw_tick(cr, bar, cph_ticks_at(&ticks, i), label));
    }
    return widest;
}

/* 0 and 1, 2, 5 times powers of ten, of both signs; those beside each other need 18 px. */
static double draw_knee_ticks(cairo_t *cr, const cph_bar *bar)
{
    static const double mantissa[] = {1, 2, 5};
    char label[LABEL_SIZE];
    double widest = 0, gap = 18 / bar->height, zero = cph_shades_share(&bar->shades, 0);
    if (zero >= 0 && zero <= 1)
        widest = draw_tick(cr, bar, 0, "0");
    for (int sign = -1; sign <= 1; sign += 2) {
        double last = zero;
        for (int i = 0; i < 3 * 12; i++) {
            double value = sign * mantissa[i % 3] * pow(10, i / 3 - 3);
            double share = cph_shades_share(&bar->shades, value);
            if (share < 0 || share > 1 || fabs(share - last) < gap)
                continue;
            last = share;
            snprintf(label, sizeof label, "%g", value);
            widest = fmax(widest, draw_tick(cr, bar, value, label));
        }
    }
    return widest;
}

void cph_bar_draw(cairo_t *cr, const cph_bar *bar)
{
    draw_shades(cr, bar);
    double widest = bar->shades.knee > 0 ? draw_knee_ticks(cr, bar) : draw_even_ticks(cr, bar);
    if (bar->label != NULL)
        cph_text(cr, bar->left + bar->width + widest + 24, bar->top + bar->height / 2,
                 &(cph_text_style){.align = 0.5, .upward = true}, bar->label);
}
