/* SPDX-License-Identifier: MIT */
/* What elements hear of each other from a text table: a line a pair, in any order. */
#include <math.h>
#include <stdlib.h>

#include "datasets/h5/h5.h"
#include "datasets/import/readings_table.h"
#include "datasets/import/text_table.h"

enum { RECEIVER, TRANSMITTER, RE, IM, AMPLITUDE, PHASE, ENDS = RE };
static const cph_readings_columns columns = {
    {"receiver", "transmitter", "re", "im", "amplitude_db", "phase_deg", NULL}, 2};

typedef struct row {
    uint32_t end[ENDS]; /* element numbers */
    cph_c64 value;
    size_t line;
} row;

typedef struct table {
    const char *path;
    cph_error *error;
    bool named;
    size_t fields, place[CPH_READINGS_COLUMNS];
    size_t rows, room;
    row *row;
} table;

static cph_status no_memory(const table *t)
{
    return cph_h5_error(t->error, CPH_ERR_MEMORY, t->path, NULL, "no memory for its readings");
}

static cph_status add(table *t, const row *r)
{
    if (t->rows == t->room) {
        const size_t room = t->room > 0 ? 2 * t->room : 256;
        row *const grown = reallocarray(t->row, room, sizeof *grown);
        if (grown == NULL)
            return no_memory(t);
        t->row = grown;
        t->room = room;
    }
    t->row[t->rows++] = *r;
    return CPH_OK;
}

static cph_status take_row(table *t, size_t line, char *const field[])
{
    row r = {.line = line};
    double number[PHASE + 1];
    for (size_t c = 0; c <= PHASE; c++) {
        const char *const name = columns.name[c];
        const cph_status status =
            c < ENDS ? cph_readings_whole(t->path, line, field, name, t->place[c],
                                          (double)(UINT32_MAX - 1), &number[c], t->error)
                     : cph_readings_number(t->path, line, field, name, t->place[c], 0.0, &number[c],
                                           t->error);
        if (status != CPH_OK)
            return status;
    }
    r.end[RECEIVER] = (uint32_t)number[RECEIVER];
    r.end[TRANSMITTER] = (uint32_t)number[TRANSMITTER];
    r.value = t->place[RE] != SIZE_MAX ? (cph_c64){number[RE], number[IM]}
                                       : cph_readings_state(number[AMPLITUDE], number[PHASE]);
    return add(t, &r);
}

static cph_status take_line(void *context, size_t line, char *field[], size_t fields)
{
    table *const t = context;
    if (!t->named) {
        t->named = true;
        t->fields = fields;
        return cph_readings_parts(t->path, line, field, fields, &columns, t->place, RE, t->error);
    }
    if (fields != t->fields)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                            "line %zu has %zu fields, expected %zu", line, fields, t->fields);
    return take_row(t, line, field);
}

static cph_status make_array(const table *t, cph_array *array)
{
    uint32_t *const number = calloc(t->rows, ENDS * sizeof *number);
    if (number == NULL)
        return no_memory(t);
    for (size_t i = 0; i < ENDS * t->rows; i++)
        number[i] = t->row[i / ENDS].end[i % ENDS];
    const cph_status status = cph_readings_array(number, ENDS * t->rows, array);
    free(number);
    return status == CPH_OK ? CPH_OK : no_memory(t);
}

/* What no line tells stays NaN. */
static cph_status fill(const table *t, cph_coupling_readings *r)
{
    const size_t n = r->array.elements;
    for (size_t i = 0; i < n * n; i++)
        r->s[i] = (cph_c64){NAN, NAN};
    for (size_t i = 0; i < t->rows; i++) {
        const row *const from = &t->row[i];
        cph_c64 *const to = &r->s[cph_readings_index(&r->array, from->end[RECEIVER]) * n +
                                  cph_readings_index(&r->array, from->end[TRANSMITTER])];
        if (!isnan(to->re))
            return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                                "line %zu: what element %u hears of %u is there already",
                                from->line, from->end[RECEIVER], from->end[TRANSMITTER]);
        *to = from->value;
    }
    return CPH_OK;
}

static cph_status build(const table *t, cph_coupling_readings *readings)
{
    cph_array array = {0};
    cph_coupling_readings r = {0};
    if (t->rows == 0)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL, "has no readings");
    cph_status status = make_array(t, &array);
    if (status == CPH_OK && cph_coupling_readings_create(&array, &r) != CPH_OK)
        status = no_memory(t);
    if (status == CPH_OK)
        status = fill(t, &r);
    r.freq_hz = NAN;
    if (status == CPH_OK)
        *readings = r;
    else
        cph_coupling_readings_free(&r);
    cph_array_free(&array);
    return status;
}

cph_status cph_coupling_table_read(const char *path, cph_coupling_readings *readings,
                                   cph_error *error)
{
    table t = {.path = path, .error = error};
    cph_status status = cph_text_each(path, take_line, &t, error);
    if (status == CPH_OK)
        status = build(&t, readings);
    free(t.row);
    return status;
}
