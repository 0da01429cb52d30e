/* SPDX-License-Identifier: MIT */
/** @file report.h
 *  A run of the benchmark as its JSON says it (format "cophase-bench", version 1), read back: what
 *  is compared, listed and drawn. Numbers that are null are NaN here, counts 0, texts NULL. */
#ifndef COPHASE_BENCH_REPORT_H
#define COPHASE_BENCH_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "cophase/types.h"

#define REPORT_FORMAT "cophase-bench"
enum { REPORT_FORMAT_VERSION = 1, REPORT_PEAKS = 4 };

/** Instructions whose rate bounds a kernel: "fma", "bf16", "int16", "int8". */
extern const char *const report_peak_name[REPORT_PEAKS];

typedef struct report_level {
    const char *level; /**< "L1" .. "DRAM" */
    double read_bytes_per_s, copy_bytes_per_s;
} report_level;

/** What the machine can do with so many threads, measured in the same run. */
typedef struct report_roof {
    size_t threads;
    double gflops[REPORT_PEAKS];
    report_level *bandwidth;
    size_t bandwidths;
} report_roof;

/** A kernel's variant on so many threads. */
typedef struct report_path {
    const char *isa, *roof;
    size_t threads, rounds;
    double median_s, p10_s, p90_s, gflops, samples_per_s, bytes_per_s;
    double roof_share; /**< of the roof named, 0..1 */
    double ratio_to_scalar, error_of_bound;
} report_path;

/** Another library at the same work. */
typedef struct report_peer {
    const char *name, *core;
    size_t threads;
    double median_s, p10_s, p90_s, gflops, median_with_conversion_s;
} report_peer;

typedef struct report_case {
    const char *name, *source, *kernel, *type, *roof, *verdict;
    const char *refused; /**< why there are no figures, or NULL */
    const char *wrong;   /**< which path is not within its bound, or NULL */
    size_t weight_bits, elements, beams, channels, times;
    bool cold;
    double roof_gflops, ratio_to_peer, ratio_to_peer_with_conversion;
    report_path *path;
    size_t paths;
    report_peer *peer;
    size_t peers;
} report_case;

/** Times of single runs of a small block, or of new weights. */
typedef struct report_latency {
    const char *kernel, *type, *isa;
    size_t weight_bits, elements, beams, times, threads, runs;
    double p50_s, p99_s, p999_s, worst_s;
} report_latency;

typedef struct report_step {
    size_t threads;
    double median_s, gflops, efficiency, roof_share;
} report_step;

/** A case on 1..all threads. */
typedef struct report_scaling {
    const char *name, *kernel, *type, *isa, *limiter;
    size_t weight_bits, elements, beams, channels, times;
    double fma_gain; /**< of the FMA loop, all threads over one */
    report_step *step;
    size_t steps;
} report_scaling;

typedef struct report_cache {
    const char *type;
    size_t level, bytes;
} report_cache;

typedef struct report {
    const char *path; /**< of the file, or what stands for it in messages */
    json_t *json;     /**< holds the texts */
    const char *version, *git, *cpu, *governor, *compiler, *flags, *openblas;
    size_t cores, machine_threads, memory_bytes, seed;
    double time_unix_s;
    json_t *isa;   /**< borrowed: array of texts, or NULL */
    json_t *noise; /**< borrowed: object, or NULL */
    report_cache *cache;
    size_t caches;
    report_roof *roof;
    size_t roofs;
    report_case *cases;
    size_t case_count;
    report_latency *latency;
    size_t latencies;
    report_scaling *scaling;
    size_t scalings;
} report;

/** Reads a file. Errors: FORMAT, naming file, place and what was expected; IO; MEMORY. */
cph_status report_open(report *r, const char *path, cph_error *error);
/** The same from memory, e.g. of the run at hand; takes a reference of its own. `path` is for
 *  messages. */
cph_status report_from(report *r, json_t *json, const char *path, cph_error *error);
void report_free(report *r);

/** The run's roof at a thread count, or NULL. */
const report_roof *report_roof_at(const report *r, size_t threads);
/** The rate of a roof by name: a peak in FLOP/s ("int8"), or a level's read bandwidth in bytes/s
 *  ("DRAM"); NaN when there is no such thing. */
double report_roof_rate(const report_roof *roof, const char *name);
/** Half of p90 - p10, over the median: the scatter of rounds. */
double report_scatter(double median, double p10, double p90);
/** The fastest path among those of `threads` threads (0: of any), or NULL. */
const report_path *report_best(const report_case *c, size_t threads);

/** The name of what ratio_to_peer compares with, or NULL. */
const char *report_peer_of(const report_case *c);

/** "beamform c8/16", in a buffer. */
enum { REPORT_LABEL = 160 };
void report_kind(const report_case *c, char label[REPORT_LABEL]);
/** "1280x2, 14 channels, T=512, cold": what applies. */
void report_shape(const report_case *c, char label[REPORT_LABEL]);

/** One row a path and a peer of every case, with a line of names; null is an empty field. */
void report_csv(const report *r, FILE *file);

/** A page that needs nothing else: no script, no network. */
void report_html(const report *r, FILE *file);

/** What is in such a page below its head: to stand in another page that has report_style. */
void report_html_body(const report *r, FILE *file);

#endif
