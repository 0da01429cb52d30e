/* SPDX-License-Identifier: MIT */
#include "bench/machine.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef CPH_GIT
#define CPH_GIT "unknown"
#endif
#ifndef CPH_BUILD_FLAGS
#define CPH_BUILD_FLAGS "unknown"
#endif

/* The first line of a file, without its end; "" where there is none. */
static void read_line(const char *path, char *line, size_t bytes)
{
    FILE *const file = fopen(path, "r");
    line[0] = '\0';
    if (file == NULL)
        return;
    if (fgets(line, (int)bytes, file) == NULL)
        line[0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    fclose(file);
}

static void read_cpu(char *name, size_t bytes)
{
    static const char *const keys[] = {"model name", "Model", "Hardware", "CPU part"};
    char line[512];
    FILE *const file = fopen("/proc/cpuinfo", "r");
    snprintf(name, bytes, "unknown");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            const char *const colon = strchr(line, ':');
            if (colon == NULL || strncmp(line, keys[i], strlen(keys[i])) != 0 ||
                strcmp(name, "unknown") != 0)
                continue;
            snprintf(name, bytes, "%s", colon + 1 + strspn(colon + 1, " "));
            name[strcspn(name, "\n")] = '\0';
        }
    if (file != NULL)
        fclose(file);
}

static void read_cache(bench_machine *machine, size_t index)
{
    char path[128], text[32];
    bench_cache *const c = &machine->cache[machine->caches];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%zu/level", index);
    read_line(path, text, sizeof text);
    c->level = (unsigned)strtoul(text, NULL, 10);
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%zu/type", index);
    read_line(path, c->type, sizeof c->type);
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%zu/size", index);
    read_line(path, text, sizeof text);
    char *unit = text;
    c->bytes = strtoul(text, &unit, 10);
    c->bytes <<= *unit == 'K' ? 10 : *unit == 'M' ? 20 : 0;
    if (c->level > 0 && c->bytes > 0)
        machine->caches++;
}

/* Where there is no /sys: what the C library knows, which may be the last cache of all cores of a
 * package: the share that counts here is at most MOST_SHARED. */
static void ask_library(bench_machine *machine)
{
    enum { MOST_SHARED = 1 << 25 };
    static const struct {
        int name;
        unsigned level;
        const char *type;
    } rows[] = {{_SC_LEVEL1_DCACHE_SIZE, 1, "Data"},
                {_SC_LEVEL2_CACHE_SIZE, 2, "Unified"},
                {_SC_LEVEL3_CACHE_SIZE, 3, "Unified"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const long bytes = sysconf(rows[i].name);
        if (bytes <= 0)
            continue;
        bench_cache *const c = &machine->cache[machine->caches++];
        c->level = rows[i].level;
        c->bytes = bytes < MOST_SHARED ? (size_t)bytes : MOST_SHARED;
        snprintf(c->type, sizeof c->type, "%s", rows[i].type);
    }
}

void bench_machine_read(bench_machine *machine)
{
    *machine = (bench_machine){.cores = 1};
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        machine->cores = (size_t)CPU_COUNT(&allowed);
    read_cpu(machine->cpu, sizeof machine->cpu);
    read_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", machine->governor,
              sizeof machine->governor);
    machine->memory_bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < BENCH_CACHES; i++)
        read_cache(machine, i);
    if (machine->caches == 0)
        ask_library(machine);
}

size_t bench_cache_bytes(const bench_machine *machine, unsigned level)
{
    for (size_t i = 0; i < machine->caches; i++)
        if (machine->cache[i].level == level && strcmp(machine->cache[i].type, "Instruction") != 0)
            return machine->cache[i].bytes;
    return 0;
}

const char *bench_build_git(void)
{
    return CPH_GIT;
}

const char *bench_build_compiler(void)
{
#ifdef __clang__
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}

const char *bench_build_flags(void)
{
    return CPH_BUILD_FLAGS;
}
