/* SPDX-License-Identifier: MIT */
/* Elements read line by line become an array. */
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"
#include "datasets/import/array_file.h"

enum { ROWS_START = 64 };

static bool grow(cph_rows *rows)
{
    if (rows->count < rows->room)
        return true;
    const size_t room = rows->room > 0 ? 2 * rows->room : ROWS_START;
    struct cph_row *row = reallocarray(rows->row, room, sizeof *row);
    if (row == NULL)
        return false;
    rows->row = row;
    rows->room = room;
    return true;
}

struct cph_row *cph_rows_add(cph_rows *rows, const char *path, size_t line, cph_error *error)
{
    if (rows->count == CPH_ELEMENTS_MAX) {
        (void)cph_h5_error(error, CPH_ERR_FORMAT, path, NULL, "has more than %d elements",
                           CPH_ELEMENTS_MAX);
        return NULL;
    }
    if (!grow(rows)) {
        (void)cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory for its elements");
        return NULL;
    }
    struct cph_row *row = &rows->row[rows->count];
    *row = (struct cph_row){.line = line,
                            .element = {.number = (uint32_t)rows->count,
                                        .subarray = CPH_SUBARRAY_NONE,
                                        .axes = {1, 0, 0, 0, 1, 0, 0, 0, 1}}};
    rows->count++;
    return row;
}

void cph_rows_free(cph_rows *rows)
{
    free(rows->row);
    *rows = (cph_rows){0};
}

static int by_identity(const void *left, const void *right)
{
    const struct cph_row *const *l = left, *const *r = right;
    const cph_element *a = &(*l)->element, *b = &(*r)->element;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    if (a->polarization != b->polarization)
        return a->polarization < b->polarization ? -1 : 1;
    return ((*l)->line > (*r)->line) - ((*l)->line < (*r)->line);
}

static cph_status check_identities(const cph_rows *rows, const char *path, cph_error *error)
{
    const struct cph_row **sorted = calloc(rows->count, sizeof(struct cph_row *));
    if (sorted == NULL)
        return cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory for its elements");
    for (size_t i = 0; i < rows->count; i++)
        sorted[i] = &rows->row[i];
    qsort(sorted, rows->count, sizeof(struct cph_row *), by_identity);
    cph_status status = CPH_OK;
    for (size_t i = 1; status == CPH_OK && i < rows->count; i++) {
        const cph_element *a = &sorted[i - 1]->element, *b = &sorted[i]->element;
        if (a->number == b->number && a->polarization == b->polarization)
            status = cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                                  "lines %zu and %zu are both for element %u%s",
                                  sorted[i - 1]->line, sorted[i]->line, a->number,
                                  a->polarization != 0 ? " of one polarisation" : "");
    }
    free(sorted);
    return status;
}

cph_status cph_rows_array(const cph_rows *rows, const char *path, cph_frame frame, cph_array *array,
                          cph_error *error)
{
    static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    cph_array made;
    if (rows->count == 0)
        return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                            "has no elements, expected a line an element");
    cph_status status = check_identities(rows, path, error);
    if (status != CPH_OK)
        return status;
    status = cph_array_create(rows->count, &made);
    if (status != CPH_OK)
        return cph_h5_error(error, status, path, NULL, "no memory for its elements");
    for (size_t n = 0; n < rows->count; n++)
        made.element[n] = rows->row[n].element;
    made.frame = frame;
    made.has_positions = true;
    made.has_array_to_enu = frame != CPH_FRAME_ARRAY;
    if (made.has_array_to_enu)
        memcpy(made.array_to_enu, identity, sizeof identity);
    *array = made;
    return CPH_OK;
}
