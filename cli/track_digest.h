/* SPDX-License-Identifier: MIT */
/** @file track_digest.h
 *  A log of `track` read as the run that wrote it: what is told and drawn of the two is one code.
 */
#ifndef CPH_CLI_TRACK_DIGEST_H
#define CPH_CLI_TRACK_DIGEST_H

#include "cli/track_summary.h"

/** Stays where it is: its parts point to each other. */
typedef struct cph_track_digest {
    cph_track_options options; /**< cli and the schedule */
    cph_track_scene scene;     /**< as summary.logged says */
    cph_track_summary summary;
    cph_track_reader *reader; /**< at its end */
    size_t null_column;
    double *served_s;     /**< [satellites] each */
    double *highest_deg;  /**< [satellites] while it was served; NaN: it was not */
    double *first_unix_s; /**< [satellites] */
} cph_track_digest;

/** Reads cli->input, row by row. null_column: whose nulls are drawn; usage, said, where there is no
 *  such column. Free with cph_track_digest_free in every case. */
cph_exit cph_track_digest_read(const cph_cli *cli, size_t null_column, cph_track_digest *digest);
void cph_track_digest_free(cph_track_digest *digest);

#endif
