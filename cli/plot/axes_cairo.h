/* SPDX-License-Identifier: MIT */
/** @file axes_cairo.h
 *  A box with two linear axes. */
#ifndef CPH_CLI_AXES_CAIRO_H
#define CPH_CLI_AXES_CAIRO_H

#include "cli/plot/canvas_cairo.h"
#include "cli/plot/ticks.h"

typedef struct cph_axis {
    double low, high;
    const char *label; /**< with the unit; NULL: none */
    cph_ticks ticks;
} cph_axis;

/** The box on the sheet (px) and what its sides stand for; y values grow upward. */
typedef struct cph_axes {
    double left, top, width, height;
    cph_axis x, y;
} cph_axes;

double cph_axes_px(const cph_axes *axes, double x);
double cph_axes_py(const cph_axes *axes, double y);

/** Thin lines at the ticks, below the drawing. */
void cph_axes_grid(cairo_t *cr, const cph_axes *axes);
/** The frame, its ticks, numbers and labels, above the drawing. They take up to 64 px to the left
 *  of the box and 42 px below it. */
void cph_axes_frame(cairo_t *cr, const cph_axes *axes);
/** A line through points (x[i] * x_unit, y[i]) in the current style: NaN is a gap, what is far
 *  outside (an exact null, a pole) leaves the box. */
void cph_axes_curve(cairo_t *cr, const cph_axes *axes, size_t points, const double *x,
                    double x_unit, const double *y);
/** Clips to the box until cairo_restore. */
void cph_axes_clip(cairo_t *cr, const cph_axes *axes);

#endif
