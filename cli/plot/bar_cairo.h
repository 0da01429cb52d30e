/* SPDX-License-Identifier: MIT */
/** @file bar_cairo.h
 *  Colours for values, and the bar that explains them. */
#ifndef CPH_CLI_BAR_CAIRO_H
#define CPH_CLI_BAR_CAIRO_H

#include "cli/plot/canvas_cairo.h"
#include "cli/plot/ticks.h"

typedef struct cph_shades {
    cph_colormap *map;
    double low, high; /**< values of the ends */
    double knee;      /**< 0: colours follow the value; > 0: asinh(value / knee), even steps up to
                           the knee and even ratios above it */
} cph_shades;

/** The share of the way from low to high, outside [0, 1] for values outside. */
double cph_shades_share(const cph_shades *shades, double value);
cph_rgb cph_shades_colour(const cph_shades *shades, double value);

/** An upright bar in a box (px), its numbers and its label on the right: up to 60 px more. */
typedef struct cph_bar {
    double left, top, width, height;
    cph_shades shades;
    cph_tick_kind ticks; /**< of bars without a knee */
    const char *label;   /**< with the unit */
    bool below, above;   /**< values outside the range occur: pointed ends */
} cph_bar;

void cph_bar_draw(cairo_t *cr, const cph_bar *bar);

#endif
