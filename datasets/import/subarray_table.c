/* SPDX-License-Identifier: MIT */
/* Tables of subarrays: `number subarray`, an element a line. The first line may name the columns.
 */
#include <stdlib.h>
#include <strings.h>

#include "datasets/data.h"
#include "datasets/import/array_file.h"
#include "datasets/import/text_table.h"

typedef struct pair {
    uint32_t number, subarray;
    size_t line;
    bool used;
} pair;

typedef struct table {
    const char *path;
    cph_error *error;
    bool begun;
    pair *pairs;
    size_t count, room;
} table;

#define table_fail(t, status, ...) cph_h5_error((t)->error, status, (t)->path, NULL, __VA_ARGS__)

static bool grow(table *t)
{
    enum { START = 256 };
    if (t->count < t->room)
        return true;
    const size_t room = t->room > 0 ? 2 * t->room : START;
    pair *pairs = reallocarray(t->pairs, room, sizeof *pairs);
    if (pairs == NULL)
        return false;
    t->pairs = pairs;
    t->room = room;
    return true;
}

static cph_status take(void *context, size_t line, char *field[], size_t fields)
{
    table *t = context;
    double number = 0.0, subarray = 0.0;
    const bool first = !t->begun;
    t->begun = true;
    if (first && fields == 2 && strcasecmp(field[0], "number") == 0 &&
        strcasecmp(field[1], "subarray") == 0)
        return CPH_OK;
    if (fields != 2 || !cph_text_whole(field[0], (double)UINT32_MAX, &number) ||
        !cph_text_whole(field[1], (double)CPH_SUBARRAY_NONE - 1.0, &subarray))
        return table_fail(t, CPH_ERR_FORMAT,
                          "line %zu: expected the numbers of an element and of its subarray", line);
    if (t->count == CPH_ELEMENTS_MAX)
        return table_fail(t, CPH_ERR_FORMAT, "has more than %d elements", CPH_ELEMENTS_MAX);
    if (!grow(t))
        return table_fail(t, CPH_ERR_MEMORY, "no memory for its elements");
    t->pairs[t->count++] =
        (pair){.number = (uint32_t)number, .subarray = (uint32_t)subarray, .line = line};
    return CPH_OK;
}

static int by_number(const void *left, const void *right)
{
    const uint32_t a = ((const pair *)left)->number, b = ((const pair *)right)->number;
    return (a > b) - (a < b);
}

/* Both polarisations of a number hang on the same subarray. */
static cph_status apply(table *t, cph_array *array)
{
    if (t->count == 0)
        return table_fail(t, CPH_ERR_FORMAT, "has no lines, expected number,subarray");
    qsort(t->pairs, t->count, sizeof *t->pairs, by_number);
    for (size_t i = 1; i < t->count; i++)
        if (t->pairs[i].number == t->pairs[i - 1].number)
            return table_fail(t, CPH_ERR_FORMAT, "has element %u twice", t->pairs[i].number);
    for (size_t n = 0; n < array->elements; n++) {
        const pair key = {.number = array->element[n].number};
        pair *found = bsearch(&key, t->pairs, t->count, sizeof *t->pairs, by_number);
        if (found == NULL)
            continue;
        found->used = true;
        array->element[n].subarray = found->subarray;
    }
    for (size_t i = 0; i < t->count; i++)
        if (!t->pairs[i].used)
            return table_fail(t, CPH_ERR_FORMAT, "line %zu is for element %u, which is not there",
                              t->pairs[i].line, t->pairs[i].number);
    return CPH_OK;
}

cph_status cph_subarray_table_apply(const char *path, cph_array *array, cph_error *error)
{
    table t = {.path = path, .error = error};
    cph_status status = cph_text_each(path, take, &t, error);
    if (status == CPH_OK)
        status = apply(&t, array);
    free(t.pairs);
    return status;
}
