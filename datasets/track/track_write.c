/* SPDX-License-Identifier: MIT */
/* Rows and pieces are gathered in boxes, and appended to data sets that grow. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/native/write.h"
#include "datasets/track/track.h"
#include "kernels/core/size.h"

enum { BOX = 1024 };

/* Data sets that grow together. */
typedef struct table {
    const cph_track_field *field;
    size_t fields, held;
    uint64_t rows; /* those held among them */
    hid_t set[CPH_TRACK_ROW_FIELDS];
    char *box[CPH_TRACK_ROW_FIELDS];    /* [BOX] rows; NULL: the field has no items */
    size_t bytes[CPH_TRACK_ROW_FIELDS]; /* of a row */
} table;

struct cph_track_writer {
    cph_writer *file;
    size_t columns, nulls;
    table row, piece;
};

static cph_status table_fail(const cph_track_writer *w, bool done, const char *what)
{
    return cph_writer_check(w->file, done, what);
}

static bool create_set(const cph_track_writer *w, const cph_track_field *field, hid_t *set)
{
    size_t dim[2];
    const size_t axes = cph_track_axes(field->shape, w->columns, w->nulls, dim);
    const hsize_t none[3] = {0, dim[0], dim[1]}, most[3] = {H5S_UNLIMITED, dim[0], dim[1]};
    const hsize_t chunk[3] = {BOX, dim[0], dim[1]};
    const hid_t space = H5Screate_simple((int)axes + 1, none, most);
    const hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(plist, (int)axes + 1, chunk);
    H5Pset_shuffle(plist);
    H5Pset_deflate(plist, 1);
    H5Pset_obj_track_times(plist, false); /* the same content gives the same bytes */
    *set = H5Dcreate2(w->file->file, field->name, cph_track_file_type(field->type), space,
                      H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Pclose(plist);
    H5Sclose(space);
    return *set >= 0;
}

static cph_status create_table(const cph_track_writer *w, table *t)
{
    for (size_t i = 0; i < t->fields; i++) {
        const cph_track_field *const field = &t->field[i];
        size_t dim[2], bytes = cph_track_item_size(field->type);
        const size_t axes = cph_track_axes(field->shape, w->columns, w->nulls, dim);
        for (size_t k = 0; k < axes; k++)
            if (!cph_size_mul(bytes, dim[k], &bytes))
                return cph_writer_fail(w->file, CPH_ERR_OVERFLOW, field->name, "too many items");
        t->bytes[i] = bytes;
        if (bytes == 0)
            continue;
        t->box[i] = calloc(BOX, bytes);
        if (t->box[i] == NULL)
            return cph_writer_fail(w->file, CPH_ERR_MEMORY, field->name, "no memory");
        const cph_status status = table_fail(w, create_set(w, field, &t->set[i]), field->name);
        if (status != CPH_OK)
            return status;
    }
    return CPH_OK;
}

static bool flush_set(const cph_track_writer *w, const table *t, size_t i)
{
    size_t dim[2];
    const size_t axes = cph_track_axes(t->field[i].shape, w->columns, w->nulls, dim);
    const hsize_t start[3] = {t->rows - t->held, 0, 0}, count[3] = {t->held, dim[0], dim[1]};
    const hsize_t all[3] = {t->rows, dim[0], dim[1]};
    if (H5Dset_extent(t->set[i], all) < 0)
        return false;
    const hid_t memory = H5Screate_simple((int)axes + 1, count, NULL);
    const hid_t space = H5Dget_space(t->set[i]);
    const bool done = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                      H5Dwrite(t->set[i], cph_track_memory_type(t->field[i].type), memory, space,
                               H5P_DEFAULT, t->box[i]) >= 0;
    H5Sclose(space);
    H5Sclose(memory);
    return done;
}

static cph_status flush(const cph_track_writer *w, table *t)
{
    bool done = true;
    for (size_t i = 0; i < t->fields && t->held > 0 && done; i++)
        done = t->box[i] == NULL || flush_set(w, t, i);
    t->held = 0;
    return table_fail(w, done, t->field[0].name);
}

static void put_unknown(char *to, size_t count)
{
    static const double unknown = NAN;
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * sizeof unknown, &unknown, sizeof unknown);
}

static cph_status put_row(const cph_track_writer *w, table *t, const char *row)
{
    for (size_t i = 0; i < t->fields; i++) {
        const void *from = row + t->field[i].from;
        if (t->box[i] == NULL)
            continue;
        if (t->field[i].shape >= CPH_TRACK_COLUMNS)
            memcpy((void *)&from, from, sizeof(void *));
        char *const to = t->box[i] + t->held * t->bytes[i];
        if (from != NULL)
            memcpy(to, from, t->bytes[i]);
        else
            put_unknown(to, t->bytes[i] / sizeof(double));
    }
    t->held++;
    t->rows++;
    return t->held == BOX ? flush(w, t) : CPH_OK;
}

/* ---- what all rows share ---- */

static bool put_names(hid_t file, const char *name, size_t count, const char *const *text)
{
    char *const value = calloc(count + 1, CPH_TRACK_NAME_SIZE);
    for (size_t i = 0; value != NULL && i < count; i++)
        strncpy(value + i * CPH_TRACK_NAME_SIZE, text[i], CPH_TRACK_NAME_SIZE - 1);
    const bool done =
        value != NULL &&
        (count == 0 || cph_h5_put_strings(file, name, 1, &count, CPH_TRACK_NAME_SIZE, value));
    free(value);
    return done;
}

