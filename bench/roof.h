/* SPDX-License-Identifier: MIT */
/** @file roof.h
 *  The peak rates of this machine, measured beside the cases. */
#ifndef COPHASE_BENCH_ROOF_H
#define COPHASE_BENCH_ROOF_H

#include "bench/bench.h"
#include "bench/machine.h"

/** What is measured: arithmetic in registers, 1e9 operations/s; reading and copying at the levels
 *  of memory, bytes/s (a copy counts what it reads and what it writes). */
typedef enum bench_rate {
    BENCH_FMA,
    BENCH_BF16,
    BENCH_INT16,
    BENCH_INT8,
    BENCH_READ, /**< L1, L2, L3, DRAM */
    BENCH_COPY = BENCH_READ + 4,
    BENCH_RATES = BENCH_COPY + 4
} bench_rate;

enum { BENCH_LEVELS = 4, BENCH_ROOF_ROUNDS = 100, BENCH_ROOF_THREADS = 2 };

struct bench_roof {
    bench_machine machine;
    cph_isa isa;                                  /**< instructions up to this tier are used */
    size_t counts, threads[BENCH_ROOF_THREADS];   /**< 1 and all; one where they are the same */
    double rate[BENCH_ROOF_THREADS][BENCH_RATES]; /**< medians so far; NaN: not to be had */
    double history[BENCH_ROOF_THREADS][BENCH_RATES][BENCH_ROOF_ROUNDS];
    size_t turns[BENCH_ROOF_THREADS][BENCH_RATES]; /**< that take a few milliseconds */
    size_t rounds;
    char *memory;
    size_t bytes; /**< of memory: beyond the last cache */
};

/** "L1", "L2", "L3", "DRAM" */
const char *bench_level_name(size_t level);

/** Binds the threads (pin.h), prepares and measures a first time; false when there is no memory. */
bool bench_roof_open(bench_roof *roof, cph_isa isa, size_t threads);
void bench_roof_close(bench_roof *roof);

/** Measures again; some seconds apart it shows a clock that drifts. */
void bench_roof_measure(bench_roof *roof);

/** Spread of one thread's multiply-add rate over all measurements, relative to its median. */
bench_spread bench_roof_spread(const bench_roof *roof);

/** Bytes of samples beyond which a case is cold. */
size_t bench_cold_bytes(const bench_machine *machine);

/** Seconds that reading `bytes` (a multiple of 1024, `memory` aligned to 64) takes on the threads
 *  of a row, a part each. */
double bench_roof_read(const bench_roof *roof, size_t row, const void *memory, size_t bytes);

/** The roof of a case, 1e9 operations/s: what its arithmetic and its memory allow, on one thread
 *  (row 0) or all (the last row). `read` is the bandwidth beyond the caches that was found beside
 *  the case, bytes/s; NaN: the roof's own. *which says what bounds it. NaN where no roof is known.
 */
double bench_roof_of(const bench_roof *roof, const bench_case *c, size_t row, double read,
                     const char **which);

#endif
