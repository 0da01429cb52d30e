/* SPDX-License-Identifier: MIT */
/* The text table of positions that stations publish: `idx name E N U flagged`, one antenna a line,
 * east, north and up in metres. The first line may name the columns, in any order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "datasets/data.h"
#include "datasets/import/text_table.h"

enum { COLUMN_INDEX, COLUMN_NAME, COLUMN_E, COLUMN_N, COLUMN_U, COLUMN_FLAGGED, COLUMNS };

static const char *const column_names[COLUMNS] = {"idx", "name", "E", "N", "U", "flagged"};

typedef struct row {
    double position[3];
    char name[CPH_NAME_SIZE];
    bool listed, seen;
} row;

typedef struct table {
    const char *path;
    cph_error *error;
    size_t line;
    bool begun;          /* a line was seen, which may have named the columns */
    int column[COLUMNS]; /* field of each column, or -1 */
    row *rows;           /* by index */
    size_t count;
} table;

#define table_fail(t, status, ...) cph_h5_error((t)->error, status, (t)->path, NULL, __VA_ARGS__)

/* A first line that names its columns. */
static cph_status take_names(table *t, char *field[], size_t fields)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        t->column[c] = -1;
        for (size_t f = 0; f < fields; f++)
            if (strcasecmp(field[f], column_names[c]) == 0)
                t->column[c] = (int)f;
        if (t->column[c] < 0 && c != COLUMN_NAME && c != COLUMN_FLAGGED)
            return table_fail(t, CPH_ERR_FORMAT,
                              "line %zu names no column %s, expected "
                              "\"idx name E N U flagged\"",
                              t->line, column_names[c]);
    }
    return CPH_OK;
}

static bool truth(const char *text, bool *value)
{
    static const char *const words[] = {"false", "true", "0", "1", "no", "yes"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(text, words[i]) != 0)
            continue;
        *value = i % 2 == 1;
        return true;
    }
    return false;
}

static const char *cell(const table *t, int column, char *field[], size_t fields)
{
    int f = t->column[column];
    return f >= 0 && (size_t)f < fields ? field[f] : "";
}

static cph_status take_row(table *t, char *field[], size_t fields)
{
    row r = {.seen = true};
    double index = NAN;
    const char *at = cell(t, COLUMN_INDEX, field, fields);
    if (!cph_text_number(at, &index) || index < 0.0 || index >= (double)t->count ||
        index != floor(index))
        return table_fail(t, CPH_ERR_FORMAT,
                          "line %zu is for antenna \"%s\", expected 0 to %zu as the data have",
                          t->line, at, t->count - 1);
    for (int i = 0; i < 3; i++) {
        at = cell(t, COLUMN_E + i, field, fields);
        if (!cph_text_number(at, &r.position[i]))
            return table_fail(t, CPH_ERR_FORMAT, "line %zu, column %s is \"%s\", expected metres",
                              t->line, column_names[COLUMN_E + i], at);
    }
    at = cell(t, COLUMN_FLAGGED, field, fields);
    if (at[0] != '\0' && !truth(at, &r.listed))
        return table_fail(t, CPH_ERR_FORMAT,
                          "line %zu, column flagged is \"%s\", expected True or False", t->line,
                          at);
    at = cell(t, COLUMN_NAME, field, fields);
    cph_h5_text_line(r.name, sizeof r.name, at, strlen(at));
    if (t->rows[(size_t)index].seen)
        return table_fail(t, CPH_ERR_FORMAT, "line %zu is a second one for antenna %.0f", t->line,
                          index);
    t->rows[(size_t)index] = r;
    return CPH_OK;
}

static cph_status take_line(void *context, size_t line, char *field[], size_t fields)
{
    table *t = context;
    double value;
    const bool names = !t->begun && !cph_text_number(field[0], &value);
    t->begun = true;
    t->line = line;
    return names ? take_names(t, field, fields) : take_row(t, field, fields);
}

static cph_status read_table(table *t)
{
    cph_status status = cph_text_each(t->path, take_line, t, t->error);
    for (size_t i = 0; status == CPH_OK && i < t->count; i++)
        if (!t->rows[i].seen)
            status = table_fail(t, CPH_ERR_FORMAT,
                                "has no line for antenna %zu of the %zu in the "
                                "data",
                                i, t->count);
    return status;
}

static void apply(cph_array *array, const row *rows)
{
    static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    for (size_t n = 0; n < array->elements; n++) {
        cph_element *element = &array->element[n];
        const row *r = &rows[element->number];
        memcpy(element->position, r->position, sizeof element->position);
        if (r->name[0] != '\0')
            memcpy(element->name, r->name, sizeof element->name);
        element->listed = r->listed;
    }
    array->frame = CPH_FRAME_ENU;
    array->has_positions = array->has_array_to_enu = true;
    memcpy(array->array_to_enu, identity, sizeof identity);
}

cph_status cph_positions_apply(cph_data *data, const char *path)
{
    cph_array *array = &data->header.array;
    table t = {.path = path,
               .error = data->h5.error,
               .column = {COLUMN_INDEX, COLUMN_NAME, COLUMN_E, COLUMN_N, COLUMN_U, COLUMN_FLAGGED}};
    for (size_t n = 0; n < array->elements; n++)
        if (array->element[n].number >= t.count)
            t.count = (size_t)array->element[n].number + 1;
    if (t.count == 0 || t.count > CPH_ELEMENTS_MAX)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, NULL, "has no elements to give positions to");
    t.rows = calloc(t.count, sizeof *t.rows);
    cph_status status = CPH_ERR_MEMORY;
    if (t.rows == NULL)
        table_fail(&t, status, "no memory");
    else if ((status = read_table(&t)) == CPH_OK)
        apply(array, t.rows);
    free(t.rows);
    return status;
}
