/* SPDX-License-Identifier: MIT */
#include "kernels/track/track_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"

/* Cells a side, and how often the largest side halves to one. */
enum { LEAST_SIDE = 16, LARGEST_SIDE = 512, HALVINGS = 9 };

static double distance2(cph_c64 a, cph_c64 b)
{
    return cph_c64_power(cph_c64_sub(a, b));
}

static cph_status take_states(const cph_states *states, cph_track_table *t)
{
    if (states->count == 0 || states->count > CPH_STATES_MAX || states->value == NULL)
        return CPH_ERR_ARGUMENT;
    t->count = states->count;
    t->value = calloc(t->count, sizeof *t->value);
    if (t->value == NULL)
        return CPH_ERR_MEMORY;
    memcpy(t->value, states->value, t->count * sizeof *t->value);
    t->least = INFINITY;
    for (size_t i = 0; i < t->count; i++) {
        const double size = hypot(t->value[i].re, t->value[i].im);
        if (!isfinite(size))
            return CPH_ERR_NOT_FINITE;
        t->least = fmin(t->least, size);
        t->largest = fmax(t->largest, size);
    }
    if (!(t->largest > 0.0))
        return CPH_ERR_ARGUMENT;
    for (size_t i = 0; i < t->count; i++)
        t->value[i] = (cph_c64){t->value[i].re / t->largest, t->value[i].im / t->largest};
    t->least /= t->largest;
    t->largest = 1.0;
    t->phases = t->least >= 0.5;
    return CPH_OK;
}

/* ---- the grid ---- */

typedef struct square {
    cph_c64 middle;
    double half; /* of its diagonal */
} square;

/* A square of `cells` a side from cell (x, y) on. */
static square square_at(const cph_track_table *t, size_t x, size_t y, size_t cells)
{
    const double size = (double)cells / t->scale;
    return (square){.middle = {(double)x / t->scale - t->largest + 0.5 * size,
                               (double)y / t->scale - t->largest + 0.5 * size},
                    .half = size * M_SQRT1_2};
}

/* Whether numbers that are asked for may lie there: those between the amplitudes of the states. */
static bool within_reach(const cph_track_table *t, square s)
{
    const double room = 1e-6 * t->largest, middle = sqrt(cph_c64_power(s.middle));
    return middle + s.half >= t->least - room && middle - s.half <= t->largest + room;
}

/* to = those of `from` that may be nearest to a point of the square: to whom a point is nearest is
 * no farther from the middle than the nearest state is, and twice half the diagonal. */
static size_t filter(const cph_track_table *t, square s, size_t count, const uint32_t *from,
                     uint32_t *to)
{
    double nearest = INFINITY;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        nearest = fmin(nearest, distance2(t->value[from[i]], s.middle));
    const double reach = (sqrt(nearest) + 2.0 * s.half) * (1.0 + 1e-12);
    for (size_t i = 0; i < count; i++)
        if (distance2(t->value[from[i]], s.middle) <= reach * reach)
            to[kept++] = from[i];
    return kept;
}

/* Appends the candidates of a cell. */
static cph_status put_cell(cph_track_table *t, size_t *room, size_t x, size_t y, size_t count,
                           const uint32_t *near, uint32_t *scratch)
{
    cph_track_cell *const cell = t->cell + y * t->side + x;
    const square s = square_at(t, x, y, 1);
    if (!within_reach(t, s))
        return CPH_OK;
    const size_t kept = filter(t, s, count, near, scratch);
    if (t->candidates + kept > *room) {
        const size_t more = 2 * (t->candidates + kept);
        uint32_t *const grown = realloc(t->candidate, more * sizeof *grown);
        if (grown == NULL || more > UINT32_MAX) {
            t->candidate = grown == NULL ? t->candidate : grown;
            return CPH_ERR_MEMORY;
        }
        t->candidate = grown;
        *room = more;
    }
    *cell = (cph_track_cell){.start = (uint32_t)t->candidates, .count = (uint32_t)kept};
    memcpy(t->candidate + t->candidates, scratch, kept * sizeof *scratch);
    t->candidates += kept;
    return CPH_OK;
}

/* Every other bit. */
static size_t half_of_bits(size_t bits)
{
    size_t made = 0;
    for (size_t i = 0; i < HALVINGS; i++)
        made |= (bits >> 2 * i & 1) << i;
    return made;
}

/* Candidates of squares come from those of the square of twice the side that they lie in, down to
 * cells: these in the order in which squares of every size are visited as a whole (Morton's).
 * scratch [HALVINGS + 3][count] */
static cph_status fill_grid(cph_track_table *t, uint32_t *scratch)
{
    uint32_t *list[HALVINGS + 3];
    size_t count[HALVINGS + 3], top = 0, room = 0;
    cph_status status = CPH_OK;
    for (size_t k = 0; k < HALVINGS + 3; k++)
        list[k] = scratch + k * t->count;
    while ((size_t)1 << top < t->side)
        top++;
    for (size_t i = 0; i < t->count; i++)
        list[top + 1][i] = (uint32_t)i;
    count[top + 1] = t->count;
    for (size_t cell = 0; cell < t->side * t->side && status == CPH_OK;) {
        size_t level = 0, x = half_of_bits(cell), y = half_of_bits(cell >> 1);
        while (level < top && ((x | y) >> level & 1) == 0)
            level++;
        bool reached = true;
        for (; level > 0 && reached; level -= reached) {
            const square s = square_at(t, x, y, (size_t)1 << level);
            reached = within_reach(t, s);
            if (reached)
                count[level] = filter(t, s, count[level + 1], list[level + 1], list[level]);
        }
        if (level == 0)
            status = put_cell(t, &room, x, y, count[1], list[1], list[0]);
        cell += (size_t)1 << 2 * level;
    }
    return status;
}

