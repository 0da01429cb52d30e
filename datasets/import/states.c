/* SPDX-License-Identifier: MIT */
/* The text table of a chip's measured states: `code,phase_deg,gain_db`, one state a line. The first
 * line may name the columns, in any order. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cophase/data_text.h"
#include "datasets/data.h"
#include "datasets/import/text_table.h"

enum { COLUMN_CODE, COLUMN_PHASE, COLUMN_GAIN, COLUMNS };
enum { ROWS_START = 256, GAIN_DB_MAX = 200 };

static const char *const column_names[COLUMNS] = {"code", "phase_deg", "gain_db"};

typedef struct row {
    uint32_t code;
    double phase_deg, gain_db;
} row;

typedef struct table {
    const char *path;
    cph_error *error;
    size_t line;
    bool begun;          /* a line was seen, which may have named the columns */
    int column[COLUMNS]; /* field of each column, or -1 */
    row *rows;
    size_t count, room;
} table;

#define table_fail(t, status, ...) cph_h5_error((t)->error, status, (t)->path, NULL, __VA_ARGS__)

/* A first line that names its columns; the gain may be left out. */
static cph_status take_names(table *t, char *field[], size_t fields)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        t->column[c] = -1;
        for (size_t f = 0; f < fields; f++)
            if (strcasecmp(field[f], column_names[c]) == 0)
                t->column[c] = (int)f;
        if (t->column[c] < 0 && c != COLUMN_GAIN)
            return table_fail(t, CPH_ERR_FORMAT,
                              "line %zu names no column %s, expected \"code,phase_deg,gain_db\"",
                              t->line, column_names[c]);
    }
    return CPH_OK;
}

static const char *cell(const table *t, int column, char *field[], size_t fields)
{
    const int f = t->column[column];
    return f >= 0 && (size_t)f < fields ? field[f] : "";
}

/* Decimal, or hexadecimal behind 0x. */
static bool code_of(const char *text, uint32_t *code)
{
    char *end = NULL;
    errno = 0;
    const unsigned long value = strtoul(text, &end, 0);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value >= CPH_STATE_OFF)
        return false;
    *code = (uint32_t)value;
    return true;
}

static cph_status take_row(table *t, char *field[], size_t fields)
{
    row r = {.gain_db = 0.0};
    const char *at = cell(t, COLUMN_CODE, field, fields);
    if (!code_of(at, &r.code))
        return table_fail(t, CPH_ERR_FORMAT,
                          "line %zu, column code is \"%s\", expected a whole number of 32 bits "
                          "(0x3F20 or 16160)",
                          t->line, at);
    at = cell(t, COLUMN_PHASE, field, fields);
    if (!cph_text_number(at, &r.phase_deg))
        return table_fail(t, CPH_ERR_FORMAT,
                          "line %zu, column phase_deg is \"%s\", expected degrees", t->line, at);
    at = cell(t, COLUMN_GAIN, field, fields);
    if (at[0] != '\0' && (!cph_text_number(at, &r.gain_db) || fabs(r.gain_db) > GAIN_DB_MAX))
        return table_fail(t, CPH_ERR_FORMAT,
                          "line %zu, column gain_db is \"%s\", expected decibels within %d",
                          t->line, at, GAIN_DB_MAX);
    if (t->count == CPH_STATES_MAX)
        return table_fail(t, CPH_ERR_FORMAT, "has more than %d states", CPH_STATES_MAX);
    t->rows[t->count++] = r;
    return CPH_OK;
}

/* Room for a row more; false: no memory. */
static bool grow(table *t)
{
    if (t->count < t->room)
        return true;
    const size_t room = t->room > 0 ? 2 * t->room : ROWS_START;
    row *rows = reallocarray(t->rows, room, sizeof *rows);
    if (rows == NULL)
        return false;
    t->rows = rows;
    t->room = room;
    return true;
}

static cph_status take_line(void *context, size_t line, char *field[], size_t fields)
{
    table *t = context;
    const bool names = !t->begun && isalpha((unsigned char)field[0][0]) != 0;
    t->begun = true;
    t->line = line;
    if (names)
        return take_names(t, field, fields);
    return grow(t) ? take_row(t, field, fields) : table_fail(t, CPH_ERR_MEMORY, "no memory");
}

static int by_code(const void *left, const void *right)
{
    const uint32_t a = ((const row *)left)->code, b = ((const row *)right)->code;
    return (a > b) - (a < b);
}

/* Sorts the states by code, each of which must be there once. */
static cph_status sort_codes(table *t)
{
    if (t->count == 0)
        return table_fail(t, CPH_ERR_FORMAT, "has no states, expected code,phase_deg,gain_db");
    qsort(t->rows, t->count, sizeof *t->rows, by_code);
    for (size_t i = 1; i < t->count; i++)
        if (t->rows[i].code == t->rows[i - 1].code)
            return table_fail(t, CPH_ERR_FORMAT, "has code %#" PRIx32 " twice", t->rows[i].code);
    return CPH_OK;
}

cph_status cph_states_read(const char *path, cph_states *states, cph_error *error)
{
    table t = {.path = path, .error = error, .column = {COLUMN_CODE, COLUMN_PHASE, COLUMN_GAIN}};
    cph_status status = cph_text_each(path, take_line, &t, error);
    if (status == CPH_OK)
        status = sort_codes(&t);
    if (status == CPH_OK && (status = cph_states_create(t.count, states)) != CPH_OK)
        table_fail(&t, status, "no memory");
    for (size_t i = 0; status == CPH_OK && i < t.count; i++) {
        const double size = pow(10.0, t.rows[i].gain_db / 20.0);
        const double angle = t.rows[i].phase_deg * M_PI / 180.0;
        const double re = size * cos(angle), im = size * sin(angle);
        states->value[i] = (cph_c64){re, im};
        states->code[i] = t.rows[i].code;
    }
    free(t.rows);
    return status;
}
