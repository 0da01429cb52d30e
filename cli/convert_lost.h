/* SPDX-License-Identifier: MIT */
/** @file convert_lost.h
 *  Times of floats at which all elements are NaN, so that nothing was recorded: of integers a gap.
 */
#ifndef CPH_CLI_CONVERT_LOST_H
#define CPH_CLI_CONVERT_LOST_H

#include "cli/input.h"

/** Begins as {0}. Free in every case. */
typedef struct cph_lost {
    cph_data_range *range; /**< [ranges] as cph_data_leave_out takes them */
    size_t ranges, room;
    size_t times; /**< of all ranges */
} cph_lost;

/** Notes those of a block of floats of all of the header's channels; blocks come in order. FORMAT
 *  for a time that was lost in some channels alone, MEMORY. */
CPH_MUST_CHECK cph_status cph_lost_note(cph_lost *lost, const cph_data_header *header,
                                        const cph_block *block, size_t elements, cph_error *error);
/** Fails: floats of `path` that were lost have no integers; what else is to be done follows --type
 *  c32. FORMAT. */
CPH_MUST_CHECK cph_status cph_lost_refuse(const char *path, const char *advice, cph_error *error);

/** Leaves them out of the input: as gaps. */
cph_exit cph_lost_leave_out(const cph_lost *lost, cph_input *input);
void cph_lost_free(cph_lost *lost);

#endif
