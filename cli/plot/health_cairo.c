/* SPDX-License-Identifier: MIT */
/* Spectra of elements as an image, beside it their numbers as dots, a row an element. */
#include <math.h>
#include <stdio.h>

#include "cli/plot/plot.h"
#include "cli/plot/raster_cairo.h"
#include "cli/plot/style_cairo.h"
#include "kernels/core/fail.h"

/* px */
enum {
    LEFT = 66,
    TOP = 64,
    IMAGE = 360,
    BAR_GAP = 14,
    BAR = 12,
    BAR_ROOM = 84, /* numbers and label of the bar */
    STRIP = 92,
    STRIP_GAP = 24,
    WORDS_GAP = 12,
    WORDS = 170,
    BELOW = 54,
    ROW_MOST = 36,
    HEIGHT_USUAL = 480,
    HEIGHT_LEAST = 300,
    LINE = 14 /* of words */
};
/* Rows that are told one by one by numbers and error bars. */
static const double row_told = 8.0;

typedef struct sheet {
    cairo_t *cr;
    const cph_health_plot *plot;
    double height, row; /* of all rows, of one */
} sheet;

static double row_middle(const sheet *s, size_t n)
{
    return TOP + ((double)n + 0.5) * s->row;
}

/* Numbers left of the rows, as many as there is room for. */
static void draw_numbers(const sheet *s)
{
    const cph_ticks ticks = cph_ticks_make(CPH_TICKS_DECIMAL, 0.0, (double)s->plot->elements,
                                           (size_t)(s->height / (LINE + 4)) + 2);
    const size_t step = ticks.count > 0 && ticks.step > 1.0 ? (size_t)ticks.step : 1;
    char text[16];
    for (size_t n = 0; n < s->plot->elements; n += step) {
        const double y = row_middle(s, n);
        snprintf(text, sizeof text, "%u", s->plot->number[n]);
        cph_set_colour(s->cr, cph_grey);
        cairo_set_line_width(s->cr, 1);
        cph_line(s->cr, LEFT - 5, y, LEFT, y);
        cph_text(s->cr, LEFT - 9, y, &(cph_text_style){.align = 1, .valign = 0.5}, text);
    }
    cph_text(s->cr, LEFT - 46, TOP + s->height / 2, &(cph_text_style){.align = 0.5, .upward = true},
             s->plot->row != NULL ? s->plot->row : "Element");
}

static void draw_spectra(const sheet *s, const cph_bar *bar, cairo_surface_t *image)
{
    const cph_health_plot *plot = s->plot;
    cph_axes axes = {.left = LEFT, .top = TOP, .width = IMAGE, .height = s->height};
    axes.x = (cph_axis){.low = plot->x_low, .high = plot->x_high, .label = plot->x_label};
    axes.x.ticks = cph_ticks_make(CPH_TICKS_DECIMAL, plot->x_low, plot->x_high, 6);
    axes.y = (cph_axis){.low = 0.0, .high = 1.0};
    cph_raster_draw(s->cr, &axes, image);
    cph_axes_frame(s->cr, &axes);
    cph_bar_draw(s->cr, bar);
}

/* ---- strips ---- */

/* Orange where something stands out, else blue. Round ends of lines of next to no length, all of a
 * strip in one path: few bytes in SVG. */
static double dot_radius(const sheet *s, bool marked)
{
    return fmin(fmax(0.28 * s->row, 1.0), 4.0) * (marked ? 1.25 : 1.0);
}

