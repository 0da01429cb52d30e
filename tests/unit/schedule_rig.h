/* SPDX-License-Identifier: MIT */
/** @file schedule_rig.h
 *  Rows of satellites that rise and fall in straight lines, and the slots that they are served in.
 */
#ifndef CPH_TESTS_SCHEDULE_RIG_H
#define CPH_TESTS_SCHEDULE_RIG_H

#include <stdbool.h>

#include "cophase/schedule.h"

enum { SCHEDULE_MOST = 4096 };

/** Start of the rows, 5 s behind a slot's edge. */
extern const double schedule_t0;

/** 15 s slots, a floor of 25 degrees, beams stand a second before they serve. */
extern const cph_schedule_config schedule_usual;

/** A row without ranges and obstructions. */
cph_schedule_row schedule_row_at(uint32_t satellite, double t, double az, double el);

typedef struct schedule_outcome {
    size_t slots, pieces;
    cph_schedule_slot slot[SCHEDULE_MOST];
    cph_schedule_piece piece[SCHEDULE_MOST];
} schedule_outcome;

/** What is made of rows, which get sorted: of all at once, or as soon as slots are ready. Holds
 *  until the next call. */
schedule_outcome *schedule_run(const cph_schedule_config *config, size_t rows,
                               cph_schedule_row *row, bool streamed);

/** Elevation in radians of a straight rise and fall of one degree in two seconds about a peak. */
double schedule_tent(double t, double peak_t, double peak_deg);

/** Rows of such an elevation each second from t0 + from to t0 + to; how many. */
size_t schedule_put_tent(cph_schedule_row *row, uint32_t satellite, int from, int to, double peak_t,
                         double peak_deg);

#endif
