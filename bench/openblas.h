/* SPDX-License-Identifier: MIT */
/** @file openblas.h
 *  OpenBLAS at its best: one child process for each of its core types, which the library reads
 *  from the environment once; the fastest call of the fastest child is timed. */
#ifndef COPHASE_BENCH_OPENBLAS_H
#define COPHASE_BENCH_OPENBLAS_H

#include <sys/types.h>

#include "bench/bench.h"

enum { BENCH_CORES = 5 };

typedef struct bench_child {
    pid_t pid; /**< 0: not there */
    int to, from;
    char core[24]; /**< as OpenBLAS names the kernels it took */
} bench_child;

/** What is timed for a case on so many threads. */
typedef struct bench_choice {
    bench_child *child; /**< NULL: no child can do it */
    unsigned call;
    char name[24];
    double seconds;
} bench_choice;

struct bench_openblas {
    bench_child child[BENCH_CORES];
    size_t threads[2], rows; /**< 1 and all */
    bench_choice choice[2];
};

/** Starts the children: this program again with the argument BENCH_PEER_ARGUMENT. Core types that
 *  the tier forbids, the machine cannot run, or that are another's double are left out. */
#define BENCH_PEER_ARGUMENT "--openblas-process"
void bench_openblas_open(bench_openblas *openblas, cph_isa isa, size_t threads);
void bench_openblas_close(bench_openblas *openblas);

/** Tries every call of every child on the case and prepares the fastest ones, with samples in a
 *  ring like the case's. False where OpenBLAS has nothing to compare with. */
bool bench_openblas_prepare(bench_openblas *openblas, const bench_case *c, size_t ring_bytes);

/** Seconds of a call, the mean of `repeats`, on the threads of a row; NaN when the child died. */
double bench_openblas_run(bench_openblas *openblas, size_t row, size_t repeats);

/** "OpenBLAS 0.3.21 ..." of the library that is loaded. */
const char *bench_openblas_config(void);

/** The child's main loop: requests on standard input, replies on standard output. */
int bench_openblas_serve(void);

/* ---- between the two ---- */

typedef enum bench_request_kind {
    BENCH_HELLO,
    BENCH_TRY,
    BENCH_PREPARE,
    BENCH_TIME
} bench_request_kind;

typedef struct bench_request {
    bench_request_kind kind;
    bench_kernel kernel;
    size_t elements, beams, channels, times, ring_bytes;
    size_t threads, repeats;
    unsigned call;
} bench_request;

typedef struct bench_reply {
    bool done;
    unsigned call;
    double seconds;
    char name[24];
} bench_reply;

#endif
