/* SPDX-License-Identifier: MIT */
/* Tables of elements: the first line names the columns, then a line an element, metres. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "datasets/data.h"
#include "datasets/import/array_file.h"
#include "datasets/import/text_table.h"

enum {
    COLUMN_X,
    COLUMN_Y,
    COLUMN_Z,
    COLUMN_NX,
    COLUMN_NY,
    COLUMN_NZ,
    COLUMN_NUMBER,
    COLUMN_SUBARRAY,
    COLUMN_LISTED,
    COLUMN_NAME,
    COLUMN_POLARIZATION,
    COLUMNS
};

/* The first row of a column is its own name; the others are those of the table of positions. */
static const struct {
    const char *name;
    int column;
    bool enu;
} known[] = {
    {"x", COLUMN_X, false},
    {"y", COLUMN_Y, false},
    {"z", COLUMN_Z, false},
    {"nx", COLUMN_NX, false},
    {"ny", COLUMN_NY, false},
    {"nz", COLUMN_NZ, false},
    {"number", COLUMN_NUMBER, false},
    {"subarray", COLUMN_SUBARRAY, false},
    {"listed", COLUMN_LISTED, false},
    {"name", COLUMN_NAME, false},
    {"polarization", COLUMN_POLARIZATION, false},
    {"E", COLUMN_X, true},
    {"N", COLUMN_Y, true},
    {"U", COLUMN_Z, true},
    {"idx", COLUMN_NUMBER, false},
    {"flagged", COLUMN_LISTED, false},
};
enum { KNOWN = sizeof known / sizeof known[0] };

/* A normal that is longer or shorter than this beside 1 was not meant as one. */
static const double unit_within = 1e-3;

typedef struct table {
    const char *path;
    cph_error *error;
    size_t named; /* line that names the columns, or 0 */
    size_t fields;
    int column[COLUMNS]; /* field of each column, or -1 */
    bool placed;         /* a column of positions was named */
    bool enu;
    cph_rows rows;
} table;

#define table_fail(t, ...) cph_h5_error((t)->error, CPH_ERR_FORMAT, (t)->path, NULL, __VA_ARGS__)

static cph_status take_name(table *t, size_t line, const char *name, int field)
{
    size_t k = 0;
    while (k < KNOWN && strcasecmp(name, known[k].name) != 0)
        k++;
    if (k == KNOWN)
        return table_fail(t,
                          "line %zu names a column \"%.40s\", expected some of: x y z nx ny nz "
                          "number subarray listed name polarization, or E N U",
                          line, name);
    const bool place = known[k].column <= COLUMN_Z;
    if (place && t->placed && t->enu != known[k].enu)
        return table_fail(t, "line %zu names columns of x y z and of E N U, expected either", line);
    if (t->column[known[k].column] >= 0)
        return table_fail(t, "line %zu names the column %s twice", line, known[k].name);
    t->column[known[k].column] = field;
    t->enu = t->enu || known[k].enu;
    t->placed = t->placed || place;
    return CPH_OK;
}

static cph_status take_names(table *t, size_t line, char *field[], size_t fields)
{
    cph_status status = CPH_OK;
    for (size_t c = 0; c < COLUMNS; c++)
        t->column[c] = -1;
    for (size_t f = 0; status == CPH_OK && f < fields; f++)
        status = take_name(t, line, field[f], (int)f);
    if (status != CPH_OK)
        return status;
    if (t->column[COLUMN_X] < 0 || t->column[COLUMN_Y] < 0)
        return table_fail(t, "line %zu names no column %s", line,
                          t->column[COLUMN_X] < 0 ? "x" : "y");
    int normals = 0;
    for (int c = COLUMN_NX; c <= COLUMN_NZ; c++)
        normals += t->column[c] >= 0;
    if (normals != 0 && normals != 3)
        return table_fail(t, "line %zu names %d of the columns nx, ny and nz, expected all or none",
                          line, normals);
    t->named = line;
    t->fields = fields;
    return CPH_OK;
}

/* NULL where there is no such column, or a dash in it. */
static const char *cell(const table *t, int column, char *field[])
{
    const int f = t->column[column];
    return f < 0 || strcmp(field[f], "-") == 0 ? NULL : field[f];
}

static cph_status take_vector(const table *t, size_t line, int first, char *field[],
                              double vector[3])
{
    for (int i = 0; i < 3; i++) {
        const int f = t->column[first + i];
        if (f >= 0 &&
            (!cph_text_number(field[f], &vector[i]) || fabs(vector[i]) > CPH_POSITION_LIMIT_M))
            return table_fail(t, "line %zu, column %s is \"%.40s\", expected a number%s", line,
                              known[first + i].name, field[f],
                              first == COLUMN_X ? " of metres about the site" : "");
    }
    return CPH_OK;
}

