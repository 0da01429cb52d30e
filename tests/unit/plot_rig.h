/* SPDX-License-Identifier: MIT */
/** @file plot_rig.h
 *  Small data for pictures, and a directory of its own for their files. */
#ifndef CPH_TESTS_PLOT_RIG_H
#define CPH_TESTS_PLOT_RIG_H

#include "cli/plot/plot.h"

/* Small data for one picture of each kind. */
enum { PLOT_GRID = 41, PLOT_CELLS = PLOT_GRID * PLOT_GRID, PLOT_POINTS = 181, PLOT_ELEMENTS = 4 };

typedef struct plot_sample {
    double image[PLOT_CELLS], position[3 * PLOT_ELEMENTS], angle[PLOT_POINTS], power[PLOT_POINTS];
    float map[PLOT_CELLS];
    cph_c64 gain[PLOT_ELEMENTS];
    unsigned char flag[PLOT_ELEMENTS];
    cph_scan_peak peak;
    cph_pattern_metrics metrics;
    cph_cut_curve curve;
} plot_sample;

typedef struct plot_place {
    char directory[256], path[300];
    plot_sample data;
    cph_error error;
} plot_place;

extern const double plot_rig_upright[9]; /**< axes of the array east, north, up */
extern const char *const plot_rig_one[]; /**< "x.png" */

/** The path of a file there, until the next call. */
const char *plot_rig_in(plot_place *p, const char *name);
/** Makes the directory, and the data. */
void plot_rig_enter(plot_place *p);
/** Every file must be one the test named: a partial file left behind keeps the directory. */
void plot_rig_leave(plot_place *p, const char *const *names);

#endif
