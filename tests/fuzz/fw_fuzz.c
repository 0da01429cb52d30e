/* SPDX-License-Identifier: MIT */
/* usage: fw_fuzz [SECONDS [SEED [TURN]]]    Calls every function of the firmware profile with what
 * it may and may not be given, until the time is over; TURN: that one alone. For a build with
 * sanitizers. */
#include "tests/fuzz/fw_fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_BYTES = 1 << 20 };

uint32_t fw_fuzz_random(fw_fuzz *fuzz)
{
    /* splitmix64 */
    uint64_t z = fuzz->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(z >> 32);
}

bool fw_fuzz_chance(fw_fuzz *fuzz, uint32_t count)
{
    return fw_fuzz_random(fuzz) % count == 0;
}

size_t fw_fuzz_size(fw_fuzz *fuzz)
{
    static const size_t odd[] = {0,
                                 1,
                                 256,
                                 257,
                                 4096,
                                 4097,
                                 65535,
                                 65536,
                                 65537,
                                 (size_t)1 << 30,
                                 (size_t)1 << 31,
                                 SIZE_MAX / 8,
                                 SIZE_MAX / 4,
                                 SIZE_MAX / 4 + 2,
                                 SIZE_MAX / 2,
                                 SIZE_MAX - 1,
                                 SIZE_MAX};
    if (fw_fuzz_chance(fuzz, 3))
        return odd[fw_fuzz_random(fuzz) % (sizeof odd / sizeof *odd)];
    return fw_fuzz_random(fuzz) % 80;
}

size_t fw_fuzz_count(fw_fuzz *fuzz, size_t most)
{
    return fw_fuzz_chance(fuzz, 20) ? fw_fuzz_size(fuzz) : 1 + fw_fuzz_random(fuzz) % most;
}

size_t fw_fuzz_stride(fw_fuzz *fuzz, size_t least)
{
    return fw_fuzz_chance(fuzz, 20) ? fw_fuzz_size(fuzz) : least + fw_fuzz_random(fuzz) % 4;
}

size_t fw_fuzz_items(size_t times, size_t ld, size_t columns)
{
    size_t items;
    if (times == 0)
        return 0;
    if (__builtin_mul_overflow(times - 1, ld, &items) ||
        __builtin_add_overflow(items, columns, &items))
        return SIZE_MAX;
    return items;
}

float fw_fuzz_float(fw_fuzz *fuzz)
{
    static const float odd[] = {0.0f, -0.0f, 1e38f, -3e38f, 1e-40f, INFINITY, -INFINITY, NAN};
    if (fw_fuzz_chance(fuzz, 20))
        return odd[fw_fuzz_random(fuzz) % (sizeof odd / sizeof *odd)];
    return ldexpf((float)(int32_t)fw_fuzz_random(fuzz), (int)(fw_fuzz_random(fuzz) % 16) - 38);
}

static _Noreturn void fault(const fw_fuzz *fuzz, const char *name, const char *what)
{
    fprintf(stderr, "fw_fuzz: %s: %s; again: fw_fuzz 1 %llu %llu\n", name, what,
            (unsigned long long)fuzz->seed, (unsigned long long)fuzz->turn);
    abort();
}

void fw_fuzz_watch(fw_fuzz *fuzz)
{
    fw_fuzz_block *const b = &fuzz->block[fuzz->blocks - 1];
    if (b->copy == NULL)
        b->copy = malloc(b->bytes + 1);
    if (b->copy == NULL)
        fault(fuzz, "fw_fuzz", "no memory");
    memcpy(b->copy, b->base + b->offset, b->bytes);
}

/* A block whose last byte is the memory's last; SIZE_MAX items and what no memory has get a few. */
static unsigned char *block(fw_fuzz *fuzz, size_t count, size_t size, size_t offset, bool output)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX)
        bytes = 64;
    else if (bytes > MOST_BYTES) {
        fuzz->skip = true;
        bytes = 64;
    }
    fw_fuzz_block *const b = &fuzz->block[fuzz->blocks];
    if (fuzz->blocks == sizeof fuzz->block / sizeof *fuzz->block)
        fault(fuzz, "fw_fuzz", "a case takes too many blocks");
    unsigned char *const base = malloc(bytes + offset > 0 ? bytes + offset : 1);
    if (base == NULL)
        fault(fuzz, "fw_fuzz", "no memory");
    *b = (fw_fuzz_block){.base = base, .bytes = bytes, .offset = offset};
    for (size_t i = 0; i < bytes; i++)
        base[offset + i] = (unsigned char)fw_fuzz_random(fuzz);
    fuzz->blocks++;
    if (output)
        fw_fuzz_watch(fuzz);
    return base + offset;
}

