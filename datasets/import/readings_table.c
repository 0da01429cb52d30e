/* SPDX-License-Identifier: MIT */
/* What both tables of readings share: columns, numbers. */
#include "datasets/import/readings_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/h5/h5.h"
#include "datasets/import/text_table.h"

/* The name that tells a table of each kind; the last one decides. */
static const struct {
    const char *column;
    cph_kind kind;
} marks[] = {{"power", CPH_KIND_REV},
             {"power_db", CPH_KIND_REV},
             {"re", CPH_KIND_CODED},
             {"x_m", CPH_KIND_NEAR_FIELD},
             {"receiver", CPH_KIND_COUPLING}};

/* The first line that has fields decides; going on would only take time. */
static cph_status take_first(void *context, size_t line, char *field[], size_t fields)
{
    cph_kind *const kind = context;
    (void)line;
    for (size_t m = 0; m < sizeof marks / sizeof marks[0]; m++)
        for (size_t i = 0; i < fields; i++)
            if (strcmp(field[i], marks[m].column) == 0)
                *kind = marks[m].kind;
    return CPH_ERR_INTERRUPTED;
}

cph_kind cph_readings_table_kind(const char *path)
{
    cph_kind kind = CPH_KIND_COUNT;
    const cph_status status = cph_text_each(path, take_first, &kind, NULL);
    return status == CPH_ERR_INTERRUPTED ? kind : CPH_KIND_COUNT;
}

static size_t column_of(const cph_readings_columns *columns, const char *name)
{
    size_t c = 0;
    while (columns->name[c] != NULL && strcmp(columns->name[c], name) != 0)
        c++;
    return c;
}

cph_status cph_readings_header(const char *path, size_t line, char *const field[], size_t fields,
                               const cph_readings_columns *columns, size_t *place, cph_error *error)
{
    for (size_t c = 0; columns->name[c] != NULL; c++)
        place[c] = SIZE_MAX;
    for (size_t i = 0; i < fields; i++) {
        const size_t c = column_of(columns, field[i]);
        if (columns->name[c] == NULL)
            return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                                "line %zu names a column \"%.40s\" that readings do not have", line,
                                field[i]);
        if (place[c] != SIZE_MAX)
            return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                                "line %zu names the column %s twice", line, field[i]);
        place[c] = i;
    }
    for (size_t c = 0; c < columns->needed; c++)
        if (place[c] == SIZE_MAX)
            return cph_h5_error(error, CPH_ERR_MISSING, path, NULL,
                                "line %zu names no column %s, which these readings need", line,
                                columns->name[c]);
    return CPH_OK;
}

cph_status cph_readings_parts(const char *path, size_t line, char *const field[], size_t fields,
                              const cph_readings_columns *columns, size_t *place, size_t first,
                              cph_error *error)
{
    const cph_status status = cph_readings_header(path, line, field, fields, columns, place, error);
    if (status != CPH_OK)
        return status;
    const bool parts = place[first] != SIZE_MAX && place[first + 1] != SIZE_MAX;
    const bool polar = place[first + 2] != SIZE_MAX && place[first + 3] != SIZE_MAX;
    return parts != polar
               ? CPH_OK
               : cph_h5_error(error, CPH_ERR_MISSING, path, NULL,
                              "line %zu: expected either re and im or amplitude_db and phase_deg",
                              line);
}

static int by_number(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

cph_status cph_readings_array(const uint32_t *number, size_t count, cph_array *array)
{
    uint32_t *const sorted = calloc(count, sizeof *sorted);
    if (sorted == NULL)
        return CPH_ERR_MEMORY;
    memcpy(sorted, number, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_number);
    size_t different = 1;
    for (size_t i = 1; i < count; i++)
        if (sorted[i] != sorted[different - 1])
            sorted[different++] = sorted[i];
    const cph_status status = cph_array_create(different, array);
    for (size_t n = 0; status == CPH_OK && n < different; n++)
        array->element[n].number = sorted[n];
    free(sorted);
    return status;
}

size_t cph_readings_index(const cph_array *array, uint32_t number)
{
    size_t low = 0, high = array->elements;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (array->element[middle].number <= number)
            low = middle;
        else
            high = middle;
    }
    return low;
}

cph_status cph_readings_number(const char *path, size_t line, char *const field[], const char *name,
                               size_t place, double absent, double *value, cph_error *error)
{
    *value = absent;
    if (place == SIZE_MAX || cph_text_number(field[place], value))
        return CPH_OK;
    return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                        "line %zu: %s is \"%.40s\", expected a finite number", line, name,
                        field[place]);
}

cph_status cph_readings_whole(const char *path, size_t line, char *const field[], const char *name,
                              size_t place, double limit, double *value, cph_error *error)
{
    *value = 0.0;
    if (place == SIZE_MAX || cph_text_whole(field[place], limit, value))
        return CPH_OK;
    return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                        "line %zu: %s is \"%.40s\", expected a whole number up to %.0f", line, name,
                        field[place], limit);
}

cph_c64 cph_readings_state(double db, double phase_deg)
{
    const double size = pow(10.0, db / 20.0), angle = phase_deg * M_PI / 180.0;
    const double re = size * cos(angle), im = size * sin(angle);
    return (cph_c64){re, im};
}
