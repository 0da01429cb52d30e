/* SPDX-License-Identifier: MIT */
#ifndef COPHASE_BENCH_CLOCK_H
#define COPHASE_BENCH_CLOCK_H

#include <time.h>

/** Seconds of a clock that only goes forward. */
static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/** Until the threads of an OpenMP team stop spinning (gcc's spin for milliseconds after the end of
 *  a region, on a core that the next contender may need). */
static inline void bench_settle(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

#endif
