/* SPDX-License-Identifier: MIT */
/** @file track_waves.h
 *  Waves of jammers in a capture beside the run: learned from its bursts as time goes on, each
 *  followed from one burst to the next. */
#ifndef CPH_CLI_TRACK_WAVES_H
#define CPH_CLI_TRACK_WAVES_H

#include "cophase/attitude.h"
#include "cophase/data.h"

/** Snapshots of a burst in which waves are counted, and those that each is learned from, at most: a
 *  null leaves 1 / 64 of an element's noise, or less. */
enum { CPH_TRACK_SNAPSHOTS = 64, CPH_TRACK_SNAPSHOTS_MOST = 1024, CPH_TRACK_CLIPPED_NAMED = 8 };

/** What the array is at the capture's frequency. */
typedef struct cph_track_waves_config {
    const char *path, *array; /**< the capture; what its elements must be those of */
    size_t elements;
    const double *position; /**< [N][3] */
    double freq_hz;
    const cph_c64 *gain;          /**< [N] as known */
    const unsigned char *flag;    /**< [N] */
    const cph_attitude *attitude; /**< array to ENU */
    double beam_rad;              /**< a wave that has gone further since a burst is another one */
} cph_track_waves_config;

/** A wave since the last burst. */
typedef struct cph_track_wave {
    bool there;
    bool placed; /**< it is a plane wave through the known gains: `u` is where it comes from */
    bool moves;  /**< `before` is where it was */
    double u[3]; /**< array frame, at the burst */
    double enu[3], before[3];
    double inr;      /**< in an element of |v|^2 / N, over its noise */
    double error;    /**< of an entry of v, rms, relative, by noise */
    double bursts;   /**< that v is averaged over */
    cph_c64 *vector; /**< [N] */
} cph_track_wave;

typedef struct cph_track_waves_count {
    uint64_t bursts;         /**< that were learned from */
    uint64_t lost;           /**< that hold too few times */
    uint64_t crowded;        /**< bursts with more waves than can be told */
    uint64_t unplaced;       /**< waves in bursts that the known gains do not explain */
    uint64_t skies;          /**< searches of the whole sky */
    size_t waves;            /**< the most in a burst */
    uint64_t snapshots;      /**< that bursts have */
    uint64_t clipped;        /**< of those: left out, a live element is at full scale */
    uint64_t bursts_clipped; /**< with too few others: learned from all of it */
    size_t limited;          /**< live elements at full scale in most snapshots */
    size_t limited_first[CPH_TRACK_CLIPPED_NAMED];
    double start_unix_s, end_unix_s; /**< of the first and the last burst */
    double apart_s;                  /**< from one to the next on average; infinite: one */
} cph_track_waves_count;

typedef struct cph_track_waves cph_track_waves;

/** Opens the capture and goes through its bursts: count->waves is as many as there ever are.
 *  What the configuration points to must outlive it. IO, MISSING (no times), FORMAT (another array,
 *  another frequency, no burst), UNSUPPORTED (no capture), NOT_FINITE, INTERRUPTED, MEMORY. */
cph_status cph_track_waves_open(const cph_track_waves_config *config, cph_track_waves **waves,
                                cph_error *error);
void cph_track_waves_close(cph_track_waves *waves);

/** Learns from the bursts that have ended by `time`, not before that of the call before. */
cph_status cph_track_waves_follow(cph_track_waves *waves, double time, cph_error *error);

/** When the burst that waves are of ended; NaN: none has. */
double cph_track_waves_learned(const cph_track_waves *waves);
/** Whether one goes on, at a time, further than a beamwidth from where it was heard: as far as no
 *  wave goes that is the same in the next burst. */
bool cph_track_waves_far(const cph_track_waves *waves, double time);
const cph_track_wave *cph_track_waves_of(const cph_track_waves *waves, size_t wave);
const cph_track_waves_count *cph_track_waves_counts(const cph_track_waves *waves);
const cph_track_waves_config *cph_track_waves_config_of(const cph_track_waves *waves);

/** Where a wave is at a time, array frame. MISSING: there is no attitude. */
cph_status cph_track_wave_at(const cph_track_waves *waves, size_t wave, double time, double u[3]);

#endif
