/* SPDX-License-Identifier: MIT */
/** @file scaling.h
 *  A case on 1 to all threads, beside what the machine's own multiply-add loop gains from them. */
#ifndef COPHASE_BENCH_SCALING_H
#define COPHASE_BENCH_SCALING_H

#include <jansson.h>

#include "bench/roof.h"

enum { BENCH_STEPS = 24 };

/** A thread count. Gains are over one thread, pair by pair in the same rounds. */
typedef struct bench_step {
    size_t threads;
    double median_s, gflops, gain, fma_gain, roof_share;
    const char *roof;
} bench_step;

typedef struct bench_scaling {
    bench_case c;
    bool wrong; /**< not within its bound, or not to be had: no figures */
    bench_step step[BENCH_STEPS];
    size_t steps;
} bench_scaling;

/** Whether a listed case is among those that are scaled unless others are asked for. */
bool bench_scaling_is_default(const bench_case *c);

/** Thread counts of a machine with so many: each to 8, then every half octave; always the last. */
size_t bench_scaling_counts(size_t threads, size_t counts[BENCH_STEPS]);

/** Adds steps of one thread (where there is none yet) and of the threads of the roof's last row to
 *  a case, verified; the roof is measured before and after. */
void bench_scaling_run(bench_scaling *scaling, const bench_options *options, bench_roof *roof);

/** What bounds the last step: the roof's name where at least 75 % of it are reached; else "kernel"
 *  where the gain is at least 92 % of that of the roof or of the loop, whichever is less, so that
 *  it is one thread's work that stays below the roof; else "overhead" of threads. NULL without
 *  figures. */
const char *bench_scaling_limiter(const bench_scaling *scaling);

void bench_print_scaling(const bench_options *options, const bench_scaling *scaling);
json_t *bench_json_scaling(const bench_options *options, const bench_scaling *scaling);

#endif
