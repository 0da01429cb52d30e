/* SPDX-License-Identifier: MIT */
/* Elements in groups that stand together. */
#include <math.h>
#include <stdlib.h>

#include "cophase/reduced.h"
#include "kernels/core/size.h"

typedef struct place {
    double along, across; /* sorted by along, then across */
    size_t element;
} place;

static int in_order(const void *first, const void *second)
{
    const place *a = first, *b = second;
    if (a->along != b->along)
        return a->along < b->along ? -1 : 1;
    if (a->across != b->across)
        return a->across < b->across ? -1 : 1;
    return a->element < b->element ? -1 : 1;
}

/* Sorts n places along axis 0 (x) or 1 (y); coordinates that agree to 1e-9 of the array are one. */
static void sort_along(const double *position, double unit, int axis, size_t n, place *of)
{
    for (size_t i = 0; i < n; i++) {
        of[i].along = round(position[3 * of[i].element + (size_t)axis] / unit);
        of[i].across = round(position[3 * of[i].element + (size_t)(1 - axis)] / unit);
    }
    qsort(of, n, sizeof *of, in_order);
}

/* A list of all elements; *unit: 1e-9 of the largest coordinate. */
static cph_status list_all(size_t elements, const double *position, place **list, double *unit)
{
    double reach = 0.0;
    for (size_t i = 0; i < 3 * elements; i++) {
        if (!isfinite(position[i]))
            return CPH_ERR_NOT_FINITE;
        reach = fmax(reach, fabs(position[i]));
    }
    *list = reallocarray(NULL, elements, sizeof **list);
    if (*list == NULL)
        return CPH_ERR_MEMORY;
    for (size_t n = 0; n < elements; n++)
        (*list)[n] = (place){.element = n};
    *unit = reach > 0.0 ? 1e-9 * reach : 1.0;
    return CPH_OK;
}

cph_status cph_subarrays_grid(size_t elements, const double *position, size_t columns, size_t rows,
                              size_t *group)
{
    size_t groups = 0;
    place *list = NULL;
    double unit = 1.0;
    if (position == NULL || group == NULL || !cph_size_mul(columns, rows, &groups) || groups == 0 ||
        groups > elements)
        return CPH_ERR_ARGUMENT;
    const cph_status status = list_all(elements, position, &list, &unit);
    if (status != CPH_OK)
        return status;
    sort_along(position, unit, 1, elements, list);
    for (size_t row = 0; row < rows; row++) {
        const size_t first = elements * row / rows, count = elements * (row + 1) / rows - first;
        sort_along(position, unit, 0, count, list + first);
        for (size_t i = 0; i < count; i++)
            group[list[first + i].element] = row * columns + i * columns / count;
    }
    free(list);
    return CPH_OK;
}

static int longer_axis(const double *position, size_t n, const place *of)
{
    double least[2] = {INFINITY, INFINITY}, most[2] = {-INFINITY, -INFINITY};
    for (size_t i = 0; i < n; i++)
        for (size_t axis = 0; axis < 2; axis++) {
            least[axis] = fmin(least[axis], position[3 * of[i].element + axis]);
            most[axis] = fmax(most[axis], position[3 * of[i].element + axis]);
        }
    return most[1] - least[1] > most[0] - least[0] ? 1 : 0;
}

/* Groups first, first + 1, ... of the n places: those that are next in line are split off on a
 * stack of the halves that wait, never more than the bits of a number. */
static void split(const double *position, double unit, size_t n, size_t groups, place *of,
                  size_t *group)
{
    struct {
        size_t start, count, groups;
    } waiting[8 * sizeof(size_t)] = {{0, n, groups}};
    size_t depth = 1, made = 0;
    while (depth > 0) {
        const size_t start = waiting[depth - 1].start, count = waiting[depth - 1].count;
        const size_t left = waiting[depth - 1].groups / 2, all = waiting[depth - 1].groups;
        depth--;
        if (all == 1) {
            for (size_t i = 0; i < count; i++)
                group[of[start + i].element] = made;
            made++;
            continue;
        }
        sort_along(position, unit, longer_axis(position, count, of + start), count, of + start);
        const size_t cut = count * left / all;
        waiting[depth].start = start + cut;
        waiting[depth].count = count - cut;
        waiting[depth++].groups = all - left;
        waiting[depth].start = start;
        waiting[depth].count = cut;
        waiting[depth++].groups = left;
    }
}

cph_status cph_subarrays_split(size_t elements, const double *position, size_t groups,
                               size_t *group)
{
    place *list = NULL;
    double unit = 1.0;
    if (position == NULL || group == NULL || groups == 0 || groups > elements)
        return CPH_ERR_ARGUMENT;
    const cph_status status = list_all(elements, position, &list, &unit);
    if (status != CPH_OK)
        return status;
    split(position, unit, elements, groups, list, group);
    free(list);
    return CPH_OK;
}
