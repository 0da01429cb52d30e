/* SPDX-License-Identifier: MIT */
/** @file track_table.h
 *  Rows of pointing tables, and a table that is followed as time goes on: jammers beside the one of
 *  satellites, where they are in truth, sources that move. */
#ifndef CPH_CLI_TRACK_TABLE_H
#define CPH_CLI_TRACK_TABLE_H

#include "cophase/pointing.h"
#include "cophase/schedule.h"

/** What a schedule takes of a row; nothing is in its way, nor off boresight, unless said so then.
 */
cph_schedule_row cph_track_table_look(const cph_pointing_row *row);

/** Zero-initialise; close with cph_track_table_close. */
typedef struct cph_track_table {
    const char *path;
    double join_s;
    cph_pointing *table; /**< NULL: none, of which nothing is ever there */
    cph_schedule *schedule;
    double newest, passed; /**< time of the last row; end of the last slot that went by */
    double oldest;         /**< of the first row */
    double from, to;       /**< what was asked for */
    double *last;          /**< [names] of a name's last row */
    size_t names;
    bool joined; /**< two rows of a name are within join_s */
    bool ended;
    bool met; /**< something was there at a time that was asked for */
} cph_track_table;

/** Goes through the table once: how many names there are. IO, FORMAT, MISSING, MEMORY. The table
 *  stays open, for its names, in *table. */
cph_status cph_track_table_survey(const char *path, cph_pointing **table, cph_error *error);

/** config: slots and how far apart rows of one pass may be. */
cph_status cph_track_table_open(const char *path, const cph_schedule_config *config,
                                cph_track_table *table, cph_error *error);
void cph_track_table_close(cph_track_table *table);

/** Reads rows around [start, end], not before those of the call before. */
cph_status cph_track_table_follow(cph_track_table *table, double start, double end,
                                  cph_error *error);

/** FORMAT, with the reason: nobody is there at a time that was followed to, as rows are of another
 *  time, or too far apart. */
cph_status cph_track_table_check(const cph_track_table *table, cph_error *error);

/** Where a name is, east, north, up; false: the table does not say. */
bool cph_track_table_at(cph_track_table *table, uint32_t name, double time, double enu[3]);

#endif
