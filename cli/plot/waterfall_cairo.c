/* SPDX-License-Identifier: MIT */
/* A value in colour over two axes, time upward. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "cli/plot/axes_cairo.h"
#include "cli/plot/bar_cairo.h"
#include "cli/plot/plot.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* px */
enum {
    LEFT = 76,
    TOP = 64,
    WIDTH = 720,
    HEIGHT = 480,
    BELOW = 54,
    BAR_GAP = 24,
    BAR = 16,
    LABEL = 84
};
/* Shares of the values that the colours leave below and above them. */
static const double least = 0.01, most = 0.995;

static int ascending(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Ends of the colours; values beyond them show in the bar. */
static cph_status find_shades(const cph_waterfall_plot *plot, cph_bar *bar, cph_error *error)
{
    const size_t all = plot->rows * plot->columns;
    double *value = malloc(all * sizeof *value);
    size_t count = 0;
    if (value == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "picture: out of memory");
    for (size_t i = 0; i < all; i++)
        if (isfinite(plot->value[i]))
            value[count++] = plot->value[i];
    if (count > 0) {
        qsort(value, count, sizeof *value, ascending);
        bar->shades.low = value[(size_t)(least * (double)(count - 1))];
        bar->shades.high = value[(size_t)ceil(most * (double)(count - 1))];
        if (!(bar->shades.high > bar->shades.low))
            bar->shades.high = bar->shades.low + 1.0;
        bar->below = value[0] < bar->shades.low;
        bar->above = value[count - 1] > bar->shades.high;
    }
    free(value);
    return count > 0 ? CPH_OK : cph_fail(error, CPH_ERR_NOT_FINITE, "picture: no value is finite");
}

static uint32_t pixel(const cph_shades *shades, double value)
{
    if (!isfinite(value))
        return 0xffe0e0e0U;
    const cph_rgb c = cph_shades_colour(shades, value);
    return 0xff000000U | (uint32_t)lround(255 * c.r) << 16 | (uint32_t)lround(255 * c.g) << 8 |
           (uint32_t)lround(255 * c.b);
}

/* Row 0 of an image is the top, the last row of the plot. */
static cairo_surface_t *raster(const cph_waterfall_plot *plot, const cph_shades *shades)
{
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)plot->columns, (int)plot->rows);
    unsigned char *data = cairo_image_surface_get_data(image);
    if (data == NULL) {
        cairo_surface_destroy(image);
        return NULL;
    }
    const size_t stride = (size_t)cairo_image_surface_get_stride(image);
    for (size_t row = 0; row < plot->rows; row++) {
        uint32_t *out = (uint32_t *)(void *)(data + (plot->rows - 1 - row) * stride);
        for (size_t column = 0; column < plot->columns; column++)
            out[column] = pixel(shades, plot->value[row * plot->columns + column]);
    }
    cairo_surface_mark_dirty(image);
    return image;
}

static void draw(cairo_t *cr, const cph_waterfall_plot *plot, const cph_bar *bar,
                 cairo_surface_t *image)
{
    cph_axes axes = {.left = LEFT, .top = TOP, .width = WIDTH, .height = HEIGHT};
    axes.x = (cph_axis){.low = plot->x_low, .high = plot->x_high, .label = plot->x_label};
    axes.x.ticks = cph_ticks_make(CPH_TICKS_DECIMAL, plot->x_low, plot->x_high, 9);
    axes.y = (cph_axis){.low = plot->y_low, .high = plot->y_high, .label = plot->y_label};
    axes.y.ticks = cph_ticks_make(CPH_TICKS_DECIMAL, plot->y_low, plot->y_high, 9);
    cph_headline(cr, LEFT, WIDTH, plot->title, plot->subtitle);
    cph_axes_clip(cr, &axes);
    cairo_translate(cr, LEFT, TOP);
    cairo_scale(cr, WIDTH / (double)plot->columns, HEIGHT / (double)plot->rows);
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_paint(cr);
    cairo_restore(cr);
    cph_axes_frame(cr, &axes);
    cph_bar_draw(cr, bar);
}

cph_status cph_plot_waterfall(const char *path, const cph_waterfall_plot *plot, cph_error *error)
{
    cph_canvas *canvas = NULL;
    cairo_surface_t *image = NULL;
    cph_bar bar = {.left = LEFT + WIDTH + BAR_GAP,
                   .top = TOP + BAR,
                   .width = BAR,
                   .height = HEIGHT - 2 * BAR,
                   .shades = {.map = cph_colormap_sequential},
                   .ticks = CPH_TICKS_DECIMAL,
                   .label = plot->unit};
    if (plot->rows == 0 || plot->columns == 0 || plot->rows > CPH_WATERFALL_MOST ||
        plot->columns > CPH_WATERFALL_MOST || !(plot->x_low < plot->x_high) ||
        !(plot->y_low < plot->y_high))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "picture: %zu x %zu values, expected 1 to %d each, over ranges", plot->rows,
                        plot->columns, (int)CPH_WATERFALL_MOST);
    cph_status status = find_shades(plot, &bar, error);
    if (status == CPH_OK && (image = raster(plot, &bar.shades)) == NULL)
        status = cph_fail(error, CPH_ERR_MEMORY, "picture: out of memory");
    if (status == CPH_OK)
        status = cph_canvas_open(path, LEFT + WIDTH + BAR_GAP + BAR + LABEL, TOP + HEIGHT + BELOW,
                                 &canvas, error);
    if (status == CPH_OK) {
        draw(cph_canvas_cairo(canvas), plot, &bar, image);
        status = cph_canvas_commit(canvas, error);
    }
    if (image != NULL)
        cairo_surface_destroy(image);
    return status;
}
