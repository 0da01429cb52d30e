/* SPDX-License-Identifier: MIT */
/** @file exec.h
 *  Runs a job through a caller's cph_exec, or serially. */
#ifndef COPHASE_CORE_EXEC_H
#define COPHASE_CORE_EXEC_H

#include "cophase/exec.h"

/** How many calls of a task may run at once: the number of private work areas a job needs. */
static inline size_t cph_exec_threads(const cph_exec *exec)
{
    return exec != NULL && exec->threads > 1 ? exec->threads : 1;
}

/** Calls task until all of [0, count) is done. */
static inline void cph_exec_run(const cph_exec *exec, size_t count, cph_task *task, void *job)
{
    if (count > 1 && cph_exec_threads(exec) > 1)
        exec->parallel_for(exec->context, count, task, job);
    else if (count > 0)
        task(job, 0, count, 0);
}

#endif
