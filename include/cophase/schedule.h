/* SPDX-License-Identifier: MIT */
/** @file schedule.h
 *  Which satellite a terminal serves when: slots of fixed length, hand-overs that make before they
 *  break, and where a satellite is between the rows of a table.
 *
 *  Rows stream in, slots stream out:
 *
 *      while (rows are left) {
 *          cph_schedule_put(schedule, &row);          // at the end: cph_schedule_finish
 *          while (cph_schedule_next(schedule, &slot, &ready) == CPH_OK && ready)
 *              ...                                    // slot, and cph_schedule_at within it
 *      }
 *
 *  Memory holds the rows of three slots, the overlap and four times join_s, however long the table
 *  is. All times are Unix seconds in double: a step of 0.2 us, in which a satellite moves 2 mm. */
#ifndef COPHASE_SCHEDULE_H
#define COPHASE_SCHEDULE_H

#include <stdbool.h>

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** The satellite of a time that none serves. */
#define CPH_SCHEDULE_NONE UINT32_MAX

typedef struct cph_schedule_config {
    double slot_s;         /**< length of a slot, 1 ms or more; the terminal's network: 15 */
    double slot_start_s;   /**< a slot's edge: they are at slot_start_s + k slot_s; 0 aligns them to
                                Unix time */
    double floor_rad;      /**< least elevation, -pi/2 to pi/2 */
    double hysteresis_rad; /**< the present satellite is kept unless the mean elevation of another
                                is higher by more than this; at least 0 */
    double overlap_s;      /**< the next satellite's beam stands so long before a switch; 0 to
                                slot_s */
    double join_s;         /**< rows of a satellite further apart are not one pass; above 0 */
    double scan_most_rad;  /**< an array looks so far off its boresight, 0 to pi/2; 0: pi/2 */
} cph_schedule_config;

/** Where a satellite is seen from the terminal. */
typedef struct cph_schedule_row {
    uint32_t satellite;     /**< small numbers: memory grows with the largest one */
    double time_unix_s;     /**< of a satellite: rising; of all: not falling */
    double enu[3];          /**< unit vector toward it: east, north, up */
    double range_m;         /**< NaN: unknown */
    double range_rate_m_s;  /**< positive: receding; NaN: unknown */
    double obstruction_rad; /**< what stands at its azimuth hides all below; -pi/2: nothing does */
    double scan_rad; /**< angle off the boresight of an array, 0 to pi; 0 where there is none */
} cph_schedule_row;

/** Why a piece of a slot is served as it is. */
typedef enum cph_schedule_reason {
    CPH_SCHEDULE_KEPT,       /**< by the satellite from before */
    CPH_SCHEDULE_RISEN,      /**< by one that came after a gap, or first */
    CPH_SCHEDULE_BETTER,     /**< by a higher one */
    CPH_SCHEDULE_SETS,       /**< by another: the one from before leaves within the slot */
    CPH_SCHEDULE_NO_ROWS,    /**< a gap: the table has no satellite then */
    CPH_SCHEDULE_LOW,        /**< a gap: all are below the floor */
    CPH_SCHEDULE_OBSTRUCTED, /**< a gap: all above the floor are behind obstructions */
    CPH_SCHEDULE_BEHIND,     /**< a gap: all that are free are further off boresight than the array
                                  looks */
    CPH_SCHEDULE_REASONS
} cph_schedule_reason;

/** "kept", "risen", "better", "sets", "no rows", "below the floor", "obstructed", "behind the
 *  array". */
CPH_API const char *cph_schedule_reason_name(cph_schedule_reason reason);

/** A part of a slot, one satellite or none. */
typedef struct cph_schedule_piece {
    double start_unix_s, end_unix_s;
    double standby_unix_s; /**< from when its satellite's beam stands beside the one from before:
                                start less the overlap, later where it was not to be seen yet or
                                the one from before did not serve yet, so that no third beam
                                stands; start where no satellite is left or taken */
    uint32_t satellite;    /**< or CPH_SCHEDULE_NONE */
    cph_schedule_reason reason;
    double mean_el_rad; /**< over the piece, of straight lines between rows; NaN of a gap */
} cph_schedule_piece;