/* A cell about as wide as states are apart: on a circle, or over the disc. */
static cph_status make_grid(cph_track_table *t)
{
    const double wanted = t->phases ? (double)t->count : 2.0 * sqrt((double)t->count);
    for (t->side = LEAST_SIDE; t->side < LARGEST_SIDE && (double)t->side < wanted;)
        t->side *= 2;
    t->scale = (double)t->side / (2.0 * t->largest);
    t->cell = calloc(t->side * t->side, sizeof *t->cell);
    uint32_t *const scratch = calloc((HALVINGS + 3) * t->count, sizeof *scratch);
    const cph_status status =
        t->cell == NULL || scratch == NULL ? CPH_ERR_MEMORY : fill_grid(t, scratch);
    free(scratch);
    return status;
}

uint32_t cph_track_nearest(const cph_track_table *table, cph_c64 z)
{
    static const cph_track_cell none = {0, 0};
    const double side = (double)table->side;
    const double x = (z.re + table->largest) * table->scale;
    const double y = (z.im + table->largest) * table->scale;
    const bool inside = x >= 0.0 && x < side && y >= 0.0 && y < side;
    const cph_track_cell cell = inside ? table->cell[(size_t)y * table->side + (size_t)x] : none;
    const bool listed = cell.count > 0;
    const size_t count = listed ? cell.count : table->count;
    uint32_t best = 0;
    double least = INFINITY;
    for (size_t i = 0; i < count; i++) {
        const uint32_t state = listed ? table->candidate[cell.start + i] : (uint32_t)i;
        const double distance = distance2(table->value[state], z);
        if (distance < least) {
            least = distance;
            best = state;
        }
    }
    return best;
}

/* ---- neighbours ---- */

typedef struct place {
    double re;
    uint32_t state;
} place;

static int by_re(const void *a, const void *b)
{
    const place *const x = a, *const y = b;
    if (x->re != y->re)
        return x->re < y->re ? -1 : 1;
    return x->state < y->state ? -1 : x->state > y->state;
}

typedef struct nearby {
    size_t count;
    double distance[CPH_TRACK_MOVES]; /* squared, rising */
    uint32_t state[CPH_TRACK_MOVES];
} nearby;

/* Takes a state in if it is among the `most` nearest; of equally near ones the first. */
static void consider(nearby *n, size_t most, double distance, uint32_t state)
{
    size_t at = n->count;
    while (at > 0 && (distance < n->distance[at - 1] ||
                      (distance == n->distance[at - 1] && state < n->state[at - 1])))
        at--;
    if (at == most)
        return;
    n->count += n->count < most;
    for (size_t i = n->count - 1; i > at; i--) {
        n->distance[i] = n->distance[i - 1];
        n->state[i] = n->state[i - 1];
    }
    n->distance[at] = distance;
    n->state[at] = state;
}

/* From place i outward in one direction while re alone does not put states too far away. */
static void look_along(const cph_track_table *t, const place *sorted, size_t i, int step,
                       size_t most, nearby *n)
{
    const cph_c64 own = t->value[sorted[i].state];
    for (size_t k = i + (size_t)step; k < t->count; k += (size_t)step) {
        const double off = sorted[k].re - own.re;
        if (n->count == most && off * off > n->distance[most - 1])
            return;
        const double distance = distance2(t->value[sorted[k].state], own);
        if (distance > 0.0)
            consider(n, most, distance, sorted[k].state);
    }
}

static cph_status make_neighbours(cph_track_table *t)
{
    const size_t most = t->phases ? CPH_TRACK_MOVES / 2 : CPH_TRACK_MOVES;
    t->moves = t->count - 1 < most ? t->count - 1 : most;
    t->neighbour = calloc(t->count * most, sizeof *t->neighbour);
    place *const sorted = calloc(t->count, sizeof *sorted);
    if (t->neighbour == NULL || sorted == NULL) {
        free(sorted);
        return CPH_ERR_MEMORY;
    }
    for (size_t i = 0; i < t->count; i++)
        sorted[i] = (place){t->value[i].re, (uint32_t)i};
    qsort(sorted, t->count, sizeof *sorted, by_re);
    for (size_t i = 0; i < t->count && t->moves > 0; i++) {
        nearby n = {0};
        look_along(t, sorted, i, 1, t->moves, &n);
        look_along(t, sorted, i, -1, t->moves, &n);
        for (size_t k = 0; k < t->moves; k++) /* too few of other value: itself */
            t->neighbour[sorted[i].state * t->moves + k] =
                k < n.count ? n.state[k] : sorted[i].state;
    }
    free(sorted);
    return CPH_OK;
}

cph_status cph_track_table_make(const cph_states *states, cph_track_table *table)
{
    *table = (cph_track_table){0};
    cph_status status = take_states(states, table);
    if (status == CPH_OK)
        status = make_grid(table);
    if (status == CPH_OK)
        status = make_neighbours(table);
    if (status != CPH_OK)
        cph_track_table_free(table);
    return status;
}

void cph_track_table_free(cph_track_table *table)
{
    free(table->value);
    free(table->cell);
    free(table->candidate);
    free(table->neighbour);
    *table = (cph_track_table){0};
}
