/* SPDX-License-Identifier: MIT */
/** @file bench.h
 *  Timing of one kernel at one shape, all its variants side by side. */
#ifndef COPHASE_BENCH_H
#define COPHASE_BENCH_H

#include "tests/kernels/check.h"

/** What a kernel is timed on. */
typedef struct bench_shape {
    const char *family; /**< beginning of the kernels' names */
    size_t times, elements, beams;
} bench_shape;

typedef struct bench_options {
    double seconds; /**< of timing a variant */
    size_t threads; /**< of the threaded variants; 1: none */
    uint64_t seed;
} bench_options;

/** One variant's times of a run, over `rounds` rounds of `repeats` runs each. */
typedef struct bench_result {
    cph_isa isa;
    size_t threads, rounds, repeats;
    double median_s, p10_s, p90_s;
    double gflops, gbytes_per_s; /**< by the median; useful operations, bytes in and out */
    double ratio;                /**< speed over the scalar variant's on one thread */
    double error;                /**< of the output, in units of the contract's bound */
} bench_result;

enum { BENCH_VARIANTS = 2 * CPH_ISA_COUNT, BENCH_ROUNDS = 200 };

/** Verifies and times all variants of a kernel, interleaved round by round; returns how many there
 *  are. A result that is not within its bound counts as a failed claim of check.h. */
size_t bench_kernel(const check_kernel *kernel, const bench_shape *shape,
                    const bench_options *options, bench_result result[BENCH_VARIANTS]);

#endif
