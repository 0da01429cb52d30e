/* SPDX-License-Identifier: MIT */
/** @file exec.h
 *  How threads reach a kernel: a table of one function that the caller fills. */
#ifndef COPHASE_EXEC_H
#define COPHASE_EXEC_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Does items [begin, end) of a job; worker is in [0, threads) and unique among concurrent calls.
 */
typedef void cph_task(void *job, size_t begin, size_t end, size_t worker);

/** Runs a job's items on several threads. A NULL cph_exec pointer means serial everywhere.
 *  parallel_for calls task on disjoint ranges that together are [0, count), and returns when all
 *  are done. It may call task from any thread; the split may depend on the thread count, the
 *  results of this library do not. */
typedef struct cph_exec {
    void (*parallel_for)(void *context, size_t count, cph_task *task, void *job);
    void *context;
    size_t threads; /**< at most this many calls of task at once; at least 1 */
} cph_exec;

/** Fills *exec with OpenMP (host only). threads = 0 takes OpenMP's own maximum, which is not
 *  changed. Inside a caller's parallel region the job runs on the calling thread alone. */
CPH_API void cph_exec_openmp(cph_exec *exec, size_t threads);

CPH_END_DECLS

#endif
