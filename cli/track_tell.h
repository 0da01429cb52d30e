/* SPDX-License-Identifier: MIT */
/** @file track_tell.h
 *  What `track` and `info` of a track log say alike (track_report.c). */
#ifndef CPH_CLI_TRACK_TELL_H
#define CPH_CLI_TRACK_TELL_H

#include "cli/json.h"
#include "cli/track_summary.h"

/** Times, gaps, updates, columns and events into the object. */
void cph_track_set_numbers(const cph_track_summary *s, json_t *object);

/** The first events; `path` has all of them. */
void cph_track_print_events(const cph_track_summary *s, const char *path);
/** How long there was a satellite, and why there was none else. */
void cph_track_print_served(const cph_track_summary *s);
void cph_track_print_column(const cph_track_summary *s, size_t k);

#endif
