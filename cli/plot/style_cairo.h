/* SPDX-License-Identifier: MIT */
/** @file style_cairo.h
 *  Lines that are told apart by colour and by dashes. */
#ifndef CPH_CLI_STYLE_CAIRO_H
#define CPH_CLI_STYLE_CAIRO_H

#include "cli/plot/canvas_cairo.h"

enum { CPH_STYLES = 4 };

/** Of style 0 to CPH_STYLES - 1. */
cph_rgb cph_style_colour(size_t style);

/** Sets colour, dashes, width and joins. */
void cph_style_set(cairo_t *cr, size_t style);

#endif
