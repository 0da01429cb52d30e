/* SPDX-License-Identifier: MIT */
#include "cli/plot/raster_cairo.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "kernels/core/fail.h"

/* Shares of the values that the colours leave below and above them. */
static const double least = 0.01, most = 0.995;

static int ascending(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

cph_status cph_raster_shades(const cph_raster *raster, cph_bar *bar, cph_error *error)
{
    const size_t all = raster->rows * raster->columns;
    double *value = malloc(all * sizeof *value);
    size_t count = 0;
    if (value == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "picture: out of memory");
    for (size_t i = 0; i < all; i++)
        if (isfinite(raster->value[i]))
            value[count++] = raster->value[i];
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

static uint32_t pixel(const cph_shades *shades, double value, bool clear)
{
    if (!isfinite(value))
        return clear ? 0 : 0xffe0e0e0U;
    const cph_rgb c = cph_shades_colour(shades, value);
    return 0xff000000U | (uint32_t)lround(255 * c.r) << 16 | (uint32_t)lround(255 * c.g) << 8 |
           (uint32_t)lround(255 * c.b);
}

cairo_surface_t *cph_raster_make(const cph_raster *raster, const cph_shades *shades)
{
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)raster->columns, (int)raster->rows);
    unsigned char *data = cairo_image_surface_get_data(image);
    if (data == NULL) {
        cairo_surface_destroy(image);
        return NULL;
    }
    const size_t stride = (size_t)cairo_image_surface_get_stride(image);
    for (size_t row = 0; row < raster->rows; row++) {
        const size_t at = raster->upward ? raster->rows - 1 - row : row;
        uint32_t *out = (uint32_t *)(void *)(data + at * stride);
        for (size_t column = 0; column < raster->columns; column++)
            out[column] =
                pixel(shades, raster->value[row * raster->columns + column], raster->clear);
    }
    cairo_surface_mark_dirty(image);
    return image;
}

void cph_raster_draw(cairo_t *cr, const cph_axes *axes, cairo_surface_t *image)
{
    cph_axes_clip(cr, axes);
    cairo_translate(cr, axes->left, axes->top);
    cairo_scale(cr, axes->width / cairo_image_surface_get_width(image),
                axes->height / cairo_image_surface_get_height(image));
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_paint(cr);
    cairo_restore(cr);
}
