/* SPDX-License-Identifier: MIT */
/** @file canvas_cairo.h
 *  A white sheet that becomes a file, and text on it. One unit is one pixel (px in SVG), y down. */
#ifndef CPH_CLI_CANVAS_CAIRO_H
#define CPH_CLI_CANVAS_CAIRO_H

#include <cairo.h>
#include <stdbool.h>

#include "cli/plot/colormap.h"
#include "cophase/types.h"

typedef struct cph_canvas cph_canvas;

/** Opens PATH.partial for a picture of width x height px. Errors: see plot.h. */
CPH_MUST_CHECK cph_status cph_canvas_open(const char *path, double width, double height,
                                          cph_canvas **canvas, cph_error *error);
/** Where to draw; cairo keeps errors until the commit. */
cairo_t *cph_canvas_cairo(cph_canvas *canvas);
/** Completes the file and renames it; frees the canvas in every case, removes the partial file on
 *  failure. */
CPH_MUST_CHECK cph_status cph_canvas_commit(cph_canvas *canvas, cph_error *error);
/** Gives up: removes the partial file. */
void cph_canvas_abort(cph_canvas *canvas);

/** Sizes of text, px. */
enum { CPH_FONT_SMALL = 11, CPH_FONT = 12, CPH_FONT_TITLE = 15 };

typedef struct cph_text_style {
    double size;     /**< 0: CPH_FONT */
    double align;    /**< 0: x is the left end, 0.5 the middle, 1 the right end */
    double valign;   /**< 0: y is the base line, 0.5: the middle of the digits, 1: their top */
    double width;    /**< > 0: cut with an ellipsis to this width */
    cph_rgb colour;  /**< zero: black */
    bool bold, halo; /**< halo: a white rim (dark round white text), for text on a drawing */
    bool upward;     /**< turned by 90 degrees, reading upward */
} cph_text_style;

/** Any bytes are accepted: what is not UTF-8 or is a control character becomes '?'; a hyphen
 *  before a number is set as a minus sign. Leaves no path. */
void cph_text(cairo_t *cr, double x, double y, const cph_text_style *style, const char *text);
/** Words in place of a drawing, x and y in their middle. */
void cph_words(cairo_t *cr, double x, double y, const char *text);
double cph_text_width(cairo_t *cr, const cph_text_style *style, const char *text);

void cph_set_colour(cairo_t *cr, cph_rgb colour);
/** A straight line of the current width and colour. */
void cph_line(cairo_t *cr, double x0, double y0, double x1, double y1);
/** Title in bold and, smaller and grey, subtitle below it, from (x, 24); either may be NULL. */
void cph_headline(cairo_t *cr, double x, double width, const char *title, const char *subtitle);

static const cph_rgb cph_black = {0.07, 0.07, 0.07}, cph_grey = {0.35, 0.35, 0.35},
                     cph_pale = {0.87, 0.87, 0.87}, cph_white = {1, 1, 1};

#endif
