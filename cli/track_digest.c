/* SPDX-License-Identifier: MIT */
#include "cli/track_digest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/progress.h"

/* ---- what all rows share ---- */

static cph_status make_scene(cph_track_digest *d, const cph_track_log *log, cph_error *error)
{
    cph_track_scene *const scene = &d->scene;
    d->options.schedule = log->schedule;
    scene->options = &d->options;
    scene->columns = log->columns;
    scene->nulls = log->nulls;
    scene->places = log->nulls;
    scene->array = &cph_track_reader_header(d->reader)->array;
    scene->elements = scene->array->elements;
    scene->column = calloc(log->columns, sizeof *scene->column);
    scene->null = calloc(log->nulls + 1, sizeof *scene->null);
    if (scene->column == NULL || scene->null == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t k = 0; k < log->columns; k++) {
        scene->column[k].path = log->path[k];
        scene->column[k].freq_hz = log->freq_hz[k];
    }
    for (size_t j = 0; j < log->nulls; j++)
        memcpy(scene->null[j], log->null[j], sizeof scene->null[j]);
    return CPH_OK;
}

static cph_status make_names(cph_track_digest *d, const cph_track_log *log, cph_error *error)
{
    const size_t count = log->satellites;
    cph_track_summary *const s = &d->summary;
    s->name = calloc(count + 1, sizeof *s->name);
    d->served_s = calloc(count + 1, sizeof *d->served_s);
    d->highest_deg = calloc(count + 1, sizeof *d->highest_deg);
    d->first_unix_s = calloc(count + 1, sizeof *d->first_unix_s);
    if (s->name == NULL || d->served_s == NULL || d->highest_deg == NULL || d->first_unix_s == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++) {
        strncpy(s->name[i], log->name[i], CPH_POINTING_NAME_SIZE - 1);
        d->highest_deg[i] = d->first_unix_s[i] = NAN;
    }
    s->satellites = count;
    return CPH_OK;
}

/* ---- rows and pieces ---- */

static void add_row(cph_track_digest *d, const cph_track_row *row)
{
    cph_track_summary *const s = &d->summary;
    const double length = row->end_unix_s - row->time_unix_s;
    cph_track_summary_row(s, row);
    s->interval_s[0] = fmin(s->interval_s[0], length);
    s->interval_s[1] = fmax(s->interval_s[1], length);
    if (row->standby == 0 && row->satellite < s->satellites)
        d->highest_deg[row->satellite] = fmax(d->highest_deg[row->satellite], row->el_deg);
}

static void add_piece(cph_track_digest *d, const cph_schedule_piece *piece, uint32_t before)
{
    cph_track_summary_piece(&d->summary, piece, before);
    if (piece->satellite >= d->summary.satellites)
        return;
    d->served_s[piece->satellite] += piece->end_unix_s - piece->start_unix_s;
    d->first_unix_s[piece->satellite] =
        fmin(d->first_unix_s[piece->satellite], piece->start_unix_s);
}

static cph_status read_rows(cph_track_digest *d, cph_error *error)
{
    cph_track_row row;
    cph_status status = CPH_OK;
    for (bool more = true; status == CPH_OK && more;) {
        status = cph_track_reader_next(d->reader, &row, &more, error);
        if (status == CPH_OK && more)
            add_row(d, &row);
        if (status == CPH_OK && cph_interrupted())
            status = cph_fail(error, CPH_ERR_INTERRUPTED, "interrupted");
    }
    return status;
}

static cph_status read_pieces(cph_track_digest *d, cph_error *error)
{
    const cph_schedule_config *const c = &d->options.schedule;
    static const double rounding = 1e-6; /* of a slot */
    cph_schedule_piece piece = {.end_unix_s = NAN};
    cph_status status = CPH_OK;
    uint32_t before = CPH_SCHEDULE_NONE;
    int64_t slot = 0, first = 0;
    bool any = false;
    for (bool more = true; status == CPH_OK && more;) {
        status = cph_track_reader_piece(d->reader, &slot, &piece, &more, error);
        if (status != CPH_OK || !more)
            break;
        add_piece(d, &piece, before);
        before = piece.satellite;
        first = any ? first : slot;
        any = true;
    }
    /* a gap of several slots is one piece */
    const double end = ceil((piece.end_unix_s - c->slot_start_s) / c->slot_s - rounding);
    if (any && end > (double)first && end - (double)first < 1e15)
        d->summary.slots = (uint64_t)(end - (double)first);
    return status;
}

static cph_status read_all(cph_track_digest *d, cph_error *error)
{
    const cph_track_log *const log = cph_track_reader_log(d->reader);
    cph_status status = make_scene(d, log, error);
    if (status == CPH_OK)
        status = cph_track_summary_make(&d->scene, &d->summary, error);
    d->summary.logged = true;
    d->summary.null_column = d->null_column;
    if (status == CPH_OK)
        status = make_names(d, log, error);
    if (status == CPH_OK)
        status = read_pieces(d, error);
    if (status == CPH_OK)
        status = read_rows(d, error);
    return status;
}

cph_exit cph_track_digest_read(const cph_cli *cli, size_t null_column, cph_track_digest *digest)
{
    cph_error error = {.status = CPH_OK};
    *digest = (cph_track_digest){.options = {.cli = *cli}};
    if (cph_track_reader_open(cli->input, &digest->reader, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    const size_t columns = cph_track_reader_log(digest->reader)->columns;
    if (null_column >= columns)
        return cph_report_index(cli->name, "--channel", null_column, cli->input, columns);
    digest->null_column = null_column;
    const cph_status status = read_all(digest, &error);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report_input(cli->name, &error);
}

void cph_track_digest_free(cph_track_digest *digest)
{
    if (digest->summary.scene != NULL)
        cph_track_summary_free(&digest->summary);
    free(digest->scene.column);
    free(digest->scene.null);
    free(digest->served_s);
    free(digest->highest_deg);
    free(digest->first_unix_s);
    cph_track_reader_close(digest->reader);
}
