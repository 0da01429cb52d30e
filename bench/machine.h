/* SPDX-License-Identifier: MIT */
/** @file machine.h
 *  What figures were measured on and with. */
#ifndef COPHASE_BENCH_MACHINE_H
#define COPHASE_BENCH_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bench_cache {
    unsigned level;
    char type[16]; /**< "Data", "Instruction", "Unified" */
    size_t bytes;
} bench_cache;

enum { BENCH_CACHES = 8 };

typedef struct bench_machine {
    char cpu[100];
    char governor[32]; /**< "" where the system does not say */
    size_t cores;      /**< processors that this process may use */
    uint64_t memory_bytes;
    bench_cache cache[BENCH_CACHES];
    size_t caches;
    bool huge_pages; /**< large blocks of what is timed lie on them (pages.h) */
} bench_machine;

void bench_machine_read(bench_machine *machine);

/** Bytes of the data cache of a level; 0 where there is none. */
size_t bench_cache_bytes(const bench_machine *machine, unsigned level);

/** Of this build: description of the commit, compiler and its flags. */
const char *bench_build_git(void);
const char *bench_build_compiler(void);
const char *bench_build_flags(void);

#endif
