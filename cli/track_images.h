/* SPDX-License-Identifier: MIT */
/** @file track_images.h
 *  What `track --images` writes: images for chips through the export of beams, and schedule.csv,
 * which says when which beam of which is recalled. */
#ifndef CPH_CLI_TRACK_IMAGES_H
#define CPH_CLI_TRACK_IMAGES_H

#include "cli/export.h"
#include "cli/folder_output.h"
#include "cli/text_output.h"
#include "cli/track_bench.h"

enum { CPH_TRACK_IMAGE_NAME = 96 };

/** Beams of a column that wait for their image. */
typedef struct cph_track_roll {
    cph_weights weights; /**< [most beams] */
    bool made, started, full;
    int64_t slot;
    size_t part, count; /**< of the slot's images; beams that wait */
} cph_track_roll;

struct cph_track_images {
    const cph_track_scene *scene;
    cph_export_options export;
    size_t most, images;  /**< beams of an image; images written */
    size_t *index;        /**< [most] 0, 1, 2.. */
    cph_track_roll *roll; /**< [columns]; NULL: no images are asked for */
    cph_folder_output folder;
    cph_text_output table;
    bool open;
};

cph_status cph_track_images_make(const cph_track_scene *scene, cph_track_images *images,
                                 cph_error *error);
/** What is not finished is removed, all of the folder. */
void cph_track_images_free(cph_track_images *images);
/** A beam of column k, as the row says. */
cph_status cph_track_images_add(cph_track_images *images, size_t k, const cph_c32 *weights,
                                const cph_track_row *row, cph_error *error);
/** Writes what waits. */
cph_status cph_track_images_finish(cph_track_images *images, cph_error *error);
/** Gives the folder its name. */
cph_status cph_track_images_commit(cph_track_images *images, cph_error *error);

#endif
