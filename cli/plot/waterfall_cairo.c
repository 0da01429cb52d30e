/* SPDX-License-Identifier: MIT */
/* A value in colour over two axes, time upward. */
#include "cli/plot/plot.h"
#include "cli/plot/raster_cairo.h"
#include "kernels/core/fail.h"

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
static void draw(cairo_t *cr, const cph_waterfall_plot *plot, const cph_bar *bar,
                 cairo_surface_t *image)
{
    cph_axes axes = {.left = LEFT, .top = TOP, .width = WIDTH, .height = HEIGHT};
    axes.x = (cph_axis){.low = plot->x_low, .high = plot->x_high, .label = plot->x_label};
    axes.x.ticks = cph_ticks_make(plot->x_counts ? CPH_TICKS_WHOLE : CPH_TICKS_DECIMAL, plot->x_low,
                                  plot->x_high, 9);
    axes.y = (cph_axis){.low = plot->y_low, .high = plot->y_high, .label = plot->y_label};
    axes.y.ticks = cph_ticks_make(plot->y_counts ? CPH_TICKS_WHOLE : CPH_TICKS_DECIMAL, plot->y_low,
                                  plot->y_high, 9);
    cph_headline(cr, LEFT, WIDTH, plot->title, plot->subtitle);
    cph_raster_draw(cr, &axes, image);
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
    const cph_raster raster = {
        .rows = plot->rows, .columns = plot->columns, .value = plot->value, .upward = true};
    cph_status status = cph_raster_shades(&raster, &bar, error);
    if (status == CPH_OK && (image = cph_raster_make(&raster, &bar.shades)) == NULL)
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
