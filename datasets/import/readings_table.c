/* SPDX-License-Identifier: MIT */
/* What both tables of readings share: columns, numbers. */
#include "datasets/import/readings_table.h"

#include <math.h>
#include <string.h>

#include "datasets/h5/h5.h"
#include "datasets/import/text_table.h"

/* The name that tells a table of each kind; the last one decides. */
static const struct {
    const char *column;
    cph_kind kind;
} marks[] = {{"power", CPH_KIND_REV}, {"re", CPH_KIND_CODED}, {"x_m", CPH_KIND_NEAR_FIELD}};

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
