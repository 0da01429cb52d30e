/* SPDX-License-Identifier: MIT */
/* The field on a plane from a text table: places in any order that make a grid. */
#include <math.h>
#include <stdlib.h>

#include "datasets/h5/h5.h"
#include "datasets/import/readings_table.h"
#include "datasets/import/text_table.h"
#include "kernels/core/size.h"

enum { X, Y, RE, IM, AMPLITUDE, PHASE, COLUMNS };
static const cph_readings_columns columns = {
    {"x_m", "y_m", "re", "im", "amplitude_db", "phase_deg", NULL}, 2};

/* A place may be off its grid by this much of a step; a quarter of a grid must be there. */
static const double off_grid = 0.01;
enum { SPARSE = 4 };

typedef struct row {
    double place[2];
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

/* ---- lines ---- */

static cph_status take_row(table *t, size_t line, char *const field[])
{
    double number[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) {
        const cph_status status = cph_readings_number(t->path, line, field, columns.name[c],
                                                      t->place[c], 0.0, &number[c], t->error);
        if (status != CPH_OK)
            return status;
    }
    if (t->rows == t->room) {
        const size_t room = t->room > 0 ? 2 * t->room : 256;
        row *const grown = reallocarray(t->row, room, sizeof *grown);
        if (grown == NULL)
            return no_memory(t);
        t->row = grown;
        t->room = room;
    }
    t->row[t->rows++] = (row){.place = {number[X], number[Y]},
                              .value = t->place[RE] != SIZE_MAX
                                           ? (cph_c64){number[RE], number[IM]}
                                           : cph_readings_state(number[AMPLITUDE], number[PHASE]),
                              .line = line};
    return CPH_OK;
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

/* ---- the grid ---- */

typedef struct axis {
    double first, step; /* step 0: all in one line */
    size_t count;
} axis;

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The smallest gap between places along axis k is the step. */
static cph_status find_axis(const table *t, size_t k, axis *a)
{
    double *const at = calloc(t->rows, sizeof *at);
    if (at == NULL)
        return no_memory(t);
    for (size_t i = 0; i < t->rows; i++)
        at[i] = t->row[i].place[k];
    qsort(at, t->rows, sizeof *at, by_value);
    const double extent = at[t->rows - 1] - at[0];
    double gap = extent;
    /* Closer than this, places are the same: a scan has no more lines than samples. */
    const double same = off_grid * extent / (double)t->rows;
    for (size_t i = 1; i < t->rows; i++)
        if (at[i] - at[i - 1] > same)
            gap = fmin(gap, at[i] - at[i - 1]);
    *a = (axis){.first = at[0], .count = 1};
    free(at);
    if (!isfinite(extent))
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL, "places are too far apart");
    if (extent > 0.0) {
        const double steps = round(extent / gap);
        a->count = (size_t)steps + 1; /* gap is above extent / (100 rows): fits */
        a->step = extent / steps;
    }
    return CPH_OK;
}

static cph_status fill(const table *t, const axis a[2], cph_near_field_readings *r)
{
    for (size_t i = 0; i < r->rows * r->columns; i++)
        r->field[i] = (cph_c64){NAN, NAN};
    for (size_t i = 0; i < t->rows; i++) {
        const row *const from = &t->row[i];
        size_t at[2];
        for (size_t k = 0; k < 2; k++) {
            const double steps = a[k].step > 0.0 ? (from->place[k] - a[k].first) / a[k].step : 0.0;
            if (fabs(steps - round(steps)) > off_grid)
                return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                                    "line %zu: %s = %g is off the grid of the other places, %zu "
                                    "steps of %g m from %g m",
                                    from->line, columns.name[k], from->place[k], a[k].count - 1,
                                    a[k].step, a[k].first);
            at[k] = (size_t)round(steps);
        }
        cph_c64 *const to = &r->field[at[1] * r->columns + at[0]];
        if (!isnan(to->re))
            return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                                "line %zu: there is a reading at %g, %g already", from->line,
                                from->place[0], from->place[1]);
        *to = from->value;
    }
    return CPH_OK;
}

static cph_status build(const table *t, cph_near_field_readings *readings)
{
    axis a[2] = {{.count = 0}, {.count = 0}};
    size_t count;
    cph_near_field_readings r;
    if (t->rows < 2)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL, "has %zu readings of a field",
                            t->rows);
    cph_status status = find_axis(t, 0, &a[0]);
    if (status == CPH_OK)
        status = find_axis(t, 1, &a[1]);
    if (status != CPH_OK)
        return status;
    if (!cph_size_mul(a[0].count, a[1].count, &count) || count / SPARSE > t->rows)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                            "%zu places are no grid: %zu by %zu of their smallest steps", t->rows,
                            a[0].count, a[1].count);
    status = cph_near_field_readings_create(NULL, a[1].count, a[0].count, &r);
    if (status != CPH_OK)
        return no_memory(t);
    for (size_t k = 0; k < 2; k++) {
        r.origin_m[k] = a[k].first;
        r.spacing_m[k] = a[k].step > 0.0 ? a[k].step : a[1 - k].step;
    }
    status = r.spacing_m[0] > 0.0
                 ? fill(t, a, &r)
                 : cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL, "has one place alone");
    if (status == CPH_OK)
        *readings = r;
    else
        cph_near_field_readings_free(&r);
    return status;
}

cph_status cph_near_field_table_read(const char *path, cph_near_field_readings *readings,
                                     cph_error *error)
{
    table t = {.path = path, .error = error};
    cph_status status = cph_text_each(path, take_line, &t, error);
    if (status == CPH_OK)
        status = build(&t, readings);
    free(t.row);
    return status;
}
