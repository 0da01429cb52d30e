/* SPDX-License-Identifier: MIT */
#include "bench/pin.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cophase/exec.h"

/* The k-th processor that is allowed. */
static size_t processor(const cpu_set_t *allowed, size_t k)
{
    size_t cpu = 0;
    for (size_t seen = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, allowed) && seen++ == k)
            break;
    return cpu;
}

static void pin(void *context, size_t begin, size_t end, size_t worker)
{
    const cpu_set_t *const allowed = context;
    cpu_set_t one;
    (void)begin;
    (void)end;
    CPU_ZERO(&one);
    CPU_SET(processor(allowed, worker), &one);
    (void)sched_setaffinity(0, sizeof one, &one);
}

void bench_pin_threads(size_t threads)
{
    cpu_set_t allowed;
    cph_exec exec;
    CPU_ZERO(&allowed);
    if (threads < 2 || sched_getaffinity(0, sizeof allowed, &allowed) != 0 ||
        (size_t)CPU_COUNT(&allowed) < threads)
        return;
    cph_exec_openmp(&exec, threads);
    exec.parallel_for(exec.context, threads, pin, &allowed);
}

void bench_pin_places(char *text, size_t bytes)
{
    enum { ROOM = 32 };
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    const bool known = sched_getaffinity(0, sizeof allowed, &allowed) == 0;
    const size_t count = known ? (size_t)CPU_COUNT(&allowed) : 0;
    snprintf(text, bytes, "OMP_PLACES=");
    for (size_t k = 0; k < count; k++) {
        const size_t used = strlen(text);
        if (used + ROOM > bytes)
            break;
        snprintf(text + used, bytes - used, "%s{%zu}", k > 0 ? "," : "", processor(&allowed, k));
    }
}
