/* SPDX-License-Identifier: MIT */
/* Pairs of elements over the plane of the array. */
#include <math.h>
#include <stdlib.h>

#include "cli/plot/plot.h"
#include "cli/plot/raster_cairo.h"
#include "cli/plot/style_cairo.h"
#include "kernels/core/fail.h"

/* px; CELLS along a side: odd, so that one is about 0 */
enum { LEFT = 64, TOP = 64, SIDE = 460, RIGHT = 96, BELOW = 54, CELLS = 153, MOST_DOTTED = 64 };
static const double dot = 4;

/* The longest baseline along x or y, metres. */
static double reach(const cph_baseline_plot *plot)
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (size_t n = 0; n < plot->elements; n++)
        for (size_t i = 0; i < 2; i++) {
            low[i] = fmin(low[i], plot->position[3 * n + i]);
            high[i] = fmax(high[i], plot->position[3 * n + i]);
        }
    return fmax(high[0] - low[0], high[1] - low[1]);
}

static void draw_dots(cairo_t *cr, const cph_axes *axes, const cph_baseline_plot *plot, double unit)
{
    cph_axes_clip(cr, axes);
    cph_style_set(cr, 0);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(cr, dot);
    for (size_t p = 0; p < plot->elements; p++)
        for (size_t q = 0; q < plot->elements; q++) {
            const double *const a = &plot->position[3 * p], *const b = &plot->position[3 * q];
            if (p == q)
                continue;
            cairo_move_to(cr, cph_axes_px(axes, (b[0] - a[0]) / unit),
                          cph_axes_py(axes, (b[1] - a[1]) / unit));
            cairo_rel_line_to(cr, 0.01, 0);
        }
    cairo_stroke(cr);
    cairo_restore(cr);
}

/* How many pairs fall into each cell, as a power of ten; NaN: none. */
static void count(const cph_baseline_plot *plot, double most, double *value)
{
    const double scale = CELLS / (2 * most);
    for (size_t i = 0; i < (size_t)CELLS * CELLS; i++)
        value[i] = 0;
    for (size_t p = 0; p < plot->elements; p++)
        for (size_t q = 0; q < plot->elements; q++) {
            const double *const a = &plot->position[3 * p], *const b = &plot->position[3 * q];
            const double x = floor((b[0] - a[0] + most) * scale),
                         y = floor((b[1] - a[1] + most) * scale);
            if (p != q)
                value[(size_t)y * CELLS + (size_t)x] += 1;
        }
    for (size_t i = 0; i < (size_t)CELLS * CELLS; i++)
        value[i] = value[i] > 0 ? log10(value[i]) : NAN;
}

static cph_status draw(cairo_t *cr, const cph_baseline_plot *plot, double most, double *value,
                       cph_error *error)
{
    const double unit = plot->wavelength_m > 0 ? plot->wavelength_m : 1;
    const cph_ticks ticks = cph_ticks_make(CPH_TICKS_DECIMAL, -most / unit, most / unit, 8);
    cph_axes axes = {.left = LEFT, .top = TOP, .width = SIDE, .height = SIDE};
    axes.x = (cph_axis){-most / unit, most / unit,
                        plot->wavelength_m > 0 ? "u (wavelengths)" : "x (m)", ticks};
    axes.y = (cph_axis){-most / unit, most / unit,
                        plot->wavelength_m > 0 ? "v (wavelengths)" : "y (m)", ticks};
    cph_bar bar = {.left = LEFT + SIDE + 16,
                   .top = TOP + 10,
                   .width = 14,
                   .height = SIDE - 20,
                   .shades = {.map = cph_colormap_sequential},
                   .ticks = CPH_TICKS_DECIMAL,
                   .label = "Pairs in a cell (log10)"};
    cph_headline(cr, LEFT, SIDE + RIGHT, plot->title, plot->subtitle);
    cph_axes_grid(cr, &axes);
    if (value == NULL) {
        draw_dots(cr, &axes, plot, unit);
        cph_axes_frame(cr, &axes);
        return CPH_OK;
    }
    count(plot, most, value);
    const cph_raster raster = {
        .rows = CELLS, .columns = CELLS, .value = value, .upward = true, .clear = true};
    const cph_status status = cph_raster_shades(&raster, &bar, error);
    cairo_surface_t *const image = status == CPH_OK ? cph_raster_make(&raster, &bar.shades) : NULL;
    if (image == NULL)
        return status == CPH_OK ? cph_fail(error, CPH_ERR_MEMORY, "picture: out of memory")
                                : status;
    cph_raster_draw(cr, &axes, image);
    cairo_surface_destroy(image);
    cph_axes_frame(cr, &axes);
    cph_bar_draw(cr, &bar);
    return CPH_OK;
}

cph_status cph_plot_baselines(const char *path, const cph_baseline_plot *plot, cph_error *error)
{
    cph_canvas *canvas = NULL;
    const double rim = 1.05, most = rim * reach(plot);
    double *value = NULL;
    if (plot->elements < 2)
        return cph_fail(error, CPH_ERR_ARGUMENT, "picture: %zu elements have no baselines",
                        plot->elements);
    if (!isfinite(most) || !(most > 0))
        return cph_fail(error, CPH_ERR_NOT_FINITE, "picture: no baseline is longer than 0");
    if (plot->elements > MOST_DOTTED &&
        (value = calloc((size_t)CELLS * CELLS, sizeof *value)) == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "picture: out of memory");
    cph_status status =
        cph_canvas_open(path, LEFT + SIDE + RIGHT, TOP + SIDE + BELOW, &canvas, error);
    if (status == CPH_OK) {
        status = draw(cph_canvas_cairo(canvas), plot, most, value, error);
        if (status == CPH_OK)
            status = cph_canvas_commit(canvas, error);
        else
            cph_canvas_abort(canvas);
    }
    free(value);
    return status;
}
