/* SPDX-License-Identifier: MIT */
/* The rows of a lattice, found in the positions of its elements. */
#include <math.h>
#include <string.h>

#include "kernels/core/size.h"
#include "kernels/steer/steer_kernel.h"

enum { CANDIDATES = 8 };

typedef struct lattice {
    size_t elements;
    const double *position;
    double tolerance[3], step[3];
} lattice;

static bool in_row(const lattice *l, size_t start, size_t i)
{
    const double *const first = l->position + 3 * start, *const r = first + 3 * i;
    for (size_t axis = 0; axis < 3; axis++)
        if (!(fabs(r[axis] - (first[axis] + (double)i * l->step[axis])) <= l->tolerance[axis]))
            return false;
    return true;
}

static size_t cut(const lattice *l, cph_steer_row *rows, cph_steer_row *longest)
{
    size_t count = 0;
    *longest = (cph_steer_row){0};
    for (size_t n = 0; n < l->elements;) {
        cph_steer_row row = {.start = n, .count = 1};
        const size_t most = cph_size_min(CPH_STEER_ROW, l->elements - n);
        while (row.count < most && in_row(l, n, row.count))
            row.count++;
        if (row.count > longest->count)
            *longest = row;
        if (rows != NULL)
            rows[count] = row;
        count++;
        n += row.count;
    }
    return count;
}

static void step_of(lattice *l, cph_steer_row row)
{
    const double *const first = l->position + 3 * row.start;
    const double *const last = first + 3 * (row.count - 1);
    for (size_t axis = 0; axis < 3; axis++)
        l->step[axis] = (last[axis] - first[axis]) / (double)(row.count - 1);
}

/* The step from one element to the next, then the mean of it over the longest row, which is free of
 * the rounding of positions. Elements next to a few places are tried: one may end a row. */
size_t cph_steer_find_rows(size_t elements, const double *position, double step[3],
                           cph_steer_row *rows)
{
    lattice l = {.elements = elements, .position = position};
    for (size_t i = 0; i < 3 * elements; i++)
        l.tolerance[i % 3] = fmax(l.tolerance[i % 3], 0x1p-46 * fabs(position[i]));
    size_t fewest = elements;
    memset(step, 0, 3 * sizeof *step);
    for (size_t c = 0; c < CANDIDATES && elements > 1; c++) {
        cph_steer_row longest;
        step_of(&l, (cph_steer_row){.start = (elements - 2) * c / CANDIDATES, .count = 2});
        (void)cut(&l, NULL, &longest);
        if (longest.count < 2)
            continue;
        step_of(&l, longest);
        const size_t count = cut(&l, NULL, &longest);
        if (count < fewest) {
            fewest = count;
            memcpy(step, l.step, sizeof l.step);
        }
    }
    memcpy(l.step, step, sizeof l.step);
    cph_steer_row longest;
    return cut(&l, rows, &longest);
}
