/* SPDX-License-Identifier: MIT */
/** @file track_bursts.h
 *  Bursts of samples in a capture, and the jammers in each. */
#ifndef CPH_CLI_TRACK_BURSTS_H
#define CPH_CLI_TRACK_BURSTS_H

#include "cli/track_waves.h"
#include "cophase/convert.h"
#include "cophase/jammer.h"

typedef struct cph_track_burst {
    size_t start, times, next; /**< samples; where the next one may begin */
    double middle_s, end_s;    /**< Unix */
} cph_track_burst;

/** Close with cph_track_bursts_close. */
typedef struct cph_track_bursts {
    const cph_track_waves_config *config;
    cph_data *data;
    const cph_data_header *header;
    size_t channel;
    size_t most, least, few;      /**< snapshots that a burst has; of which waves are counted */
    void *raw;                    /**< [most][N] */
    cph_c32 *x;                   /**< [most][N] */
    cph_level *level;             /**< [N] of all that was read */
    bool *clipped;                /**< [most] a live element of the snapshot is at full scale */
    uint64_t snapshots, left_out; /**< read; of those: clipped, nothing was learned from them */
    uint64_t as_is;               /**< bursts with too few others: learned from all of it */
} cph_track_bursts;

/** Errors as of cph_track_waves_open. The configuration must outlive it. */
cph_status cph_track_bursts_open(const cph_track_waves_config *config, cph_track_bursts *bursts,
                                 cph_error *error);
void cph_track_bursts_close(cph_track_bursts *bursts);

/** The first burst from sample `from` on; false: there is none. */
bool cph_track_burst_find(const cph_track_bursts *bursts, size_t from, cph_track_burst *burst);

/** Its jammers, the strongest first, as vectors that span them, to be freed, learned from all of it
 *  or, if they are but counted, from `few`; *heard: enough of it was recorded. Snapshots in which a
 *  live element is clipped are left out where enough others are there: what clipping takes from one
 *  element is in no other, a wave of its own. FORMAT (not finite), IO, INTERRUPTED, MEMORY. */
cph_status cph_track_burst_learn(cph_track_bursts *bursts, const cph_track_burst *burst, bool all,
                                 cph_jammers *jammers, bool *heard, cph_error *error);

#endif
