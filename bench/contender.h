/* SPDX-License-Identifier: MIT */
/** @file contender.h
 *  What takes turns within a case: paths, peers, the conversion that peers need. */
#ifndef COPHASE_BENCH_CONTENDER_H
#define COPHASE_BENCH_CONTENDER_H

#include "bench/openblas.h"
#include "bench/roof.h"
#include "bench/subject.h"

/** A plain read of a case's samples, stretch by stretch round the ring: what memory gives while
 *  the paths are timed. */
typedef struct bench_reader {
    const bench_roof *roof;
    const bench_data *data;
    size_t row;           /**< of the roof: its threads */
    size_t at, bytes;     /**< the next stretch: where and how long */
    bench_series *series; /**< seconds of a stretch */
} bench_reader;

typedef struct bench_contender {
    bench_subject *subject;   /**< a path or a conversion; else NULL */
    bench_openblas *openblas; /**< a peer on the threads of `row`; else libm on `data` */
    const bench_data *data;
    bench_reader *reader; /**< not a path: the bandwidth of this moment */
    size_t row;
    bool threaded;        /**< others wait until its threads are idle */
    double factor;        /**< from a call's seconds to the case's */
    bench_series *series; /**< where its times go */
    /* found by bench_time_all */
    size_t repeats, most_rounds;
    double cost_s; /**< of a round */
} bench_contender;

enum { BENCH_CONTENDERS = BENCH_PATHS + 2 * BENCH_PEERS + BENCH_ROOF_THREADS };

/** Seconds of a call, the mean of `repeats` after one that is not counted; NaN when it fails. */
double bench_time(const bench_contender *c, size_t repeats);

/** Times all of them for some `seconds`, one round after another through all, and fills in their
 *  series and spreads. */
void bench_time_all(bench_contender *c, size_t count, double seconds);

/** A contender that reads the samples of a cold case on the threads of a row of the roof; both
 *  outlive it. bench_reader_rate afterwards: bytes/s, the median of the rounds. */
bench_contender bench_reader_open(bench_reader *reader, const bench_roof *roof,
                                  const bench_data *data, size_t row, bench_series *series);
double bench_reader_rate(const bench_reader *reader);

/** Steering vectors by the C library's sine and cosine in double, which keep the bound. */
void bench_libm_steer(const bench_data *data);

#endif
