/* SPDX-License-Identifier: MIT */
/** @file picture.h
 *  `cophase plot`: pictures of what a file holds. */
#ifndef CPH_CLI_PICTURE_H
#define CPH_CLI_PICTURE_H

#include "cli/input.h"
#include "cli/json.h"

typedef enum cph_picture_kind {
    CPH_PICTURE_EIGENVALUES,
    CPH_PICTURE_WATERFALL,
    CPH_PICTURE_GAINS,
    CPH_PICTURE_ERRORS,
    CPH_PICTURE_ARRAY,
    CPH_PICTURE_BASELINES,
    CPH_PICTURE_SKY,
    CPH_PICTURE_TRACK_GAIN,
    CPH_PICTURE_TRACK_NULLS,
    CPH_PICTURE_KINDS
} cph_picture_kind;

enum { CPH_PICTURE_ROWS = 480 };

typedef struct cph_picture_options {
    cph_cli cli;
    cph_picture_kind kind;
    bool has_kind;        /**< --kind was given */
    size_t time, channel; /**< eigenvalues, gains, errors; track-nulls: the column */
    bool stacked;         /**< gains */
    size_t rows;          /**< waterfall: at most so many */
    bool has_across;      /**< --across was given */
    bool by_element;      /**< waterfall: of elements, where there are several channels, too */
} cph_picture_options;

/** Draws cli.output, puts what is in it into the object, and text lines, unless --json, to stdout.
 */
typedef cph_exit cph_picture_draw(const cph_picture_options *o, const cph_input *input,
                                  json_t *object);
cph_picture_draw cph_picture_eigenvalues;
cph_picture_draw cph_picture_waterfall;
cph_picture_draw cph_picture_gains;
cph_picture_draw cph_picture_errors;
cph_picture_draw cph_picture_array;
cph_picture_draw cph_picture_baselines;

/** The same of files that are no cph_input: opens cli.input itself. */
typedef cph_exit cph_picture_draw_file(const cph_picture_options *o, json_t *object);
cph_picture_draw_file cph_picture_sky;
cph_picture_draw_file cph_picture_track_gain;
cph_picture_draw_file cph_picture_track_nulls;

/** cph_picture_sky of a pointing table (picture_pointing.c). */
cph_picture_draw_file cph_picture_pointing;

/** The name of the input without its folders. */
const char *cph_picture_subject(const cph_picture_options *o);

#endif