static cph_status take_normal(const table *t, size_t line, char *field[], cph_element *element)
{
    double normal[3] = {0, 0, 1};
    const cph_status status = take_vector(t, line, COLUMN_NX, field, normal);
    if (status != CPH_OK || t->column[COLUMN_NX] < 0)
        return status;
    const double length = hypot(hypot(normal[0], normal[1]), normal[2]);
    if (!(fabs(length - 1.0) <= unit_within) || cph_element_face(element, normal) != CPH_OK)
        return table_fail(t, "line %zu, the normal nx, ny, nz is %.6g long, expected 1", line,
                          length);
    return CPH_OK;
}

static cph_status take_whole(const table *t, size_t line, int column, double limit, char *field[],
                             uint32_t *value)
{
    double whole = 0.0;
    const char *at = cell(t, column, field);
    if (at == NULL)
        return CPH_OK;
    if (!cph_text_whole(at, limit, &whole))
        return table_fail(t, "line %zu, column %s is \"%.40s\", expected a whole number up to %.0f",
                          line, known[column].name, at, limit);
    *value = (uint32_t)whole;
    return CPH_OK;
}

static cph_status take_labels(const table *t, size_t line, char *field[], cph_element *element)
{
    static const char *const words[] = {"0", "1", "false", "true", "no", "yes"};
    const char *listed = cell(t, COLUMN_LISTED, field), *name = cell(t, COLUMN_NAME, field);
    const char *polarization = cell(t, COLUMN_POLARIZATION, field);
    size_t w = 0;
    while (listed != NULL && w < sizeof words / sizeof words[0] &&
           strcasecmp(listed, words[w]) != 0)
        w++;
    if (w == sizeof words / sizeof words[0])
        return table_fail(t, "line %zu, column listed is \"%.40s\", expected 0 or 1", line, listed);
    element->listed = w % 2 == 1;
    if (name != NULL && strlen(name) >= sizeof element->name)
        return table_fail(t, "line %zu, column name is \"%.40s\", expected at most %zu bytes", line,
                          name, sizeof element->name - 1);
    if (name != NULL)
        cph_h5_text_line(element->name, sizeof element->name, name, strlen(name));
    if (polarization != NULL && strcmp(polarization, "X") != 0 && strcmp(polarization, "Y") != 0)
        return table_fail(t, "line %zu, column polarization is \"%.40s\", expected X, Y or -", line,
                          polarization);
    element->polarization = polarization != NULL ? polarization[0] : '\0';
    return CPH_OK;
}

static cph_status take_row(table *t, size_t line, char *field[], size_t fields)
{
    if (fields != t->fields)
        return table_fail(t,
                          "line %zu has %zu fields where line %zu names %zu columns; write - where "
                          "there is nothing to say",
                          line, fields, t->named, t->fields);
    struct cph_row *row = cph_rows_add(&t->rows, t->path, line, t->error);
    if (row == NULL)
        return t->rows.count == CPH_ELEMENTS_MAX ? CPH_ERR_FORMAT : CPH_ERR_MEMORY;
    cph_element *element = &row->element;
    cph_status status = take_vector(t, line, COLUMN_X, field, element->position);
    if (status == CPH_OK)
        status = take_normal(t, line, field, element);
    if (status == CPH_OK)
        status = take_whole(t, line, COLUMN_NUMBER, (double)UINT32_MAX, field, &element->number);
    if (status == CPH_OK)
        status = take_whole(t, line, COLUMN_SUBARRAY, (double)CPH_SUBARRAY_NONE - 1.0, field,
                            &element->subarray);
    return status == CPH_OK ? take_labels(t, line, field, element) : status;
}

static cph_status take(void *context, size_t line, char *field[], size_t fields)
{
    table *t = context;
    return t->named == 0 ? take_names(t, line, field, fields) : take_row(t, line, field, fields);
}

cph_status cph_array_table_read(const char *path, cph_array *array, cph_error *error)
{
    table t = {.path = path, .error = error};
    cph_status status = cph_text_each(path, take, &t, error);
    if (status == CPH_OK && t.named == 0)
        status = table_fail(&t, "is empty, expected a first line that names columns, as in x,y,z");
    if (status == CPH_OK)
        status =
            cph_rows_array(&t.rows, path, t.enu ? CPH_FRAME_ENU : CPH_FRAME_ARRAY, array, error);
    cph_rows_free(&t.rows);
    return status;
}
