/* SPDX-License-Identifier: MIT */
/** @file schedule.h
 *  A schedule's memory, and what is asked of a satellite's rows. */
#ifndef COPHASE_TRACK_SCHEDULE_H
#define COPHASE_TRACK_SCHEDULE_H

#include "cophase/schedule.h"

/** A row as it is kept. */
typedef struct cph_schedule_look {
    double time, enu[3], range, rate;
    double el;     /**< radians */
    double above;  /**< elevation over the floor */
    double clear;  /**< over the floor and the obstruction */
    double margin; /**< that, or the angle to where the array looks no more; the less */
} cph_schedule_look;

/** A satellite's rows: look[first] to look[first + count - 1]. */
typedef struct cph_schedule_track {
    cph_schedule_look *look; /**< [capacity] */
    size_t first, count, capacity;
    double last;  /**< time of its last row, also when that was dropped */
    bool joined;  /**< the last row is within join_s of another */
    bool started; /**< it had a row */
} cph_schedule_track;

struct cph_schedule {
    cph_schedule_config config;
    cph_schedule_track *track; /**< [tracks] by satellite */
    size_t tracks;
    cph_schedule_piece *piece; /**< [capacity] of the slot at hand */
    size_t pieces, capacity;
    double begin, newest; /**< times of the first and last row */
    bool started, finished;
    bool placed;  /**< `next` stands */
    int64_t next; /**< the slot to come */
    double back;  /**< start of the slot given last; NaN: none */
    uint32_t present;
    double since; /**< from when on the present one has served */
    uint64_t lonely;
};

/** Until when, at most `limit`, the satellite is to be seen without a break from t on; -INFINITY
 *  where it is not to be seen at t. */
double cph_schedule_until(const cph_schedule_track *track, double join, double t, double limit);
/** From when on, at least `limit`, it is to be seen without a break until t; INFINITY where it is
 * not to be seen at t. */
double cph_schedule_since(const cph_schedule_track *track, double join, double t, double limit);
/** When it is to be seen first after t; INFINITY: never. */
double cph_schedule_rise(const cph_schedule_track *track, double join, double t);
/** Mean elevation over [a, b], which it is known over; that at a where b is a. */
double cph_schedule_mean(const cph_schedule_track *track, double a, double b);
/** Index of the row (from first on) with t in [row, row + 1], these within join; count without. */
size_t cph_schedule_pair(const cph_schedule_track *track, double join, double t);

#endif
