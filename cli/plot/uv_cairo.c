/* SPDX-License-Identifier: MIT */
#include "cli/plot/uv_cairo.h"

#include <math.h>
#include <stdlib.h>

#include "cli/plot/labels_cairo.h"
#include "cli/plot/sky_cairo.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* px */
enum { LEFT = 64, TOP = 62, SIDE = 520, BAR_LEFT = 606, BAR = 16, TABLE = 704, WIDTH = 920 };
enum { HEIGHT = TOP + SIDE + 56, LINE = 20 };
/* Room for the cardinal points outside the horizon. */
static const double reach = 1.13;

cph_status cph_uv_create(size_t grid, cph_uv_picture *picture, cph_error *error)
{
    size_t cells;
    if (grid < 2 || !cph_size_mul(grid, grid, &cells))
        return cph_fail(error, CPH_ERR_ARGUMENT, "picture: a grid of %zu points along one side",
                        grid);
    float *value = calloc(cells, sizeof *value);
    if (value == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "picture: out of memory");
    *picture =
        (cph_uv_picture){.grid = grid, .value = value, .shades = {.map = cph_colormap_sequential}};
    return CPH_OK;
}

void cph_uv_free(cph_uv_picture *picture)
{
    free(picture->value);
    *picture = (cph_uv_picture){0};
}

cph_status cph_uv_range(const cph_uv_picture *picture, double *low, double *high, cph_error *error)
{
    double a = INFINITY, b = -INFINITY;
    for (size_t i = 0; i < picture->grid * picture->grid; i++)
        if (isfinite(picture->value[i])) {
            a = fmin(a, picture->value[i]);
            b = fmax(b, picture->value[i]);
        }
    if (a > b)
        return cph_fail(error, CPH_ERR_NOT_FINITE, "picture: no value of the map is finite");
    *low = a;
    *high = b;
    return CPH_OK;
}

cph_axes cph_uv_axes(void)
{
    const cph_ticks ticks = cph_ticks_make(CPH_TICKS_DECIMAL, -1, 1, 5);
    cph_axes axes = {.left = LEFT, .top = TOP, .width = SIDE, .height = SIDE};
    axes.x = (cph_axis){-reach, reach, "u (direction cosine along x)", ticks};
    axes.y = (cph_axis){-reach, reach, "v (direction cosine along y)", ticks};
    return axes;
}

static cph_axes angle_axes(void)
{
    const cph_ticks ticks = cph_ticks_make(CPH_TICKS_DEGREES, -90, 90, 7);
    cph_axes axes = {.left = LEFT, .top = TOP, .width = SIDE, .height = SIDE};
    axes.x = (cph_axis){-90, 90, "Azimuth in the array's frame (degrees)", ticks};
    axes.y = (cph_axis){-90, 90, "Elevation in the array's frame (degrees)", ticks};
    return axes;
}

static uint32_t pixel(const cph_uv_picture *picture, float value)
{
    if (isnan(value))
        return 0;
    cph_rgb c = cph_shades_colour(&picture->shades, value);
    return 0xff000000u | (uint32_t)lround(255 * c.r) << 16 | (uint32_t)lround(255 * c.g) << 8 |
           (uint32_t)lround(255 * c.b);
}

/* Row 0 of an image is the top, v = 1. */
static cairo_surface_t *raster(const cph_uv_picture *picture, size_t cells)
{
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)cells, (int)cells);
    float *largest = malloc(cells * sizeof *largest);
    unsigned char *data = cairo_image_surface_get_data(image);
    if (largest == NULL || data == NULL) {
        free(largest);
        cairo_surface_destroy(image);
        return NULL;
    }
    size_t stride = (size_t)cairo_image_surface_get_stride(image), v = 0;
    for (size_t row = 0; row < cells; row++) {
        for (size_t i = 0; i < cells; i++)
            largest[i] = NAN;
        for (; v < picture->grid && v * cells / picture->grid == row; v++)
            for (size_t u = 0; u < picture->grid; u++) {
                float *cell = &largest[u * cells / picture->grid];
                *cell = fmaxf(*cell, picture->value[v * picture->grid + u]);
            }
        uint32_t *out = (uint32_t *)(void *)(data + (cells - 1 - row) * stride);
        for (size_t i = 0; i < cells; i++)
            out[i] = pixel(picture, largest[i]);
    }
    free(largest);
    cairo_surface_mark_dirty(image);
    return image;
}

