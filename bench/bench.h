/* SPDX-License-Identifier: MIT */
/** @file bench.h
 *  What is timed, and what is found: cases, paths through the library, peers, results. */
#ifndef COPHASE_BENCH_H
#define COPHASE_BENCH_H

#include <stdbool.h>

#include "bench/stats.h"
#include "cophase/beamform.h"
#include "cophase/dispatch.h"
#include "cophase/exec.h"

typedef enum bench_kernel {
    BENCH_BEAMFORM,
    BENCH_COVARIANCE,
    BENCH_STEER,
    BENCH_CONVERT,
    BENCH_MVDR,
    BENCH_STEFCAL,
    BENCH_KERNELS
} bench_kernel;

/** One call of a kernel. Sizes that a kernel does not know are 1. */
typedef struct bench_case {
    const char *name, *source; /**< source: who has this shape; "" for sweeps and own cases */
    size_t elements, beams;    /**< beams: directions of a steering vector */
    size_t channels, times;    /**< channels: matrices of MVDR and StEFCal, whose times are
                                  iterations */
    bench_kernel kernel;
    cph_type type;
    unsigned weight_bits; /**< of beamform: 8, 16 or 32; else 0 */
    bool cold; /**< samples come from a ring beyond the last cache, not from one buffer */
} bench_case;

enum { BENCH_ROUNDS = 200, BENCH_PATHS = 24, BENCH_PEERS = 4 };

/** Times of one contender, round by round; NaN where it sat a round out. */
typedef struct bench_series {
    double seconds[BENCH_ROUNDS];
    bench_spread spread; /**< of a whole call of the case, s */
} bench_series;

/** A path through the library (or what the compiler makes of plain loops). */
typedef struct bench_path {
    char isa[24]; /**< "avx2"; "auto-avx2" for the compiler's vectorisers */
    size_t threads;
    size_t times; /**< of a timed call: fewer than the case's where a call would take long; figures
                       are scaled to the case */
    bench_series series;
    double gflops, samples_per_s, bytes_per_s;
    double roof_gflops, roof_share;
    const char *roof; /**< what bounds it: "DRAM", "int8", ... */
    double ratio_to_scalar;
    double error_of_bound;
} bench_path;

/** Somebody else's way to the same numbers, on fp32 samples that lie ready. */
typedef struct bench_peer {
    const char *name; /**< "openblas" or "libm" */
    char core[24];    /**< OPENBLAS_CORETYPE; "" for libm */
    char call[24];    /**< the fastest of the calls tried: "cgemm NT", "cherk LN" */
    size_t threads;
    bench_series series;     /**< conversion left out */
    bench_spread conversion; /**< of the samples to fp32 by the library's best kernel, s */
    double median_with_conversion_s;
    double gflops;
} bench_peer;

typedef struct bench_result {
    bench_case c;
    const char *refused; /**< why there are no figures, or NULL */
    bool wrong;          /**< a path is not within its bound: it has no time */
    char complaint[160]; /**< which */
    double operations, bytes, samples;
    bench_path path[BENCH_PATHS];
    size_t paths;
    bench_peer peer[BENCH_PEERS];
    size_t peers;
    size_t best, best_peer;  /**< one thread; BENCH_PATHS, BENCH_PEERS: none */
    bench_spread peer_ratio; /**< peer's time over the best path's, pairs of one round */
    double ratio_to_peer;    /**< its median; NaN without peer */
    double ratio_with_conversion;
    double roof_gflops; /**< one thread */
    const char *roof;
    double read_bytes_per_s[2]; /**< of a plain read beside cold paths, on one thread and on all;
                                 NaN where there is none */
    const char *verdict;
} bench_result;

typedef struct bench_options {
    double seconds;             /**< of timing a case, all its paths together */
    size_t threads;             /**< of threaded paths and peers; 1: none */
    cph_isa isa;                /**< no path goes beyond this tier */
    cph_beamform_regime regime; /**< of beamform plans; AUTO: theirs */
    bool best_only;             /**< leave out the paths below the tier */
    bool peers;
    uint64_t seed;
} bench_options;

/** "beamform", ...; NULL beyond the end. */
const char *bench_kernel_name(bench_kernel kernel);
/** Whether samples are a matrix [element][element] a channel. */
bool bench_takes_matrices(bench_kernel kernel);
/** "c8", "c16", "c32"; NULL beyond the end. */
const char *bench_type_name(cph_type type);

/** The named cases, then the sweep; false beyond the last. Names repeat: one has several shapes,
 * and a shape a case for each type and precision. */
bool bench_case_at(size_t index, bench_case *c);
/** Whether the case is among those that are timed without --filter. */
bool bench_is_default(const bench_case *c);
/** Gives a case whose `times` is 0 as many as make its calls short but not trivial, and one of MVDR
 *  without channels as many matrices as have 2 MB. */
void bench_choose_times(bench_case *c);
/** "beamform c8 w16 1280x2" */
void bench_describe(const bench_case *c, char *text, size_t bytes);

/** Useful operations of a case (8 a complex multiply-add; the lower triangle of a covariance; of
 *  MVDR those of a factorisation and two triangular solves; of StEFCal 8 and 2 an ordered pair and
 *  iteration), and
 *  bytes in and out, each once. bytes_in: samples, which come from memory when the case is cold,
 *  and, where there are channels, the weights of all of them, which each call reads again; of
 *  MVDR the triangles and the look vectors; of StEFCal a complex and a real triangle, once. */
double bench_operations(const bench_case *c);
double bench_sample_bytes(const bench_case *c);
double bench_bytes_in(const bench_case *c);
double bench_bytes(const bench_case *c);
double bench_samples(const bench_case *c);

typedef struct bench_roof bench_roof;
typedef struct bench_openblas bench_openblas;
/** Verifies and times one case: every path, peers, round by round. `openblas` may be NULL. */
void bench_run(const bench_case *c, const bench_options *options, bench_roof *roof,
               bench_openblas *openblas, bench_result *result);

#endif
