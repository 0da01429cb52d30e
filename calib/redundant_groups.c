/* SPDX-License-Identifier: MIT */
/* Baselines sorted into groups of the same vector, by a table of cells of the tolerance. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Cells are counted in 64 bits, exactly so far as double counts. */
static const double most_cells = 1e15;
/* Tolerance where none is given; and where no baseline has a length. */
static const double share_of_shortest = 0.01, no_length = 1e-9;

typedef struct table {
    size_t slots;   /* a power of two, at least twice the groups */
    uint32_t *slot; /* 1 + group, 0: empty */
    double *vector; /* [groups][3] first members */
    size_t groups;
    double tolerance;
} table;

static int64_t cell_of(const table *t, double x)
{
    return (int64_t)floor(x / t->tolerance);
}

static size_t hash(const table *t, const int64_t cell[3])
{
    uint64_t h = 0;
    for (int k = 0; k < 3; k++) {
        h ^= (uint64_t)cell[k];
        h *= 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    return (size_t)h & (t->slots - 1);
}

static bool is_near(const table *t, const double *a, const double *b)
{
    double d2 = 0.0;
    for (int k = 0; k < 3; k++)
        d2 += (a[k] - b[k]) * (a[k] - b[k]);
    return d2 <= t->tolerance * t->tolerance;
}

static bool in_cell(const table *t, const double *vector, const int64_t cell[3])
{
    for (int k = 0; k < 3; k++)
        if (cell_of(t, vector[k]) != cell[k])
            return false;
    return true;
}

/* The lowest group within the tolerance of v, SIZE_MAX for none. */
static size_t find(const table *t, const double v[3])
{
    size_t best = SIZE_MAX;
    for (int i = 0; i < 27; i++) {
        const int64_t cell[3] = {cell_of(t, v[0]) + i % 3 - 1, cell_of(t, v[1]) + i / 3 % 3 - 1,
                                 cell_of(t, v[2]) + i / 9 - 1};
        for (size_t s = hash(t, cell); t->slot[s] != 0; s = (s + 1) & (t->slots - 1)) {
            const size_t k = t->slot[s] - 1;
            const double *first = t->vector + 3 * k;
            if (k < best && in_cell(t, first, cell) && is_near(t, first, v))
                best = k;
        }
    }
    return best;
}

static size_t insert(table *t, const double v[3])
{
    const int64_t cell[3] = {cell_of(t, v[0]), cell_of(t, v[1]), cell_of(t, v[2])};
    size_t s = hash(t, cell);
    while (t->slot[s] != 0)
        s = (s + 1) & (t->slots - 1);
    memcpy(t->vector + 3 * t->groups, v, 3 * sizeof *v);
    t->slot[s] = (uint32_t)++t->groups;
    return t->groups - 1;
}

/* A new group's vector points to +x, or +y where x is none, or +z. */
static bool points_back(const table *t, const double v[3])
{
    for (int k = 0; k < 3; k++)
        if (fabs(v[k]) > t->tolerance)
            return v[k] < 0.0;
    return false;
}

/* The baseline's group, turned to its sense. */
static void classify(table *t, cph_redundant_baseline *b, const double v[3])
{
    const double back[3] = {-v[0], -v[1], -v[2]};
    size_t along = find(t, v), against = find(t, back);
    bool turned = against < along;
    size_t group = turned ? against : along;
    if (group == SIZE_MAX) {
        turned = points_back(t, v);
        group = insert(t, turned ? back : v);
    }
    if (turned)
        *b = (cph_redundant_baseline){b->second, b->first, (uint32_t)group};
    else
        b->group = (uint32_t)group;
}

static cph_status check_positions(const cph_redundant_config *c, double tolerance, cph_error *error)
{
    for (size_t i = 0; i < 3 * c->elements; i++) {
        if (!isfinite(c->position[i]))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "the position of element %zu is not finite",
                            i / 3);
        if (fabs(c->position[i]) > most_cells * tolerance)
            return cph_fail(error, CPH_ERR_ARGUMENT,
                            "element %zu is too far out for a tolerance of %g m", i / 3, tolerance);
    }
    return CPH_OK;
}

