/* SPDX-License-Identifier: MIT */
/** @file fw_sink.h
 *  Where the parts of the firmware test program put their results. The program runs on the host
 * and, bare, on each emulated target; every line it prints must be the same there (integers) or
 * within a bound (floats). No libc: what a part needs beside the profile is here.
 *
 *  A part is one file, fw_run_PART.c, with one function void fw_run_PART(fw_sink *), and a row in
 *  parts.def. Its data come from fw_random, lie in static or automatic arrays (2 MiB of RAM for all
 *  parts together, 16 KiB of stack), and are the same on all targets. */
#ifndef COPHASE_FIRMWARE_SINK_H
#define COPHASE_FIRMWARE_SINK_H

#ifdef FW_AMALGAM
#include "cophase_fw.h"
#else
#include "cophase/fw.h"
#endif

typedef struct fw_sink {
    void (*put)(char c);      /**< to the console */
    uint32_t (*ticks)(void);  /**< counts instructions up, in ticks; NULL where nothing does */
    uint32_t ticks_mask;      /**< of the counter's bits */
    uint32_t ticks_of_a_call; /**< what an empty bracket counts */
    const char *name;         /**< of the group that is open; NULL: none */
    uint32_t hash, words;     /**< of the group */
    uint32_t state;           /**< of fw_random */
    const char *count_name;
    uint32_t count_items, count_start;
} fw_sink;

/** Closes the group that is open (prints "hash NAME WORDS HASH") and opens the next one: what is
 *  given from here on belongs to it. NAME without spaces, "part/what". fw_random starts anew with
 *  `seed`, which is printed. */
void fw_group(fw_sink *sink, const char *name, uint32_t seed);
void fw_group_end(fw_sink *sink);

/** Results to be equal bit for bit (FNV-1a over their bytes, least significant first). */
void fw_word(fw_sink *sink, uint32_t word);
void fw_words(fw_sink *sink, const uint32_t *word, size_t count);
void fw_halves(fw_sink *sink, const int16_t *half, size_t count);
void fw_bytes(fw_sink *sink, const void *bytes, size_t count);
void fw_status(fw_sink *sink, cph_status status);

/** A result that may differ: prints "float NAME INDEX MANTISSA EXPONENT BOUND..."; `bound` is the
 *  error bound against exact that the function states, so two machines may differ by twice that.
 *  Finite or not must agree. */
void fw_float(fw_sink *sink, float value, float bound);

/** Around one call (nothing else between them): prints "count NAME ITEMS TICKS", from which
 *  the instructions an item come that expected.tsv holds. Where there is no counter, nothing. */
void fw_count_begin(fw_sink *sink, const char *name, size_t items);
void fw_count_end(fw_sink *sink);

/** Uniform 32 bits (xorshift32, Marsaglia 2003). */
uint32_t fw_random(fw_sink *sink);
/** Uniform in [-limit, limit], limit below 2^30. */
int32_t fw_random_within(fw_sink *sink, int32_t limit);

#endif
