/* SPDX-License-Identifier: MIT */
/** @file pages.h
 *  Memory of everything that is timed: on huge pages where the system has them. */
#ifndef COPHASE_BENCH_PAGES_H
#define COPHASE_BENCH_PAGES_H

#include <stdbool.h>
#include <stddef.h>

/** `bytes` aligned to 64, to be freed with free; NULL when there is no more. From 2 MiB on they
 *  are whole huge pages, if the system gives any to a process that asks. */
void *bench_memory(size_t bytes);

/** Whether at least half of `bytes` that were asked for, and touched, are on huge pages: what the
 *  system says of the whole process. */
bool bench_on_huge_pages(size_t bytes);

#endif
