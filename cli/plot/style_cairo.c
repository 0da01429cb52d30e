/* SPDX-License-Identifier: MIT */
#include "cli/plot/style_cairo.h"

/* Okabe-Ito colours, told apart by their dashes too. */
static const struct {
    cph_rgb colour;
    int dashes;
    double dash[4];
} styles[CPH_STYLES] = {
    {{0.00, 0.45, 0.70}, 0, {0}},
    {{0.84, 0.37, 0.00}, 2, {7, 3}},
    {{0.00, 0.62, 0.45}, 2, {2, 2}},
    {{0.80, 0.47, 0.65}, 4, {8, 3, 2, 3}},
};

cph_rgb cph_style_colour(size_t style)
{
    return styles[style].colour;
}

void cph_style_set(cairo_t *cr, size_t style)
{
    cph_set_colour(cr, styles[style].colour);
    cairo_set_dash(cr, styles[style].dash, styles[style].dashes, 0);
    cairo_set_line_width(cr, 1.6);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_BEVEL);
}
