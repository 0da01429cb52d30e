/* SPDX-License-Identifier: MIT */
/** @file dumps.h
 *  The covariances of a capture's range, dump after dump, all channels in one pass over the file
 *  where --max-memory holds their sums. */
#ifndef CPH_CLI_DUMPS_H
#define CPH_CLI_DUMPS_H

#include "cli/input.h"
#include "cophase/data_write.h"

typedef struct cph_dumps {
    const cph_input *input;
    const cph_selection *selection;
    size_t count;        /**< dumps */
    const size_t *range; /**< [count][2] the samples of each, from and to, rising */
} cph_dumps;

/** Whether `recorded` of the `length` times of a dump make one: half of them; of no length, any. */
bool cph_dumps_enough(size_t length, size_t recorded);

/** The same of a capture that is followed, as it comes: dumps of `length` times on a grid from the
 *  range's start on, those that are whole and of which at least half was recorded; 0: all that
 * comes as one dump. The writer's header has no times; count and range of *dumps are not used. */
cph_exit cph_dumps_follow(const cph_dumps *dumps, size_t length, cph_writer *writer, double *least);

/** Puts the dumps that the writer does not hold yet, of every channel, into it, in units of the
 *  signal; stops at SIGINT, dumps put so far being whole. *least becomes the samples recorded in
 * the dump with the fewest, of those the writer held too. */
cph_exit cph_dumps_put(const cph_dumps *dumps, cph_writer *writer, double *least);

#endif
