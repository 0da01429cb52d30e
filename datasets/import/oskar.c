/* SPDX-License-Identifier: MIT */
/* The layout of a station of the OSKAR simulator (its "Telescope Model" document): element
 * coordinates x, y and optionally z in metres in the horizon plane, x east, y north, z up, then
 * optionally dx, dy, dz by which the element really stands elsewhere. The beam is made for x, y, z,
 * and so it is here. */
#include <math.h>

#include "datasets/data.h"
#include "datasets/import/array_file.h"
#include "datasets/import/text_table.h"

enum { LEAST = 2, MOST = 6 };

typedef struct layout {
    const char *path;
    cph_error *error;
    cph_rows rows;
} layout;

static cph_status take(void *context, size_t line, char *field[], size_t fields)
{
    layout *l = context;
    if (fields < LEAST || fields > MOST)
        return cph_h5_error(l->error, CPH_ERR_FORMAT, l->path, NULL,
                            "line %zu has %zu numbers, expected x y [z [dx dy dz]] in metres", line,
                            fields);
    double value[MOST] = {0};
    for (size_t i = 0; i < fields; i++)
        if (!cph_text_number(field[i], &value[i]) || fabs(value[i]) > CPH_POSITION_LIMIT_M)
            return cph_h5_error(l->error, CPH_ERR_FORMAT, l->path, NULL,
                                "line %zu, number %zu is \"%.40s\", expected metres about the "
                                "station's centre",
                                line, i + 1, field[i]);
    struct cph_row *row = cph_rows_add(&l->rows, l->path, line, l->error);
    if (row == NULL)
        return l->rows.count == CPH_ELEMENTS_MAX ? CPH_ERR_FORMAT : CPH_ERR_MEMORY;
    for (size_t i = 0; i < 3; i++)
        row->element.position[i] = value[i];
    return CPH_OK;
}

cph_status cph_oskar_layout_read(const char *path, cph_array *array, cph_error *error)
{
    layout l = {.path = path, .error = error};
    cph_status status = cph_text_each(path, take, &l, error);
    if (status == CPH_OK)
        status = cph_rows_array(&l.rows, path, CPH_FRAME_ENU, array, error);
    cph_rows_free(&l.rows);
    return status;
}