static void draw_dots(const sheet *s, bool marked)
{
    cph_set_colour(s->cr, cph_style_colour(marked ? 1 : 0));
    cairo_set_line_cap(s->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(s->cr, 2.0 * dot_radius(s, marked));
    cairo_stroke(s->cr);
    cairo_set_line_cap(s->cr, CAIRO_LINE_CAP_BUTT);
}

static double inside(const cph_axes *axes, double value)
{
    return cph_axes_px(axes, fmin(fmax(value, axes->x.low), axes->x.high));
}

static void draw_errors(const sheet *s, const cph_axes *axes, const cph_health_strip *strip,
                        bool marked)
{
    cph_set_colour(s->cr, cph_style_colour(marked ? 1 : 0));
    cairo_set_line_width(s->cr, 1);
    for (size_t n = 0; n < s->plot->elements; n++)
        if ((s->plot->words[n] != NULL) == marked && isfinite(strip->error[n]))
            cph_line(s->cr, inside(axes, strip->value[0][n] - strip->error[n]), row_middle(s, n),
                     inside(axes, strip->value[0][n] + strip->error[n]), row_middle(s, n));
}

/* The second series is hollow. */
static void draw_rings(const sheet *s, const cph_axes *axes, const double *value, bool marked)
{
    cph_set_colour(s->cr, cph_style_colour(marked ? 1 : 0));
    cairo_set_line_width(s->cr, 1.2);
    for (size_t n = 0; n < s->plot->elements; n++)
        if ((s->plot->words[n] != NULL) == marked && isfinite(value[n])) {
            cairo_new_sub_path(s->cr);
            cairo_arc(s->cr, inside(axes, value[n]), row_middle(s, n), dot_radius(s, marked), 0.0,
                      2.0 * M_PI);
        }
    cairo_stroke(s->cr);
}

static void draw_values(const sheet *s, const cph_axes *axes, const cph_health_strip *strip,
                        bool marked)
{
    const bool told = s->row >= row_told;
    if (strip->error != NULL && told)
        draw_errors(s, axes, strip, marked);
    for (size_t i = 0; i < 2; i++) {
        const double *const value = strip->value[i];
        for (size_t n = 0; value != NULL && !(i == 1 && told) && n < s->plot->elements; n++)
            if ((s->plot->words[n] != NULL) == marked && isfinite(value[n])) {
                cairo_move_to(s->cr, inside(axes, value[n]), row_middle(s, n));
                cairo_rel_line_to(s->cr, 0.01, 0);
            }
        draw_dots(s, marked);
        if (value != NULL && i == 1 && told)
            draw_rings(s, axes, value, marked);
    }
}

static void draw_limits(cairo_t *cr, const cph_axes *axes, const cph_health_strip *strip)
{
    static const double dash[] = {4, 3};
    cairo_save(cr);
    cairo_set_dash(cr, dash, 2, 0);
    cairo_set_line_width(cr, 1);
    cph_set_colour(cr, cph_grey);
    for (size_t i = 0; i < 2; i++) {
        const double x = cph_axes_px(axes, strip->limit[i]);
        if (strip->limit[i] > strip->low && strip->limit[i] < strip->high)
            cph_line(cr, x, axes->top, x, axes->top + axes->height);
    }
    cairo_restore(cr);
}

/* Those that stand out lie on top. */
static void draw_strip(const sheet *s, const cph_health_strip *strip, double left)
{
    cph_axes axes = {.left = left, .top = TOP, .width = STRIP, .height = s->height};
    axes.x = (cph_axis){.low = strip->low, .high = strip->high, .label = strip->label};
    axes.x.ticks = cph_ticks_make(CPH_TICKS_DECIMAL, strip->low, strip->high, 3);
    axes.y = (cph_axis){.low = 0.0, .high = 1.0};
    cph_axes_grid(s->cr, &axes);
    draw_limits(s->cr, &axes, strip);
    draw_values(s, &axes, strip, false);
    draw_values(s, &axes, strip, true);
    cph_axes_frame(s->cr, &axes);
}

/* Beside their rows; where rows are closer than lines the first of each line are told. */
static void draw_words(const sheet *s, double left)
{
    double free_from = TOP;
    size_t untold = 0;
    char text[80];
    const cph_text_style style = {
        .size = CPH_FONT_SMALL, .valign = 0.5, .width = WORDS, .colour = cph_style_colour(1)};
    for (size_t n = 0; n < s->plot->elements; n++) {
        const double y = row_middle(s, n);
        if (s->plot->words[n] == NULL)
            continue;
        if (y < free_from) {
            untold++;
            continue;
        }
        snprintf(text, sizeof text, "%u %s", s->plot->number[n], s->plot->words[n]);
        cph_text(s->cr, left, y, &style, text);
        free_from = y + LINE;
    }
    if (untold == 0)
        return;
    snprintf(text, sizeof text, "and %zu more between them", untold);
    cph_text(s->cr, left, TOP + s->height + 20, &style, text);
}

/* ---- the picture ---- */

static double strips_left(const cph_health_plot *plot)
{
    return plot->columns > 0 ? LEFT + IMAGE + BAR_GAP + BAR + BAR_ROOM : LEFT;
}

static double strips_right(const cph_health_plot *plot)
{
    return strips_left(plot) + (double)plot->strips * (STRIP + STRIP_GAP) - STRIP_GAP;
}

static void draw(const sheet *s, const cph_bar *bar, cairo_surface_t *image)
{
    const double right = strips_right(s->plot);
    cph_headline(s->cr, LEFT, right - LEFT, s->plot->title, s->plot->subtitle);
    if (image != NULL)
        draw_spectra(s, bar, image);
    for (size_t i = 0; i < s->plot->strips; i++)
        draw_strip(s, &s->plot->strip[i], strips_left(s->plot) + (double)i * (STRIP + STRIP_GAP));
    draw_numbers(s);
    draw_words(s, right + WORDS_GAP);
}

static cph_status check(const cph_health_plot *plot, cph_error *error)
{
    bool valid = plot->elements > 0 && plot->elements <= CPH_WATERFALL_MOST &&
                 plot->columns <= CPH_WATERFALL_MOST && plot->strips > 0 &&
                 plot->strips <= CPH_HEALTH_STRIPS &&
                 (plot->columns == 0 || plot->x_low < plot->x_high);
    for (size_t i = 0; valid && i < plot->strips; i++)
        valid = plot->strip[i].low < plot->strip[i].high;
    return valid ? CPH_OK
                 : cph_fail(error, CPH_ERR_ARGUMENT,
                            "picture: %zu elements and %zu columns, expected 1 to %d of them",
                            plot->elements, plot->columns, (int)CPH_WATERFALL_MOST);
}

cph_status cph_plot_health(const char *path, const cph_health_plot *plot, cph_error *error)
{
    cph_canvas *canvas = NULL;
    cairo_surface_t *image = NULL;
    cph_status status = check(plot, error);
    if (status != CPH_OK)
        return status;
    const double wanted = (double)plot->elements * ROW_MOST;
    sheet s = {.plot = plot,
               .height =
                   fmax(fmin(wanted, HEIGHT_USUAL), fmax(HEIGHT_LEAST, (double)plot->elements))};
    s.row = s.height / (double)plot->elements;
    cph_bar bar = {.left = LEFT + IMAGE + BAR_GAP,
                   .top = TOP + BAR,
                   .width = BAR,
                   .height = fmin(s.height, HEIGHT_USUAL) - 2 * BAR,
                   .shades = {.map = cph_colormap_sequential},
                   .ticks = CPH_TICKS_DECIMAL,
                   .label = "Power (dB)"};
    const cph_raster raster = {
        .rows = plot->elements, .columns = plot->columns, .value = plot->spectrum};
    if (plot->columns > 0)
        status = cph_raster_shades(&raster, &bar, error);
    if (status == CPH_OK && plot->columns > 0 &&
        (image = cph_raster_make(&raster, &bar.shades)) == NULL)
        status = cph_fail(error, CPH_ERR_MEMORY, "picture: out of memory");
    if (status == CPH_OK)
        status = cph_canvas_open(path, strips_right(plot) + WORDS_GAP + WORDS,
                                 TOP + s.height + BELOW, &canvas, error);
    if (status == CPH_OK) {
        s.cr = cph_canvas_cairo(canvas);
        draw(&s, &bar, image);
        status = cph_canvas_commit(canvas, error);
    }
    if (image != NULL)
        cairo_surface_destroy(image);
    return status;
}
