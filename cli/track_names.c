/* SPDX-License-Identifier: MIT */
/* Which nulls a run has: names of tables, and captures with the waves that they show. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"
#include "cli/track_scene.h"
#include "cli/track_table.h"

static cph_status name_taken(const cph_track_scene *scene, size_t capture, double freq_hz,
                             size_t other, cph_error *error)
{
    const char *const *const path = scene->options->null.capture;
    return cph_fail(error, CPH_ERR_ARGUMENT, "--jammer-capture: both %s and %s are at %.6g GHz",
                    path[other], path[capture], freq_hz * 1e-9);
}

/* The channel next to a frequency. */
static double nearest_of(const cph_data_header *header, double freq_hz)
{
    double nearest = NAN;
    for (size_t c = 0; c < header->channels; c++)
        if (!(fabs(header->channel_freq_hz[c] - freq_hz) >= fabs(nearest - freq_hz)))
            nearest = header->channel_freq_hz[c];
    return nearest;
}

/* Columns whose frequency is in the capture's band. */
static cph_status give_columns(cph_track_scene *scene, size_t capture,
                               const cph_data_header *header, const char *path, cph_error *error)
{
    size_t given = 0;
    for (size_t k = 0; k < scene->columns; k++) {
        cph_track_column *const column = &scene->column[k];
        const double off = fabs(nearest_of(header, column->freq_hz) - column->freq_hz);
        const double most = fmax(0.5 * header->sample_rate_hz, 1e-6 * column->freq_hz);
        if (column->path != CPH_GAIN_RECEIVE || !(off <= most))
            continue;
        if (column->capture != SIZE_MAX)
            return name_taken(scene, capture, column->freq_hz, column->capture, error);
        column->capture = capture;
        given++;
    }
    return given > 0
               ? CPH_OK
               : cph_fail(error, CPH_ERR_FORMAT, "%s: at %.6g GHz, expected a frequency of --freq",
                          path, nearest_of(header, scene->column[0].freq_hz) * 1e-9);
}

static cph_status find_columns(cph_track_scene *scene, size_t capture, cph_error *error)
{
    const char *const path = scene->options->null.capture[capture];
    cph_data *data = NULL;
    cph_status status = cph_data_open(path, NULL, &data, error);
    if (status != CPH_OK)
        return status;
    const cph_data_header *const header = cph_data_header_of(data);
    if (header->kind != CPH_KIND_CAPTURE)
        status = cph_fail(error, CPH_ERR_FORMAT, "%s: a file of kind %s, expected a capture", path,
                          cph_kind_name(header->kind));
    else
        status = give_columns(scene, capture, header, path, error);
    cph_data_close(data);
    return status;
}

/* Elements whose samples are next to nothing that was received. */
static void say_clipped(const cph_track_options *o, const cph_track_waves_count *count,
                        const char *path)
{
    char list[CPH_TRACK_CLIPPED_NAMED * 24] = "";
    size_t used = 0;
    for (size_t i = 0; i < count->limited && i < CPH_TRACK_CLIPPED_NAMED; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%zu", i > 0 ? ", " : "",
                                 count->limited_first[i]);
    if (count->limited > 0 && !o->cli.quiet)
        (void)cph_report_line(o->cli.name, CPH_EXIT_DONE,
                              "%s: %zu live elements (%s%s) are at full scale in most snapshots: "
                              "expected lower samples, as clipping looks like jammers",
                              path, count->limited, list,
                              count->limited > CPH_TRACK_CLIPPED_NAMED ? ", ..." : "");
}

static cph_status open_capture(cph_track_scene *scene, size_t capture, cph_error *error)
{
    const cph_track_options *const o = scene->options;
    size_t k = 0;
    const cph_status status = find_columns(scene, capture, error);
    if (status != CPH_OK)
        return status;
    while (scene->column[k].capture != capture)
        k++;
    const cph_track_column *const column = &scene->column[k];
    const cph_track_waves_config config = {.path = o->null.capture[capture],
                                           .array = o->array,
                                           .elements = scene->elements,
                                           .position = scene->position,
                                           .freq_hz = column->freq_hz,
                                           .gain = column->subject.gain,
                                           .flag = column->subject.flag,
                                           .attitude = &scene->attitude,
                                           .beam_rad = column->width_rad};
    const cph_status opened = cph_track_waves_open(&config, &scene->capture[capture].waves, error);
    if (opened == CPH_OK)
        say_clipped(o, cph_track_waves_counts(scene->capture[capture].waves), config.path);
    return opened;
}

