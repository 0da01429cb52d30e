/* SPDX-License-Identifier: MIT */
/** @file raster_cairo.h
 *  Values as an image of coloured cells. */
#ifndef CPH_CLI_RASTER_CAIRO_H
#define CPH_CLI_RASTER_CAIRO_H

#include "cli/plot/axes_cairo.h"
#include "cli/plot/bar_cairo.h"

typedef struct cph_raster {
    size_t rows, columns;
    const double *value; /**< [rows][columns]; not finite: grey */
    bool upward;         /**< the first row at the bottom; else at the top */
    bool clear;          /**< what is not finite is left as it is instead */
} cph_raster;

/** Ends of the bar's colours: but for the lowest 1 % of the values and the highest 0.5 %; what is
 *  beyond shows in the bar. Errors: NOT_FINITE (none is finite), MEMORY. */
CPH_MUST_CHECK cph_status cph_raster_shades(const cph_raster *raster, cph_bar *bar,
                                            cph_error *error);

/** NULL: out of memory. To be destroyed. */
cairo_surface_t *cph_raster_make(const cph_raster *raster, const cph_shades *shades);

/** Fills the box of the axes with it. */
void cph_raster_draw(cairo_t *cr, const cph_axes *axes, cairo_surface_t *image);

#endif
