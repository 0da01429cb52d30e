/* SPDX-License-Identifier: MIT */
/** @file symbols_cairo.h
 *  A sign for each reason why an element is left out. */
#ifndef CPH_CLI_SYMBOLS_CAIRO_H
#define CPH_CLI_SYMBOLS_CAIRO_H

#include "cli/plot/canvas_cairo.h"
#include "cophase/flags.h"

/** The sign of a flag inside a circle of the radius about (x, y). */
void cph_symbol(cairo_t *cr, cph_flag flag, double x, double y, double radius);

/** One row of signs with names and counts, from (x, y) to the right; y is the middle. `good`
 *  elements are named without a sign. */
void cph_symbol_legend(cairo_t *cr, double x, double y, const size_t count[CPH_FLAG_COUNT]);

#endif
