/* SPDX-License-Identifier: MIT */
/* A log in boxes of rows: what was read is handed over row by row. */
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"
#include "datasets/track/track.h"
#include "kernels/core/size.h"

enum { BOX = 1024 };

/* Data sets that are read together. */
typedef struct source {
    const cph_track_field *field;
    size_t fields, rows, next;            /* of the file; the next to be given */
    size_t first, held;                   /* rows in the boxes */
    cph_h5_set set[CPH_TRACK_ROW_FIELDS]; /* id negative: it has no items */
    size_t rank[CPH_TRACK_ROW_FIELDS], dim[CPH_TRACK_ROW_FIELDS][3];
    size_t bytes[CPH_TRACK_ROW_FIELDS]; /* of a row */
    char *box[CPH_TRACK_ROW_FIELDS];    /* [BOX] rows */
} source;

struct cph_track_reader {
    cph_data *data;
    cph_track_log log;
    source row, piece;
};

bool cph_track_log_probe(const char *path)
{
    cph_status status = CPH_OK;
    if (path == NULL)
        return false;
    cph_h5_quiet();
    cph_data *const data = cph_data_open_kind(path, CPH_KIND_TRACK, &status, NULL);
    cph_data_close(data);
    return status == CPH_OK;
}

/* ---- opening ---- */

static cph_status open_set(const cph_h5 *h5, const cph_track_log *log, source *s, size_t i)
{
    const cph_track_field *const field = &s->field[i];
    size_t *const dim = s->dim[i];
    dim[0] = s->rows;
    s->rank[i] = 1 + cph_track_axes(field->shape, log->columns, log->nulls, dim + 1);
    s->bytes[i] = cph_track_item_size(field->type);
    for (size_t k = 1; k < s->rank[i]; k++)
        if (!cph_size_mul(s->bytes[i], dim[k], &s->bytes[i]))
            return cph_h5_fail(h5, CPH_ERR_OVERFLOW, field->name, "too many items");
    if (s->rows == 0 || s->bytes[i] == 0 || (field->late && !cph_h5_exists(h5, field->name)))
        return CPH_OK;
    cph_status status = cph_h5_set_open(h5, field->name, &s->set[i]);
    if (status == CPH_OK)
        status = cph_h5_set_shape(h5, &s->set[i], s->rank[i], dim, "row, column, null");
    if (status == CPH_OK && (s->box[i] = calloc(BOX, s->bytes[i])) == NULL)
        status = cph_h5_fail(h5, CPH_ERR_MEMORY, field->name, "no memory");
    return status;
}

static cph_status open_source(const cph_h5 *h5, const cph_track_log *log, source *s)
{
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < s->fields; i++)
        status = open_set(h5, log, s, i);
    return status;
}

static source source_of(const cph_track_field *field, size_t fields)
{
    source s = {.field = field, .fields = fields};
    for (size_t i = 0; i < CPH_TRACK_ROW_FIELDS; i++)
        s.set[i].id = -1;
    return s;
}

cph_status cph_track_reader_open(const char *path, cph_track_reader **reader, cph_error *error)
{
    if (path == NULL || reader == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_track_reader_open", NULL,
                            "null argument");
    cph_status status = CPH_OK;
    cph_h5_quiet();
    cph_track_reader *const r = calloc(1, sizeof *r);
    if (r == NULL)
        return cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory");
    r->row = source_of(cph_track_row_fields, CPH_TRACK_ROW_FIELDS);
    r->piece = source_of(cph_track_piece_fields, CPH_TRACK_PIECE_FIELDS);
    r->data = cph_data_open_kind(path, CPH_KIND_TRACK, &status, error);
    if (r->data != NULL) {
        r->data->h5.error = error;
        status = cph_track_read_head(&r->data->h5, &r->log);
        r->row.rows = r->log.rows;
        r->piece.rows = r->log.pieces;
        if (status == CPH_OK)
            status = open_source(&r->data->h5, &r->log, &r->row);
        if (status == CPH_OK)
            status = open_source(&r->data->h5, &r->log, &r->piece);
        r->data->h5.error = NULL;
    }
    if (status == CPH_OK)
        *reader = r;
    else
        cph_track_reader_close(r);
    return status;
}