static double length_of(const double v[3])
{
    return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

static bool is_left_out(const cph_redundant_config *c, size_t p)
{
    return c->flag != NULL && c->flag[p] != CPH_FLAG_NONE;
}

/* r_p - r_q */
static double baseline(const cph_redundant_config *c, size_t p, size_t q, double v[3])
{
    for (size_t k = 0; k < 3; k++)
        v[k] = c->position[3 * p + k] - c->position[3 * q + k];
    return length_of(v);
}

/* The tolerance asked for, or a share of the shortest baseline: errors of positions are no larger,
 * and differences of lattices are. */
static double tolerance_of(const cph_redundant_config *c)
{
    double shortest = INFINITY, v[3];
    for (size_t p = 0; c->tolerance_m <= 0.0 && p < c->elements; p++)
        for (size_t q = p + 1; !is_left_out(c, p) && q < c->elements; q++)
            if (!is_left_out(c, q))
                shortest = fmin(shortest, baseline(c, p, q, v));
    if (c->tolerance_m > 0.0)
        return c->tolerance_m;
    return isfinite(shortest) && shortest > 0.0 ? share_of_shortest * shortest : no_length;
}

/* All baselines within the limits, in the order of elements, each with its group. */
static cph_status classify_all(const cph_redundant_config *c, table *t, cph_redundant_set *set,
                               cph_error *error)
{
    for (size_t p = 0; p < c->elements; p++)
        for (size_t q = p + 1; q < c->elements; q++) {
            double v[3];
            if (is_left_out(c, p) || is_left_out(c, q))
                continue;
            const double length = baseline(c, p, q, v);
            /* Further apart, an element has one partner of each kind in a group at most. */
            if (length <= 2.0 * t->tolerance)
                return cph_fail(error, CPH_ERR_ARGUMENT,
                                "elements %zu and %zu are %g m apart: expected more than twice "
                                "the tolerance of %g m, or one of them left out",
                                p, q, length, t->tolerance);
            if (length < c->min_baseline_m ||
                (c->max_baseline_m > 0.0 && length > c->max_baseline_m))
                continue;
            cph_redundant_baseline *b = &set->baseline[set->baselines++];
            *b = (cph_redundant_baseline){.first = (uint32_t)p, .second = (uint32_t)q};
            classify(t, b, v);
        }
    return CPH_OK;
}

/* Counting sort by group: stable. */
static cph_status order(cph_redundant_set *set)
{
    cph_redundant_baseline *sorted = calloc(set->baselines + 1, sizeof *sorted);
    size_t *at = calloc(set->groups + 2, sizeof *at);
    set->start = calloc(set->groups + 1, sizeof *set->start);
    set->origin = calloc(set->groups + 1, sizeof *set->origin);
    const bool ok = sorted != NULL && at != NULL && set->start != NULL && set->origin != NULL;
    if (ok) {
        for (size_t b = 0; b < set->baselines; b++)
            at[set->baseline[b].group + 1]++;
        for (size_t k = 0; k < set->groups; k++) {
            at[k + 1] += at[k];
            set->start[k + 1] = at[k + 1];
            set->origin[k] = k;
        }
        for (size_t b = 0; b < set->baselines; b++)
            sorted[at[set->baseline[b].group]++] = set->baseline[b];
        memcpy(set->baseline, sorted, set->baselines * sizeof *sorted);
    }
    free(sorted);
    free(at);
    return ok ? CPH_OK : CPH_ERR_MEMORY;
}

static cph_status allocate(size_t n, table *t, cph_redundant_set *set)
{
    size_t pairs, slots = 4;
    if (!cph_size_mul(n, n - 1, &pairs) || pairs > UINT32_MAX)
        return CPH_ERR_OVERFLOW;
    pairs /= 2;
    while (slots < 2 * pairs)
        slots *= 2;
    t->slots = slots;
    t->slot = calloc(slots, sizeof *t->slot);
    t->vector = calloc(pairs + 1, 3 * sizeof *t->vector);
    set->baseline = calloc(pairs + 1, sizeof *set->baseline);
    set->element = calloc(n, sizeof *set->element);
    set->position = calloc(n, 3 * sizeof *set->position);
    return t->slot != NULL && t->vector != NULL && set->baseline != NULL && set->element != NULL &&
                   set->position != NULL
               ? CPH_OK
               : CPH_ERR_MEMORY;
}

cph_status cph_redundant_sort(const cph_redundant_config *c, cph_redundant_set *set,
                              double **vector, cph_error *error)
{
    table t = {.tolerance = tolerance_of(c)};
    cph_status status = check_positions(c, t.tolerance, error);
    if (status != CPH_OK)
        return status;
    set->elements = set->n = c->elements;
    set->tolerance = t.tolerance;
    status = allocate(c->elements, &t, set);
    if (status == CPH_OK) {
        for (size_t p = 0; p < c->elements; p++)
            set->element[p] = p;
        memcpy(set->position, c->position, 3 * c->elements * sizeof *c->position);
        status = classify_all(c, &t, set, error);
        set->groups = t.groups;
        if (status == CPH_OK)
            status = order(set);
        else
            error = NULL; /* said */
    }
    free(t.slot);
    if (status != CPH_OK) {
        free(t.vector);
        return status == CPH_ERR_ARGUMENT ? status
                                          : cph_fail(error, status, "%zu elements: %s", c->elements,
                                                     cph_status_name(status));
    }
    *vector = t.vector;
    return CPH_OK;
}
