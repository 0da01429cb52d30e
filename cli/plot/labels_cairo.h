/* SPDX-License-Identifier: MIT */
/** @file labels_cairo.h
 *  Short labels beside points, none on top of another. */
#ifndef CPH_CLI_LABELS_CAIRO_H
#define CPH_CLI_LABELS_CAIRO_H

#include "cli/plot/canvas_cairo.h"

typedef struct cph_box {
    double x0, y0, x1, y1;
} cph_box;

typedef struct cph_labels {
    cph_box limits; /**< labels stay inside */
    size_t count, capacity;
    cph_box *taken; /**< [capacity], of the caller */
    size_t lines;
    const cph_box *line; /**< [lines] kept free, too, by labels that have another side; NULL when 0
                          */
} cph_labels;

/** Keeps a square of half-width `radius` free of labels; no effect when the table is full. */
void cph_labels_keep_free(cph_labels *labels, double x, double y, double radius);

/** Writes the text at `distance` from (x, y) on the first free side: right, left, above, below,
 * then the corners; over lines where no side is free of them. False, nothing drawn, where no side
 * is free or the table is full. */
bool cph_labels_write(cairo_t *cr, cph_labels *labels, double x, double y, double distance,
                      const cph_text_style *style, const char *text);

/** Writes the text with its middle at (x, y), likewise. */
bool cph_labels_write_at(cairo_t *cr, cph_labels *labels, double x, double y,
                         const cph_text_style *style, const char *text);

#endif
