/* SPDX-License-Identifier: MIT */
/** @file track_table.h
 *  States so laid out that the nearest one of a number, and the neighbours of a state, are found
 *  without a search through all of them. */
#ifndef COPHASE_TRACK_TABLE_H
#define COPHASE_TRACK_TABLE_H

#include <stdbool.h>

#include "cophase/states.h"

/** Neighbours of a state at most. */
enum { CPH_TRACK_MOVES = 8 };

/** Candidates [start, start + count). */
typedef struct cph_track_cell {
    uint32_t start, count;
} cph_track_cell;

typedef struct cph_track_table {
    size_t count;
    cph_c64 *value;        /**< [count] over the largest amplitude */
    double least, largest; /**< amplitudes of those: largest is 1 */
    bool phases;           /**< amplitudes within a factor of two: phases are what there is */

    /* A grid over [-largest, largest] squared: cell (x, y) names the states that are nearest to
     * some point of it (and a few that nearly are), in rising order; none where no number between
     * the least and the largest amplitude lies. */
    size_t side;
    double scale;         /**< cells a unit */
    cph_track_cell *cell; /**< [side][side], y first */
    size_t candidates;
    uint32_t *candidate; /**< [candidates] indices of states */

    size_t moves;        /**< neighbours a state has, at most CPH_TRACK_MOVES */
    uint32_t *neighbour; /**< [count][moves], nearest first; states of equal value are none */
} cph_track_table;

/** Errors: ARGUMENT, NOT_FINITE, MEMORY. Free with cph_track_table_free. */
CPH_MUST_CHECK cph_status cph_track_table_make(const cph_states *states, cph_track_table *table);
void cph_track_table_free(cph_track_table *table);

/** The state nearest to z, of several the first; |z| in [least, largest] but for rounding, or any
 *  z, which then takes a search. */
uint32_t cph_track_nearest(const cph_track_table *table, cph_c64 z);

#endif
