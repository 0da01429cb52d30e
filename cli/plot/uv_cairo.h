/* SPDX-License-Identifier: MIT */
/** @file uv_cairo.h
 *  A map over the direction cosines (u, v), or over azimuth and elevation, with marks, a colour bar
 *  and a table beside it. */
#ifndef CPH_CLI_UV_CAIRO_H
#define CPH_CLI_UV_CAIRO_H

#include <stdbool.h>

#include "cli/plot/axes_cairo.h"
#include "cli/plot/bar_cairo.h"

enum { CPH_UV_COLUMNS = 4, CPH_UV_ROWS = 16, CPH_UV_MARKS = 16, CPH_UV_CELL = 24 };

/** Cells of the map at most along one side; larger grids keep the largest value of each cell. */
enum { CPH_UV_MOST_CELLS = 401 };

typedef struct cph_uv_mark {
    double u, v; /**< or degrees */
    char label[CPH_UV_CELL];
} cph_uv_mark;

typedef struct cph_uv_picture {
    const char *title, *subtitle;
    size_t grid;
    float *value;               /**< [grid][grid], u fastest over [-1, 1], v from -1; NaN: white */
    bool angles;                /**< azimuth and elevation from -90 to 90 degrees instead of u, v */
    cph_shades shades;          /**< colours of the values */
    const char *unit;           /**< label of the colour bar */
    const double *array_to_enu; /**< [9] or NULL: sky grid or circles about boresight */
    size_t marks;
    cph_uv_mark mark[CPH_UV_MARKS];
    size_t columns, rows;          /**< of the table, right-aligned but for the first column */
    double column[CPH_UV_COLUMNS]; /**< where each ends (the first: starts), px */
    char table[CPH_UV_ROWS][CPH_UV_COLUMNS][CPH_UV_CELL];
} cph_uv_picture;

/** A picture of a grid of zeros with the sequential map, nothing else set. Errors: ARGUMENT for a
 * grid under 2, MEMORY. */
CPH_MUST_CHECK cph_status cph_uv_create(size_t grid, cph_uv_picture *picture, cph_error *error);
void cph_uv_free(cph_uv_picture *picture);

/** Smallest and largest finite value; NOT_FINITE when there is none. */
CPH_MUST_CHECK cph_status cph_uv_range(const cph_uv_picture *picture, double *low, double *high,
                                       cph_error *error);

/** Where the map over u and v is on the sheet. */
cph_axes cph_uv_axes(void);

CPH_MUST_CHECK cph_status cph_uv_draw(const char *path, const cph_uv_picture *picture,
                                      cph_error *error);

#endif