typedef struct cph_schedule_slot {
    int64_t index;                   /**< k of its first edge */
    uint64_t count;                  /**< slots it stands for: more than 1 where none has rows */
    double start_unix_s, end_unix_s; /**< the first and the last of a table begin and end with it */
    size_t candidates;               /**< satellites to be seen all the slot */
    size_t pieces;                   /**< at least 1 */
    const cph_schedule_piece *piece; /**< [pieces], one after the other from start to end; the
                                          schedule's, until the next call of cph_schedule_next */
} cph_schedule_slot;

/** A satellite at a time between rows. */
typedef struct cph_schedule_place {
    double enu[3];         /**< unit vector */
    double range_m;        /**< NaN: unknown */
    double range_rate_m_s; /**< of the rows, else of their ranges; NaN: unknown */
    double turn_rad_s;     /**< how fast the direction changes */
    double margin_rad; /**< elevation above floor and obstruction, or angle within what the array
                            looks at where that is less; straight between rows */
} cph_schedule_place;

typedef struct cph_schedule cph_schedule;

/** An empty schedule on the heap; free with cph_schedule_destroy (NULL is fine). Errors: ARGUMENT
 *  (a value out of the range above, NaN), MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_schedule_create(const cph_schedule_config *config,
                                                      cph_schedule **schedule);
CPH_API void cph_schedule_destroy(cph_schedule *schedule);

/** Takes a row. Errors: ARGUMENT (time before that of a row before, or not after the satellite's
 *  own last one, or 1e15 s or more from 0; enu no unit vector within 1e-6; range not above 0;
 *  satellite CPH_SCHEDULE_NONE; scan out of range; after finish), NOT_FINITE (time, enu,
 *  obstruction, scan), MEMORY; the schedule is then as before. */
CPH_MUST_CHECK CPH_API cph_status cph_schedule_put(cph_schedule *schedule,
                                                   const cph_schedule_row *row);

/** No more rows come. */
CPH_API void cph_schedule_finish(cph_schedule *schedule);

/** The next slot, when all rows that bear on it are there (two times join_s behind its end, or
 *  all); else *ready is false and *slot untouched.
 *
 *  Of the satellites to be seen all the slot (above the floor and obstructions, and before the
 *  array, by a margin that is taken as straight between rows) the one of the highest mean
 *  elevation serves it, or the present one, if it is among them and the highest is not higher by
 *  more than the hysteresis. Where there is none, the one to be seen longest does (the present
 *  one of equals) until it is no more, and so on: a time without a satellite is one when none is
 *  to be seen. Time: rows in memory, for each piece. Errors: MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_schedule_next(cph_schedule *schedule, cph_schedule_slot *slot,
                                                    bool *ready);

/** Where a satellite is, from the start of the slot before the one that cph_schedule_next gave
 *  last until its end: the polynomial through its four nearest rows (fewer at the ends of a pass)
 *  of range times direction, of directions alone where a range is unknown. For rows h apart it is
 *  off by at most (3/128) h^4 times the fourth derivative, between the first two and the last two
 *  of a pass (1/24) h^4: 0.3 and 0.6 um a (h/1 s)^4 of a circular orbit 550 km high, with ranges;
 *  by more in passes of two or three rows. Errors: MISSING (no two rows within join_s around the
 *  time). */
CPH_MUST_CHECK CPH_API cph_status cph_schedule_at(const cph_schedule *schedule, uint32_t satellite,
                                                  double time_unix_s, cph_schedule_place *place);

/** Rows that no other of their satellite is within join_s of: they serve nothing. */
CPH_API uint64_t cph_schedule_lonely(const cph_schedule *schedule);

/** What is received from a source that recedes with range_rate is off by -f range_rate / c Hz (to
 *  first order: f (v / c)^2, 10 Hz at 14.5 GHz and 8 km/s, is left out): a receiver tunes to f plus
 *  this. */
CPH_API double cph_doppler_hz(double freq_hz, double range_rate_m_s);

/** What a transmitter adds to f for it to arrive as f: +f range_rate / c, the opposite. */
CPH_API double cph_doppler_precompensation_hz(double freq_hz, double range_rate_m_s);

CPH_END_DECLS

#endif
