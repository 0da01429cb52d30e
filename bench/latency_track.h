/* SPDX-License-Identifier: MIT */
/** @file latency_track.h
 *  Two beams of a terminal that follow a look: receive and transmit, calibrated, nulled toward two
 *  fixed directions, as states of 6-bit shifters. */
#ifndef COPHASE_BENCH_LATENCY_TRACK_H
#define COPHASE_BENCH_LATENCY_TRACK_H

#include <stdbool.h>

#include "cophase/track.h"

enum { BENCH_TRACK_PATHS = 2, BENCH_TRACK_NULLS = 2, BENCH_TRACK_BITS = 6 };

typedef struct bench_track {
    size_t elements, calls;
    cph_states states;
    cph_track_plan *plan[BENCH_TRACK_PATHS];
    void *workspace;
    cph_c32 *weights; /**< [paths][N] */
    uint32_t *state;  /**< [paths][N] */
    cph_c64 *vector;  /**< [nulls][N] */
    double null[BENCH_TRACK_NULLS][3];
} bench_track;

/** Gains drawn from the seed. False without memory; bench_track_close either way. */
bool bench_track_open(bench_track *track, size_t elements, const double *position, uint64_t seed);
void bench_track_close(bench_track *track);

/** Both paths toward the next direction, a tenth of a degree on. */
cph_status bench_track_update(bench_track *track);

/** Whether an update's weights have unit response toward its look and at most -80 dB toward the
 *  nulls, in double. */
bool bench_track_verified(bench_track *track);

#endif
