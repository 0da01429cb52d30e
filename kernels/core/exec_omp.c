/* SPDX-License-Identifier: MIT */
#include "cophase/exec.h"

#include <limits.h>
#include <omp.h>

#include "kernels/core/size.h"

/* Thread k of n takes the k-th of n ranges whose lengths differ by one at most. */
static void run_range(size_t count, size_t k, size_t n, cph_task *task, void *job)
{
    const size_t each = count / n, rest = count % n;
    const size_t begin = k * each + cph_size_min(k, rest);
    const size_t end = begin + each + (k < rest ? 1 : 0);
    if (begin < end)
        task(job, begin, end, k);
}

static void parallel_for(void *context, size_t count, cph_task *task, void *job)
{
    const size_t threads = cph_size_min((size_t)(uintptr_t)context, count);
    if (threads <= 1 || omp_in_parallel()) {
        run_range(count, 0, 1, task, job);
        return;
    }
#pragma omp parallel num_threads((int)threads)
    run_range(count, (size_t)omp_get_thread_num(), (size_t)omp_get_num_threads(), task, job);
}

void cph_exec_openmp(cph_exec *exec, size_t threads)
{
    if (threads == 0)
        threads = (size_t)omp_get_max_threads();
    threads = cph_size_min(threads, INT_MAX);
    /* The count travels in the pointer, so that a copy of *exec stays valid by itself. */
    exec->context = (void *)(uintptr_t)threads; /* NOLINT(performance-no-int-to-ptr) */
    exec->parallel_for = parallel_for;
    exec->threads = threads;
}