/* One for each receive column: gains, and so vectors, differ by frequency. */
static cph_status open_captures(cph_track_scene *scene, cph_error *error)
{
    const cph_track_options *const o = scene->options;
    cph_status status = CPH_OK;
    for (size_t k = 0; k < scene->columns; k++)
        scene->column[k].capture = SIZE_MAX;
    for (size_t i = 0; status == CPH_OK && i < o->null.captures; i++) {
        scene->captures = i + 1;
        status = open_capture(scene, i, error);
    }
    for (size_t k = 0; status == CPH_OK && o->null.captures > 0 && k < scene->columns; k++)
        if (scene->column[k].path == CPH_GAIN_RECEIVE && scene->column[k].capture == SIZE_MAX)
            status = cph_fail(error, CPH_ERR_ARGUMENT,
                              "no --jammer-capture at %.6g GHz: expected one for each receive "
                              "frequency, as gains differ",
                              scene->column[k].freq_hz * 1e-9);
    return status;
}

static size_t waves_of(const cph_track_scene *scene)
{
    size_t waves = 0;
    for (size_t i = 0; i < scene->captures; i++)
        waves += cph_track_waves_counts(scene->capture[i].waves)->waves;
    return waves;
}

static void name_waves(cph_track_scene *scene)
{
    size_t place = scene->first[CPH_TRACK_WAVE];
    for (size_t i = 0; i < scene->captures; i++) {
        cph_track_waves *const waves = scene->capture[i].waves;
        scene->capture[i].first = place;
        for (size_t k = 0; k < cph_track_waves_counts(waves)->waves; k++, place++)
            if (scene->captures == 1)
                (void)snprintf(scene->null[place], CPH_TRACK_NAME_SIZE, "wave %zu", k + 1);
            else
                (void)snprintf(scene->null[place], CPH_TRACK_NAME_SIZE, "wave %zu at %.6g GHz",
                               k + 1, cph_track_waves_config_of(waves)->freq_hz * 1e-9);
    }
}

/* How many places there are of each kind. */
static cph_status count_places(cph_track_scene *scene, cph_pointing *const *table, cph_error *error)
{
    size_t count[CPH_TRACK_NULL_KINDS] = {
        [CPH_TRACK_FIXED] = scene->options->null.fixed.count, [CPH_TRACK_WAVE] = waves_of(scene)};
    for (int kind = 0; kind < CPH_TRACK_NULL_KINDS; kind++) {
        if (table[kind] != NULL)
            count[kind] = cph_pointing_satellites(table[kind]);
        if (count[kind] > CPH_TRACK_NAMES_MAX)
            return cph_fail(error, CPH_ERR_FORMAT, "%s: %zu jammers, expected at most %d",
                            cph_track_table_of(scene, kind), count[kind], (int)CPH_TRACK_NAMES_MAX);
        scene->first[kind + 1] = scene->first[kind] + count[kind];
    }
    scene->places = scene->first[CPH_TRACK_NULL_KINDS];
    scene->nulls =
        scene->options->null.truth != NULL ? scene->first[CPH_TRACK_WAVE] : scene->places;
    scene->null = calloc(scene->places + 1, sizeof *scene->null);
    return scene->null != NULL ? CPH_OK : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
}

static void name_places(cph_track_scene *scene, cph_pointing *const *table)
{
    for (int kind = 0; kind < CPH_TRACK_WAVE; kind++)
        for (size_t j = scene->first[kind]; j < scene->first[kind + 1]; j++) {
            const size_t at = j - scene->first[kind];
            strncpy(scene->null[j],
                    kind == CPH_TRACK_FIXED ? scene->options->null.fixed.item[at].text
                                            : cph_pointing_name(table[kind], (uint32_t)at),
                    CPH_TRACK_NAME_SIZE - 1);
        }
    name_waves(scene);
}

cph_status cph_track_nulls_name(cph_track_scene *scene, cph_error *error)
{
    cph_pointing *table[CPH_TRACK_NULL_KINDS] = {NULL};
    cph_status status = open_captures(scene, error);
    for (int kind = 0; status == CPH_OK && kind < CPH_TRACK_NULL_KINDS; kind++)
        if (cph_track_table_of(scene, kind) != NULL)
            status = cph_track_table_survey(cph_track_table_of(scene, kind), &table[kind], error);
    if (status == CPH_OK)
        status = count_places(scene, table, error);
    if (status == CPH_OK)
        name_places(scene, table);
    for (int kind = 0; kind < CPH_TRACK_NULL_KINDS; kind++)
        cph_pointing_close(table[kind]);
    return status;
}
