/* SPDX-License-Identifier: MIT */
/** @file calibrate_grid.h
 *  --time --channels --solution-interval --flag-interference of `cophase calibrate`: what each
 * solution is made of. */
#ifndef CPH_CLI_CALIBRATE_GRID_H
#define CPH_CLI_CALIBRATE_GRID_H

#include <argp.h>

#include "cli/input.h"

struct cph_calibrate_options;

typedef struct cph_grid_choice {
    cph_ranges time, channel; /**< empty: all */
    size_t dumps;             /**< --solution-interval N; 0: not given */
    double seconds;           /**< --solution-interval TIME; 0: not given */
    double threshold;         /**< --flag-interference, standard deviations; 0: not given */
} cph_grid_choice;

/** Times and channels that are solved for. Zero-initialise; free with cph_calibrate_grid_free. */
typedef struct cph_calibrate_grid {
    size_t times, channels;
    size_t *channel; /**< [channels] of the input */
    size_t items;
    size_t *item;        /**< [items] dumps in order */
    size_t *first;       /**< [times + 1] solution t takes items first[t] up to first[t + 1]; of a
                              capture: samples from first[t] up to first[t + 1] */
    bool samples;        /**< of a capture */
    unsigned char *skip; /**< [selections][items][channels] dumps with interference; NULL: none was
                              looked for */
    size_t skipped;      /**< of them */
} cph_calibrate_grid;

/** Its input is the verb's cph_calibrate_options. */
extern const struct argp cph_argp_calibrate_grid;
void cph_grid_choice_free(cph_grid_choice *choice);

/** What the choice makes of an input; says what is wrong. */
cph_exit cph_calibrate_grid_make(const struct cph_calibrate_options *options,
                                 const cph_input *input, cph_calibrate_grid *grid);
void cph_calibrate_grid_free(cph_calibrate_grid *grid);

/** The mean covariance of solution `time`, whose time is the middle of what it is made of and whose
 *  samples are those of all its dumps (`samples` a dump, or 0: what the input says). Dumps with
 *  interference are not among them, unless all are: then *spoilt is true. */
cph_exit cph_calibrate_grid_read(const cph_calibrate_grid *grid, const cph_input *input,
                                 const cph_selection *selection, size_t time, size_t channel,
                                 double samples, cph_dump *dump, bool *spoilt);

/** The number that a solution is told by: its first dump, or its place among a capture's. */
size_t cph_calibrate_grid_number(const cph_calibrate_grid *grid, size_t time);

#endif