static bool put_paths(hid_t file, const cph_track_head *head)
{
    const char **const name = calloc(head->columns, sizeof *name);
    for (size_t i = 0; name != NULL && i < head->columns; i++)
        name[i] = cph_gain_path_name(head->path[i]);
    const bool done = name != NULL && put_names(file, "/column_path", head->columns, name);
    free((void *)name);
    return done;
}

static bool put_head(hid_t file, const cph_array *array, const cph_track_head *head)
{
    const double degree = 180.0 / M_PI;
    const hid_t group = H5Gcreate2(file, "/piece", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const bool made = group >= 0 && H5Gclose(group) >= 0;
    return made && cph_h5_put_number(file, "slot_s", head->schedule.slot_s) &&
           cph_h5_put_number(file, "slot_start_s", head->schedule.slot_start_s) &&
           cph_h5_put_number(file, "floor_deg", head->schedule.floor_rad * degree) &&
           cph_h5_put_number(file, "hysteresis_deg", head->schedule.hysteresis_rad * degree) &&
           cph_h5_put_number(file, "overlap_s", head->schedule.overlap_s) &&
           put_paths(file, head) &&
           cph_h5_put_doubles(file, "/column_freq_hz", 1, &head->columns, head->freq_hz) &&
           put_names(file, "/null_name", head->nulls, head->null) &&
           cph_native_put_array(file, array);
}

static void release(cph_track_writer *w)
{
    table *const tables[] = {&w->row, &w->piece};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < tables[k]->fields; i++)
            free(tables[k]->box[i]);
    free(w);
}

static bool close_table(table *t)
{
    bool done = true;
    for (size_t i = 0; i < t->fields; i++) {
        if (t->set[i] >= 0)
            done = H5Dclose(t->set[i]) >= 0 && done;
        t->set[i] = -1;
    }
    return done;
}

static cph_track_writer *writer_make(const cph_track_head *head)
{
    cph_track_writer *const w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->columns = head->columns;
    w->nulls = head->nulls;
    w->row = (table){.field = cph_track_row_fields, .fields = CPH_TRACK_ROW_FIELDS};
    w->piece = (table){.field = cph_track_piece_fields, .fields = CPH_TRACK_PIECE_FIELDS};
    for (size_t i = 0; i < CPH_TRACK_ROW_FIELDS; i++)
        w->row.set[i] = w->piece.set[i] = -1;
    return w;
}

cph_status cph_track_writer_create(const char *path, const cph_array *array,
                                   const cph_track_head *head, const cph_write_options *options,
                                   cph_track_writer **writer, cph_error *error)
{
    if (path == NULL || array == NULL || head == NULL || writer == NULL || head->columns == 0)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_track_writer_create", NULL,
                            "null argument or no column");
    cph_h5_quiet();
    cph_track_writer *const w = writer_make(head);
    if (w == NULL)
        return cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory");
    cph_status status = cph_writer_begin(path, CPH_KIND_TRACK, options, &w->file, error);
    if (status == CPH_OK)
        status = cph_writer_check(w->file, put_head(w->file->file, array, head), "/");
    if (status == CPH_OK)
        status = create_table(w, &w->row);
    if (status == CPH_OK)
        status = create_table(w, &w->piece);
    if (status == CPH_OK)
        *writer = w;
    else
        cph_track_writer_abandon(w);
    return status;
}

cph_status cph_track_writer_put(cph_track_writer *writer, const cph_track_row *row,
                                cph_error *error)
{
    if (writer == NULL || row == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_track_writer_put", NULL, "null argument");
    cph_h5_quiet();
    writer->file->error = error;
    return put_row(writer, &writer->row, (const char *)row);
}

cph_status cph_track_writer_piece(cph_track_writer *writer, int64_t slot,
                                  const cph_schedule_piece *piece, cph_error *error)
{
    if (writer == NULL || piece == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_track_writer_piece", NULL,
                            "null argument");
    const cph_track_piece_row row = {.slot = slot,
                                     .start_unix_s = piece->start_unix_s,
                                     .end_unix_s = piece->end_unix_s,
                                     .standby_unix_s = piece->standby_unix_s,
                                     .mean_el_deg = piece->mean_el_rad * (180.0 / M_PI),
                                     .satellite = piece->satellite,
                                     .reason = (unsigned char)piece->reason};
    cph_h5_quiet();
    writer->file->error = error;
    return put_row(writer, &writer->piece, (const char *)&row);
}

uint64_t cph_track_writer_rows(const cph_track_writer *writer)
{
    return writer->row.rows;
}

cph_status cph_track_writer_finish(cph_track_writer *writer, size_t satellites,
                                   const char *const *name, cph_error *error)
{
    if (writer == NULL || (satellites > 0 && name == NULL)) {
        cph_track_writer_abandon(writer);
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_track_writer_finish", NULL,
                            "null argument");
    }
    cph_h5_quiet();
    cph_writer *const file = writer->file;
    file->error = error;
    cph_status status = flush(writer, &writer->row);
    if (status == CPH_OK)
        status = flush(writer, &writer->piece);
    if (status == CPH_OK)
        status = cph_writer_check(file, put_names(file->file, "/satellite_name", satellites, name),
                                  "/satellite_name");
    if (status == CPH_OK) {
        const bool done = close_table(&writer->row);
        status = cph_writer_check(file, close_table(&writer->piece) && done, "/time_unix_s");
    }
    if (status != CPH_OK) {
        cph_track_writer_abandon(writer);
        return status;
    }
    release(writer);
    return cph_writer_commit(file, error);
}

void cph_track_writer_abandon(cph_track_writer *writer)
{
    if (writer == NULL)
        return;
    cph_h5_quiet();
    (void)close_table(&writer->row);
    (void)close_table(&writer->piece);
    cph_writer_abort(writer->file);
    release(writer);
}
