/* SPDX-License-Identifier: MIT */
/** @file latency.h
 *  How long single calls on small blocks take, and how long they take at worst: what a controller
 *  that must keep up asks for. */
#ifndef COPHASE_BENCH_LATENCY_H
#define COPHASE_BENCH_LATENCY_H

#include <jansson.h>

#include "bench/bench.h"

typedef enum bench_latency_kind {
    BENCH_LATENCY_SAMPLES,  /**< samples to beams */
    BENCH_LATENCY_RETARGET, /**< new directions to weights in the plan */
    BENCH_LATENCY_TRACK     /**< a new direction to the states of two beams that are nulled */
} bench_latency_kind;

typedef struct bench_latency {
    bench_case c; /**< times is 0 for an update of weights */
    bench_latency_kind kind;
    bool wrong; /**< not within its bound, or not to be had: no times */
    size_t runs;
    double p50_s, p99_s, p999_s, worst_s;
} bench_latency;

enum { BENCH_LATENCIES = 7 };

/** Blocks of 64 and 256 times through 1280 elements and 2 beams of c8, and new directions for them,
 *  weights of 8 and 16 bits; then states of 6 bits (latency_track.h): verified, then timed one by
 * one in turns, for some `seconds` each. False without memory. */
bool bench_latency_run(const bench_options *options, bench_latency result[BENCH_LATENCIES]);

void bench_print_latency(const bench_options *options, const bench_latency *result, size_t count);
json_t *bench_json_latency(const bench_options *options, const bench_latency *result, size_t count);

#endif
