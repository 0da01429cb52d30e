/* SPDX-License-Identifier: MIT */
/** @file fw_fuzz.h
 *  Calls of the firmware profile with random sizes, pointers and contents. A case takes sizes and
 *  memory from here, calls one function, and hands its status back: on an error no output may have
 *  changed, and what had to be refused must have been. Blocks end where they should, so that the
 *  address sanitizer sees what goes beyond. */
#ifndef CPH_TESTS_FW_FUZZ_H
#define CPH_TESTS_FW_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cophase/types.h"

typedef struct fw_fuzz_block {
    unsigned char *base, *copy; /* copy: of an output before the call, else NULL */
    size_t bytes, offset;
} fw_fuzz_block;

typedef struct fw_fuzz {
    uint64_t seed, turn, state;
    fw_fuzz_block block[16];
    size_t blocks;
    bool refuse; /* something that was handed out must be refused */
    bool skip;   /* a call that could be right needs more memory than there is to spend */
} fw_fuzz;

typedef struct fw_fuzz_case {
    const char *name;
    void (*run)(fw_fuzz *fuzz, const char *name);
} fw_fuzz_case;

/* Ended by a row without name. */
extern const fw_fuzz_case fw_fuzz_samples[], fw_fuzz_beams[];

uint32_t fw_fuzz_random(fw_fuzz *fuzz);
/** One in `count`. */
bool fw_fuzz_chance(fw_fuzz *fuzz, uint32_t count);
/** Mostly small, now and then 0, a limit or near SIZE_MAX. */
size_t fw_fuzz_size(fw_fuzz *fuzz);
/** From 1 to most, but one in twenty any size. */
size_t fw_fuzz_count(fw_fuzz *fuzz, size_t most);
/** A stride that is mostly `least` or a little more. */
size_t fw_fuzz_stride(fw_fuzz *fuzz, size_t least);
/** Items of a matrix of `times` rows of `columns`, ld apart; SIZE_MAX: no memory has so many. */
size_t fw_fuzz_items(size_t times, size_t ld, size_t columns);
/** A float: mostly of moderate size, now and then 0, huge, tiny, infinite or NaN. */
float fw_fuzz_float(fw_fuzz *fuzz);

/** Random bytes for `count` items of `size` bytes; now and then NULL, or off by one or two bytes
 *  where `align` is above 1: both must be refused. */
void *fw_fuzz_in(fw_fuzz *fuzz, size_t count, size_t size, size_t align);
/** The same, to be unchanged on an error. */
void *fw_fuzz_out(fw_fuzz *fuzz, size_t count, size_t size, size_t align);
/** Without the tricks, for what a plan holds. */
void *fw_fuzz_plain(fw_fuzz *fuzz, size_t count, size_t size);
/** From now on the last block is an output, as it is. */
void fw_fuzz_watch(fw_fuzz *fuzz);
/** Random floats, finite but for one block in ten. */
void *fw_fuzz_floats(fw_fuzz *fuzz, size_t count, bool output);

/** Ends a case: looks at what was promised, and frees the blocks. */
void fw_fuzz_end(fw_fuzz *fuzz, const char *name, cph_status status);
/** Ends one that was skipped. */
void fw_fuzz_drop(fw_fuzz *fuzz);

#endif
