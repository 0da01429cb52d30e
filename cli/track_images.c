/* SPDX-License-Identifier: MIT */
/* Beams as images for chips: of each slot and column one, or several where their memory is small,
 * and a table of which beam is recalled when. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/track_images.h"

static size_t most_beams(const cph_export_options *options)
{
    return cph_export_layout(options) == CPH_FW_LAYOUT_ADAR300X ? 64 : 121;
}

static cph_status make_roll(const cph_track_scene *scene, size_t k, size_t beams,
                            cph_track_roll *roll, cph_error *error)
{
    const cph_status status = cph_weights_create(scene->array, beams, 1, &roll->weights);
    if (status != CPH_OK)
        return cph_fail(error, status, "images: %s", cph_status_name(status));
    roll->made = true;
    roll->weights.path = scene->column[k].path;
    roll->weights.channel_freq_hz[0] = scene->column[k].freq_hz;
    return CPH_OK;
}

static cph_status open_table(cph_track_images *images, cph_error *error)
{
    char *const path = cph_folder_inside(&images->folder, "schedule.csv");
    if (path == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    const cph_status status = cph_text_open(&images->table, path, NULL, error);
    free(path);
    if (status != CPH_OK)
        return status;
    images->open = true;
    fputs("time_unix_s,end_unix_s,slot,standby,path,freq_hz,file,beam\n", images->table.file);
    return CPH_OK;
}

cph_status cph_track_images_make(const cph_track_scene *scene, cph_track_images *images,
                                 cph_error *error)
{
    const cph_track_options *const o = scene->options;
    *images = (cph_track_images){.scene = scene};
    if (o->images == NULL)
        return CPH_OK;
    cph_status status = cph_folder_open(&images->folder, o->images, error);
    if (status != CPH_OK)
        return status;
    images->export = (cph_export_options){.format = o->target_format, .image = cph_track_image(o)};
    images->export.cli.name = o->cli.name;
    images->export.cli.input = o->cli.input;
    images->most = most_beams(&images->export);
    images->roll = calloc(scene->columns, sizeof *images->roll);
    images->index = calloc(images->most, sizeof *images->index);
    if (images->roll == NULL || images->index == NULL) {
        (void)cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        return CPH_ERR_MEMORY;
    }
    for (size_t i = 0; i < images->most; i++)
        images->index[i] = i;
    for (size_t k = 0; status == CPH_OK && k < scene->columns; k++)
        status = make_roll(scene, k, images->most, &images->roll[k], error);
    return status == CPH_OK ? open_table(images, error) : status;
}

void cph_track_images_free(cph_track_images *images)
{
    for (size_t k = 0; images->roll != NULL && k < images->scene->columns; k++)
        if (images->roll[k].made)
            cph_weights_free(&images->roll[k].weights);
    free(images->roll);
    free(images->index);
    if (images->open)
        cph_text_drop(&images->table);
    images->open = false;
    cph_folder_drop(&images->folder);
}

/* slot119695200-receive0-1.img: the column's beams of a slot, the second lot of them. */
static void name_image(const cph_track_images *images, size_t k, char name[CPH_TRACK_IMAGE_NAME])
{
    const cph_track_roll *const roll = &images->roll[k];
    snprintf(name, CPH_TRACK_IMAGE_NAME, "slot%" PRId64 "-%s%zu-%zu.img", roll->slot,
             cph_gain_path_name(images->scene->column[k].path), k, roll->part);
}

static cph_status write_image(cph_track_images *images, size_t k, cph_error *error)
{
    cph_track_roll *const roll = &images->roll[k];
    const cph_export_beams beams = {
        .weights = &roll->weights, .index = images->index, .count = roll->count};
    char name[CPH_TRACK_IMAGE_NAME];
    cph_text_output output;
    cph_exported done = {.rows = 0};
    if (roll->count == 0)
        return CPH_OK;
    name_image(images, k, name);
    char *const path = cph_folder_inside(&images->folder, name);
    if (path == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_status status = cph_text_open(&output, path, NULL, error);
    free(path);
    if (status != CPH_OK)
        return status;
    status = cph_export_image(&images->export, &beams, output.file, &done, error);
    free(done.beam);
    if (status == CPH_OK)
        status = cph_text_commit(&output, error);
    else
        cph_text_drop(&output);
    images->images++;
    roll->count = 0;
    return status;
}

cph_status cph_track_images_add(cph_track_images *images, size_t k, const cph_c32 *weights,
                                const cph_track_row *row, cph_error *error)
{
    if (images->roll == NULL)
        return CPH_OK;
    cph_track_roll *const roll = &images->roll[k];
    const size_t n = images->scene->elements;
    const bool fresh = roll->slot != row->slot || !roll->started;
    cph_status status = CPH_OK;
    if (fresh || roll->count == images->most)
        status = write_image(images, k, error);
    if (status != CPH_OK)
        return status;
    roll->part = fresh ? 0 : roll->part + (roll->full ? 1 : 0);
    roll->started = true;
    roll->slot = row->slot;
    memcpy(roll->weights.weights + roll->count * n, weights, n * sizeof *weights);
    memcpy(roll->weights.direction + 3 * roll->count, row->direction, sizeof row->direction);
    char name[CPH_TRACK_IMAGE_NAME];
    name_image(images, k, name);
    fprintf(images->table.file, "%.6f,%.6f,%" PRId64 ",%u,%s,%.17g,%s,%zu\n", row->time_unix_s,
            row->end_unix_s, row->slot, row->standby,
            cph_gain_path_name(images->scene->column[k].path), images->scene->column[k].freq_hz,
            name, roll->count);
    roll->count++;
    roll->full = roll->count == images->most;
    return CPH_OK;
}

cph_status cph_track_images_finish(cph_track_images *images, cph_error *error)
{
    cph_status status = CPH_OK;
    if (images->roll == NULL)
        return CPH_OK;
    for (size_t k = 0; status == CPH_OK && k < images->scene->columns; k++)
        status = write_image(images, k, error);
    if (status != CPH_OK)
        return status;
    images->open = false;
    return cph_text_commit(&images->table, error);
}

cph_status cph_track_images_commit(cph_track_images *images, cph_error *error)
{
    return images->roll != NULL ? cph_folder_commit(&images->folder, error) : CPH_OK;
}
