/* SPDX-License-Identifier: MIT */
/** @file track_null_options.h
 *  Nulls of a run that tracks, as an argp child: --null --null-width --jammers --jammer-inr
 *  --jammer-capture --jammer-truth. Its input is a cph_track_null_options of its own, which the
 * verb hands over after cph_cli_children. */
#ifndef CPH_CLI_TRACK_NULL_OPTIONS_H
#define CPH_CLI_TRACK_NULL_OPTIONS_H

#include "cli/options.h"

enum { CPH_TRACK_CAPTURES_MAX = 64 };

typedef struct cph_track_null_options {
    cph_directions fixed; /**< --null */
    double width;         /**< radians */
    const char *jammers;  /**< pointing table, or NULL */
    double inr;           /**< of each null's jammer, linear; of learned ones what was learned */
    size_t captures;
    const char *capture[CPH_TRACK_CAPTURES_MAX]; /**< jammers are learned from */
    const char *truth; /**< pointing table: where the captures' jammers are; or NULL */
} cph_track_null_options;

extern const struct argp cph_argp_track_nulls;

/** Whether there may be nulls. */
bool cph_track_null_asked(const cph_track_null_options *options);

void cph_track_null_options_free(cph_track_null_options *options);

#endif