/* Points stand at the middle of their cells: the image reaches half a cell past the ends. */
static cph_status draw_map(cairo_t *cr, const cph_axes *axes, const cph_uv_picture *picture,
                           cph_error *error)
{
    size_t cells = cph_size_min(picture->grid, CPH_UV_MOST_CELLS);
    cairo_surface_t *image = raster(picture, cells);
    if (image == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "picture: out of memory");
    const double most = picture->angles ? 90 : 1, end = most + most / (double)(picture->grid - 1);
    double left = cph_axes_px(axes, -end), top = cph_axes_py(axes, end);
    double scale = (cph_axes_px(axes, end) - left) / (double)cells;
    cph_axes_clip(cr, axes);
    cairo_translate(cr, left, top);
    cairo_scale(cr, scale, scale);
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BILINEAR);
    cairo_paint(cr);
    cairo_restore(cr);
    cairo_surface_destroy(image);
    return CPH_OK;
}

/* Thin enough to see the map through it. */
static void draw_grid(cairo_t *cr, const cph_axes *axes)
{
    static const double opacity = 0.3;
    cairo_set_source_rgba(cr, cph_pale.r, cph_pale.g, cph_pale.b, opacity);
    cairo_set_line_width(cr, 1);
    for (size_t i = 0; i < axes->x.ticks.count; i++) {
        const double p = floor(cph_axes_px(axes, cph_ticks_at(&axes->x.ticks, i))) + 0.5;
        cph_line(cr, p, axes->top, p, axes->top + axes->height);
    }
    for (size_t i = 0; i < axes->y.ticks.count; i++) {
        const double p = floor(cph_axes_py(axes, cph_ticks_at(&axes->y.ticks, i))) + 0.5;
        cph_line(cr, axes->left, p, axes->left + axes->width, p);
    }
}

static void draw_marks(cairo_t *cr, const cph_axes *axes, const cph_uv_picture *picture)
{
    const double ring = 8;
    enum { CAPACITY = 2 * CPH_UV_MARKS };
    cph_box taken[CAPACITY];
    cph_labels labels = {.capacity = CAPACITY, .taken = taken};
    labels.limits =
        (cph_box){axes->left, axes->top, axes->left + axes->width, axes->top + axes->height};
    for (size_t i = 0; i < picture->marks; i++) {
        double x = cph_axes_px(axes, picture->mark[i].u), y = cph_axes_py(axes, picture->mark[i].v);
        cairo_arc(cr, x, y, ring, 0, 6.2831853071795864769);
        cph_set_colour(cr, cph_black);
        cairo_set_line_width(cr, 3);
        cairo_stroke_preserve(cr);
        cph_set_colour(cr, cph_white);
        cairo_set_line_width(cr, 1.5);
        cairo_stroke(cr);
        cph_labels_keep_free(&labels, x, y, ring + 1);
    }
    for (size_t i = 0; i < picture->marks; i++)
        (void)cph_labels_write(cr, &labels, cph_axes_px(axes, picture->mark[i].u),
                               cph_axes_py(axes, picture->mark[i].v), ring + 3,
                               &(cph_text_style){.colour = cph_white, .halo = true, .bold = true},
                               picture->mark[i].label);
}

static void draw_table(cairo_t *cr, const cph_uv_picture *picture)
{
    for (size_t row = 0; row < picture->rows; row++)
        for (size_t column = 0; column < picture->columns; column++)
            cph_text(
                cr, TABLE + picture->column[column], TOP + 10 + LINE * (double)row,
                &(cph_text_style){.align = column > 0 ? 1 : 0, .valign = 0.5, .bold = row == 0},
                picture->table[row][column]);
}

static cph_status draw(cairo_t *cr, const cph_uv_picture *picture, cph_error *error)
{
    cph_axes axes = picture->angles ? angle_axes() : cph_uv_axes();
    const cph_bar bar = {.left = BAR_LEFT,
                         .top = TOP,
                         .width = BAR,
                         .height = SIDE,
                         .shades = picture->shades,
                         .label = picture->unit};
    cph_headline(cr, LEFT, WIDTH - LEFT - 20, picture->title, picture->subtitle);
    cph_status status = draw_map(cr, &axes, picture, error);
    if (status != CPH_OK)
        return status;
    if (picture->angles)
        draw_grid(cr, &axes);
    else
        cph_sky_grid(cr, &axes, picture->array_to_enu);
    draw_marks(cr, &axes, picture);
    cph_axes_frame(cr, &axes);
    cph_bar_draw(cr, &bar);
    draw_table(cr, picture);
    return CPH_OK;
}

cph_status cph_uv_draw(const char *path, const cph_uv_picture *picture, cph_error *error)
{
    cph_canvas *canvas;
    cph_status status = cph_canvas_open(path, WIDTH, HEIGHT, &canvas, error);
    if (status != CPH_OK)
        return status;
    status = draw(cph_canvas_cairo(canvas), picture, error);
    if (status == CPH_OK)
        return cph_canvas_commit(canvas, error);
    cph_canvas_abort(canvas);
    return status;
}
