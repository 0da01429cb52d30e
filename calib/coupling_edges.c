/* SPDX-License-Identifier: MIT */
/* Elements at the edge of a lattice see other surroundings than those inside. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/coupling_calib.h"
#include "kernels/core/vec3.h"

/* The diagonal of a square lattice, not the next but one of any. */
static const double neighbour_within = 1.5;

static double distance(const double *position, size_t p, size_t q)
{
    double d[3];
    cph_add3(position + 3 * p, -1.0, position + 3 * q, d);
    return cph_norm3(d);
}

static double shortest(size_t elements, const double *position)
{
    double least = INFINITY;
    for (size_t p = 0; p < elements; p++)
        for (size_t q = p + 1; q < elements; q++)
            least = fmin(least, distance(position, p, q));
    return least;
}

/* Neighbours of p among those that are not at an edge (NULL: all). */
static size_t neighbours(size_t elements, const double *position, double reach, const bool *edge,
                         size_t p)
{
    size_t count = 0;
    for (size_t q = 0; q < elements; q++)
        count += q != p && (edge == NULL || !edge[q]) && distance(position, p, q) <= reach;
    return count;
}

static void find_edges(size_t elements, const double *position, double reach, size_t rings,
                       bool *edge, bool *next)
{
    size_t most = 0;
    for (size_t p = 0; p < elements; p++) {
        const size_t count = neighbours(elements, position, reach, NULL, p);
        most = count > most ? count : most;
    }
    for (size_t r = 0; r < rings; r++) {
        for (size_t p = 0; p < elements; p++)
            next[p] =
                edge[p] || neighbours(elements, position, reach, r == 0 ? NULL : edge, p) < most;
        memcpy(edge, next, elements * sizeof *edge);
    }
}

cph_status cph_coupling_edges(size_t elements, const double *position, double reach_m, size_t rings,
                              unsigned char *flag)
{
    if (elements == 0 || position == NULL || flag == NULL || rings > elements || !(reach_m >= 0.0))
        return CPH_ERR_ARGUMENT;
    bool *const edge = calloc(elements, 2 * sizeof *edge);
    if (edge == NULL)
        return CPH_ERR_MEMORY;
    const double reach = reach_m > 0.0 ? reach_m : neighbour_within * shortest(elements, position);
    find_edges(elements, position, reach, rings, edge, edge + elements);
    for (size_t p = 0; p < elements; p++)
        if (edge[p] && flag[p] == CPH_FLAG_NONE)
            flag[p] = CPH_FLAG_EXCLUDED;
    free(edge);
    return CPH_OK;
}
