/* SPDX-License-Identifier: MIT */
/** @file wisdom.h
 *  FFTW's wisdom in the user's cache, $XDG_CACHE_HOME/cophase/fftw-wisdom or that of ~/.cache:
 * plans that were found by trial once are made at once later. */
#ifndef CPH_CLI_WISDOM_H
#define CPH_CLI_WISDOM_H

#include "cli/options.h"

/** What the cache held, on the heap, for cph_wisdom_keep. A file that holds no wisdom is said
 *  (unless --quiet) and passed over; none is none. */
char *cph_wisdom_recall(const cph_cli *cli);

/** Keeps what is known now, where that is more than `held` (freed). A cache that cannot be written
 *  is none. */
void cph_wisdom_keep(char *held);

#endif