void cph_track_reader_close(cph_track_reader *reader)
{
    if (reader == NULL)
        return;
    source *const sources[] = {&reader->row, &reader->piece};
    cph_h5_quiet();
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < sources[k]->fields; i++) {
            cph_h5_set_close(&sources[k]->set[i]);
            free(sources[k]->box[i]);
        }
    cph_track_log_free(&reader->log);
    cph_data_close(reader->data);
    free(reader);
}

const cph_track_log *cph_track_reader_log(const cph_track_reader *reader)
{
    return &reader->log;
}

const cph_data_header *cph_track_reader_header(const cph_track_reader *reader)
{
    return cph_data_header_of(reader->data);
}

/* ---- row by row ---- */

static cph_status read_box(const cph_h5 *h5, source *s)
{
    cph_status status = CPH_OK;
    s->first = s->next;
    s->held = s->rows - s->next < BOX ? s->rows - s->next : BOX;
    for (size_t i = 0; status == CPH_OK && i < s->fields; i++) {
        const size_t start[3] = {s->first}, count[3] = {s->held, s->dim[i][1], s->dim[i][2]};
        if (s->set[i].id >= 0)
            status = cph_h5_set_read(h5, &s->set[i], cph_track_memory_type(s->field[i].type), start,
                                     count, s->box[i]);
    }
    if (status != CPH_OK)
        s->held = 0;
    return status;
}

/* The next row into the fields of a struct: numbers and vectors themselves, where columns stand. */
static cph_status take(cph_track_reader *reader, source *s, char *to, cph_error *error)
{
    cph_h5_quiet();
    reader->data->h5.error = error;
    const cph_status status =
        s->next < s->first + s->held ? CPH_OK : read_box(&reader->data->h5, s);
    reader->data->h5.error = NULL;
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < s->fields; i++) {
        const char *const value =
            s->box[i] != NULL ? s->box[i] + (s->next - s->first) * s->bytes[i] : NULL;
        const cph_track_shape shape = s->field[i].shape;
        if (value != NULL && (shape == CPH_TRACK_SCALAR || shape == CPH_TRACK_VECTOR))
            memcpy(to + s->field[i].from, value, s->bytes[i]);
        else
            memcpy(to + s->field[i].from, (const void *)&value, sizeof value);
    }
    s->next++;
    return CPH_OK;
}

cph_status cph_track_reader_next(cph_track_reader *reader, cph_track_row *row, bool *more,
                                 cph_error *error)
{
    cph_track_row taken = {0};
    if (reader == NULL || row == NULL || more == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_track_reader_next", NULL,
                            "null argument");
    *more = reader->row.next < reader->row.rows;
    if (!*more)
        return CPH_OK;
    cph_status status = take(reader, &reader->row, (char *)&taken, error);
    reader->data->h5.error = error;
    if (status == CPH_OK)
        status = cph_track_check_satellite(&reader->data->h5, "/satellite", reader->row.next - 1,
                                           taken.satellite, reader->log.satellites);
    if (status == CPH_OK)
        status = cph_track_check_place(&reader->data->h5, reader->row.next - 1, &taken);
    reader->data->h5.error = NULL;
    if (status == CPH_OK)
        *row = taken;
    return status;
}

cph_status cph_track_reader_piece(cph_track_reader *reader, int64_t *slot,
                                  cph_schedule_piece *piece, bool *more, cph_error *error)
{
    cph_track_piece_row taken = {0};
    if (reader == NULL || slot == NULL || piece == NULL || more == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_track_reader_piece", NULL,
                            "null argument");
    *more = reader->piece.next < reader->piece.rows;
    if (!*more)
        return CPH_OK;
    cph_status status = take(reader, &reader->piece, (char *)&taken, error);
    reader->data->h5.error = error;
    if (status == CPH_OK)
        status = cph_track_piece_of(&reader->data->h5, &taken, reader->piece.next - 1,
                                    reader->log.satellites, piece);
    reader->data->h5.error = NULL;
    if (status == CPH_OK)
        *slot = taken.slot;
    return status;
}
