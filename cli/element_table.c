/* SPDX-License-Identifier: MIT */
#include "cli/element_table.h"

#include <math.h>
#include <string.h>

#include "cli/text_output.h"
#include "kernels/core/fail.h"

/* ---- columns ---- */

/* z of the element's own axes in those of positions. */
static void write_normal(FILE *file, const cph_element *e)
{
    fprintf(file, ",%.17g,%.17g,%.17g", e->axes[2], e->axes[5], e->axes[8]);
}

static bool has_normal(const cph_element *e)
{
    return e->axes[2] != 0.0 || e->axes[5] != 0.0 || e->axes[8] != 1.0;
}

static void write_subarray(FILE *file, const cph_element *e)
{
    if (e->subarray == CPH_SUBARRAY_NONE)
        fputs(",-", file);
    else
        fprintf(file, ",%u", e->subarray);
}

static bool has_subarray(const cph_element *e)
{
    return e->subarray != CPH_SUBARRAY_NONE;
}

static void write_mark(FILE *file, const cph_element *e)
{
    fputs(e->listed ? ",1" : ",0", file);
}

static bool has_mark(const cph_element *e)
{
    return e->listed;
}

static void write_polarization(FILE *file, const cph_element *e)
{
    fprintf(file, ",%c", e->polarization != '\0' ? e->polarization : '-');
}

static bool has_polarization(const cph_element *e)
{
    return e->polarization != '\0';
}

static bool has_name(const cph_element *e)
{
    return e->name[0] != '\0' && e->name[strcspn(e->name, ",; \t\r\n#\"")] == '\0';
}

static void write_name(FILE *file, const cph_element *e)
{
    fprintf(file, ",%s", has_name(e) ? e->name : "-");
}

static const struct {
    const char *head;
    bool (*has)(const cph_element *e);
    void (*write)(FILE *file, const cph_element *e);
} columns[] = {{",nx,ny,nz", has_normal, write_normal},
               {",subarray", has_subarray, write_subarray},
               {",listed", has_mark, write_mark},
               {",polarization", has_polarization, write_polarization},
               {",name", has_name, write_name}};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* ---- the table ---- */

static void write_rows(FILE *file, const cph_array *array)
{
    bool wanted[COLUMNS] = {false};
    fputs(array->frame == CPH_FRAME_ENU ? "number,E,N,U" : "number,x,y,z", file);
    for (size_t c = 0; c < COLUMNS; c++) {
        for (size_t n = 0; n < array->elements; n++)
            wanted[c] = wanted[c] || columns[c].has(&array->element[n]);
        fputs(wanted[c] ? columns[c].head : "", file);
    }
    fputc('\n', file);
    for (size_t n = 0; n < array->elements; n++) {
        const cph_element *const e = &array->element[n];
        fprintf(file, "%u,%.17g,%.17g,%.17g", e->number, e->position[0], e->position[1],
                e->position[2]);
        for (size_t c = 0; c < COLUMNS; c++)
            if (wanted[c])
                columns[c].write(file, e);
        fputc('\n', file);
    }
}

cph_status cph_element_table_write(const char *path, const char *const *inputs,
                                   const cph_array *array, cph_error *error)
{
    cph_text_output output;
    if (array->frame == CPH_FRAME_ECEF)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: a table of elements has no frame \"ecef\"",
                        path);
    for (size_t n = 0; n < array->elements; n++)
        for (size_t k = 0; k < 3; k++)
            if (!isfinite(array->element[n].position[k]))
                return cph_fail(error, CPH_ERR_FORMAT, "%s: element %u has no position", path,
                                array->element[n].number);
    const cph_status status = cph_text_open(&output, path, inputs, error);
    if (status != CPH_OK)
        return status;
    write_rows(output.file, array);
    return cph_text_commit(&output, error);
}