static void *tricky(fw_fuzz *fuzz, size_t count, size_t size, size_t align, bool output)
{
    if (fw_fuzz_chance(fuzz, 60)) {
        fuzz->refuse = true;
        return NULL;
    }
    size_t offset = 0;
    if (align > 1 && fw_fuzz_chance(fuzz, 60)) {
        fuzz->refuse = true;
        offset = align / 2;
    }
    return block(fuzz, count, size, offset, output);
}

void *fw_fuzz_in(fw_fuzz *fuzz, size_t count, size_t size, size_t align)
{
    return tricky(fuzz, count, size, align, false);
}

void *fw_fuzz_out(fw_fuzz *fuzz, size_t count, size_t size, size_t align)
{
    return tricky(fuzz, count, size, align, true);
}

void *fw_fuzz_plain(fw_fuzz *fuzz, size_t count, size_t size)
{
    return block(fuzz, count, size, 0, false);
}

void *fw_fuzz_floats(fw_fuzz *fuzz, size_t count, bool output)
{
    float *const x = tricky(fuzz, count, sizeof *x, 1, output);
    const bool wild = fw_fuzz_chance(fuzz, 10);
    if (x == NULL)
        return NULL;
    const fw_fuzz_block *const b = &fuzz->block[fuzz->blocks - 1];
    for (size_t i = 0; i < b->bytes / sizeof *x; i++)
        x[i] = wild ? fw_fuzz_float(fuzz) : (float)(int16_t)fw_fuzz_random(fuzz) * 0x1p-10f;
    if (output)
        fw_fuzz_watch(fuzz);
    return x;
}

void fw_fuzz_drop(fw_fuzz *fuzz)
{
    for (size_t i = 0; i < fuzz->blocks; i++) {
        free(fuzz->block[i].base);
        free(fuzz->block[i].copy);
    }
    fuzz->blocks = 0;
}

void fw_fuzz_end(fw_fuzz *fuzz, const char *name, cph_status status)
{
    if (status > CPH_OK || status < CPH_ERR_INTERRUPTED)
        fault(fuzz, name, "returned what is no status");
    if (status == CPH_OK && fuzz->refuse)
        fault(fuzz, name, "took what it must refuse");
    for (size_t i = 0; i < fuzz->blocks && status != CPH_OK; i++) {
        const fw_fuzz_block *const b = &fuzz->block[i];
        if (b->copy != NULL && memcmp(b->copy, b->base + b->offset, b->bytes) != 0)
            fault(fuzz, name, "refused, and changed an output");
    }
    fw_fuzz_drop(fuzz);
}

static void turn(uint64_t seed, uint64_t number)
{
    fw_fuzz fuzz = {.seed = seed, .turn = number, .state = seed * 0x100000001b3u + number};
    size_t samples = 0, beams = 0;
    while (fw_fuzz_samples[samples].name != NULL)
        samples++;
    while (fw_fuzz_beams[beams].name != NULL)
        beams++;
    if (samples + beams == 0)
        fault(&fuzz, "fw_fuzz", "no cases");
    const size_t i = fw_fuzz_random(&fuzz) % (samples + beams);
    const fw_fuzz_case *const c = i < samples ? &fw_fuzz_samples[i] : &fw_fuzz_beams[i - samples];
    c->run(&fuzz, c->name);
    fw_fuzz_drop(&fuzz);
}

int main(int argc, char **argv)
{
    const double seconds = argc > 1 ? strtod(argv[1], NULL) : 60.0;
    const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    struct timespec start, now;
    uint64_t turns = 0;
    printf("fw_fuzz: seed %llu, %g s\n", (unsigned long long)seed, seconds);
    fflush(stdout);
    if (argc > 3) {
        turn(seed, strtoull(argv[3], NULL, 10));
        return 0;
    }
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        for (size_t i = 0; i < 1000; i++)
            turn(seed, turns++);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((double)(now.tv_sec - start.tv_sec) + 1e-9 * (double)(now.tv_nsec - start.tv_nsec) <
             seconds);
    printf("fw_fuzz: %llu calls, all as promised\n", (unsigned long long)turns);
    return 0;
}
