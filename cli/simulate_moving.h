/* SPDX-License-Identifier: MIT */
/** @file simulate_moving.h
 *  Sources of `cophase simulate` that follow pointing tables: every satellite is one. */
#ifndef CPH_CLI_SIMULATE_MOVING_H
#define CPH_CLI_SIMULATE_MOVING_H

#include <stdbool.h>

#include "cli/track_table.h"
#include "cophase/attitude.h"
#include "cophase/simulate.h"

enum { CPH_MOVING_TABLES = 4, CPH_MOVING_SOURCES = 256 };

/** `--moving TABLE[,inr=P]` as written. */
typedef struct cph_moving_word {
    char path[512];
    double power; /**< over the noise power, per element */
    bool jammer;
} cph_moving_word;

/** A table that is read as time goes on. */
typedef struct cph_moving_table {
    const cph_moving_word *word;
    size_t satellites;
    char (*name)[CPH_POINTING_NAME_SIZE]; /**< [satellites] */
    cph_track_table follow;
    double first_s, last_s; /**< something is known from then, and until then */
} cph_moving_table;

typedef struct cph_moving {
    size_t tables, sources; /**< sources: of all tables */
    cph_moving_table table[CPH_MOVING_TABLES];
    double start_s, end_s; /**< first and last row of all */
} cph_moving;

/** `TABLE[,inr=P]` or `TABLE[,snr=P]`; 0 dB unless given. ARGUMENT. */
cph_status cph_moving_parse(const char *text, cph_moving_word *word, cph_error *error);

/** Goes through the tables once: who is in them, and when. The words must outlive it. Close in
 *  every case. IO, FORMAT (too many satellites, no two rows of one within a minute), MISSING,
 *  MEMORY. */
cph_status cph_moving_open(const cph_moving_word *word, size_t words, cph_moving *moving,
                           cph_error *error);

/** Whether every table knows something between two times. FORMAT. */
cph_status cph_moving_check(const cph_moving *moving, double start_s, double end_s,
                            cph_error *error);

void cph_moving_close(cph_moving *moving);

/** Where every source[sources] is at a time, not before that of the call before: direction in the
 *  array frame; silent where its table does not know. Of rows of a satellite at most a minute
 *  apart directions between are interpolated (cph_schedule_at). attitude NULL: that of the array.
 *  MISSING (attitude), FORMAT, IO, MEMORY. */
cph_status cph_moving_place(cph_moving *moving, double time_unix_s, const cph_array *array,
                            const cph_attitude *attitude, cph_sim_source *source, cph_error *error);

/** Table and satellite of a source. */
const cph_moving_table *cph_moving_of(const cph_moving *moving, size_t source, const char **name);

#endif
