/* SPDX-License-Identifier: MIT */
/** @file track_quiet.h
 *  Transmit beams of `track` that radiate little under an elevation: --quiet-below. */
#ifndef CPH_CLI_TRACK_QUIET_H
#define CPH_CLI_TRACK_QUIET_H

#include "cli/track_bench.h"

/** Of one transmit column; zeroed for others. */
struct cph_track_quiet {
    cph_quiet *plan;
    double up[3];             /**< that the plan is made for */
    bool dark;                /**< elements radiate nothing into the region there: no plan */
    cph_quiet_memory *memory; /**< of states; NULL: floats */
    cph_c64 *w;               /**< [N] */
    uint32_t *state;          /**< [N] */
    uint32_t satellite;       /**< of the last update */
    cph_track_quiet_count count;
};

/** [columns], on the heap, *quiet NULL where nobody asked. */
cph_status cph_track_quiet_make(const cph_track_scene *scene, cph_track_quiet **quiet,
                                cph_error *error);
void cph_track_quiet_free(const cph_track_scene *scene, cph_track_quiet *quiet);

/** bench->weights of column k toward u, for the time and the satellite of bench->row; those of the
 *  plain beam where u is in the region, or elements of an array that moves radiate nothing there.
 */
cph_status cph_track_quiet_weights(cph_track_bench *bench, size_t k, const double u[3],
                                   cph_error *error);

/** What bench->weights of column k radiate into the region through gains as they are; NaN where
 *  that is nothing. */
cph_status cph_track_quiet_measure(const cph_track_bench *bench, size_t k, const double u[3],
                                   cph_quiet_level *level, cph_error *error);

#endif
