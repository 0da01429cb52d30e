/* SPDX-License-Identifier: MIT */
/* Regular arrays. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cophase/array.h"
#include "kernels/core/size.h"

/* Height of a row of the triangular lattice in pitches: sqrt(3) / 2. */
#define ROW_HEIGHT 0.86602540378443864676

/* A site of the triangular lattice is q steps along x and r steps along (1/2, sqrt(3)/2). */
typedef struct site {
    long q, r;
    long norm; /* q^2 + q r + r^2: its squared distance from site (0, 0), exact */
    double angle;
} site;

static cph_status start(size_t n, double d, const char *kind, cph_array *array, cph_array *made)
{
    if (array == NULL || !isfinite(d) || d <= 0.0)
        return CPH_ERR_ARGUMENT;
    cph_status status = cph_array_create(n, made);
    if (status != CPH_OK)
        return status;
    made->frame = CPH_FRAME_ARRAY;
    made->has_positions = true;
    made->pitch_m = d;
    (void)snprintf(made->label, sizeof made->label, "%s:%zu,%.6gmm", kind, n, d * 1e3);
    return CPH_OK;
}

static void place(cph_array *array, size_t n, double x, double y)
{
    array->element[n].position[0] = x;
    array->element[n].position[1] = y;
    array->element[n].position[2] = 0.0;
}

cph_status cph_array_ula(size_t n, double d, cph_array *array)
{
    cph_array made;
    cph_status status = start(n, d, "ula", array, &made);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        place(&made, i, d * ((double)i - 0.5 * (double)(n - 1)), 0.0);
    *array = made;
    return CPH_OK;
}

cph_status cph_array_ura(size_t a, size_t b, double d, cph_array *array)
{
    cph_array made;
    size_t n;
    if (!cph_size_mul(a, b, &n))
        return CPH_ERR_OVERFLOW;
    cph_status status = start(n, d, "ura", array, &made);
    if (status != CPH_OK)
        return status;
    (void)snprintf(made.label, sizeof made.label, "ura:%zux%zu,%.6gmm", a, b, d * 1e3);
    for (size_t i = 0; i < n; i++)
        place(&made, i, d * ((double)(i % a) - 0.5 * (double)(a - 1)),
              d * ((double)(i / a) - 0.5 * (double)(b - 1)));
    *array = made;
    return CPH_OK;
}

static void place_site(cph_array *array, size_t n, long q, long r)
{
    place(array, n, array->pitch_m * ((double)q + 0.5 * (double)r),
          array->pitch_m * ROW_HEIGHT * (double)r);
}

cph_status cph_array_tri(size_t n, double d, cph_array *array)
{
    cph_array made;
    /* Far beyond any memory, and n stays exact in double. */
    if (n > (size_t)1 << 50)
        return CPH_ERR_OVERFLOW;
    size_t k = 0;
    if (n > 0)
        k = (size_t)llround((sqrt(12.0 * (double)n - 3.0) - 3.0) / 6.0);
    if (n != 3 * k * (k + 1) + 1)
        return CPH_ERR_ARGUMENT;
    cph_status status = start(n, d, "tri", array, &made);
    if (status != CPH_OK)
        return status;
    size_t i = 0;
    long side = (long)k;
    for (long r = -side; r <= side; r++)
        for (long q = r < 0 ? -side - r : -side; q <= (r < 0 ? side : side - r); q++)
            place_site(&made, i++, q, r);
    *array = made;
    return CPH_OK;
}

static int by_norm_and_angle(const void *left, const void *right)
{
    const site *a = left, *b = right;
    if (a->norm != b->norm)
        return a->norm < b->norm ? -1 : 1;
    return (a->angle > b->angle) - (a->angle < b->angle);
}

static int by_row(const void *left, const void *right)
{
    const site *a = left, *b = right;
    return a->r != b->r ? (a->r > b->r) - (a->r < b->r) : (a->q > b->q) - (a->q < b->q);
}

/* All sites whose distance from (0, 0) is at most `radius` pitches; count only when list is NULL.
 */
static size_t sites_within(double radius, site *list)
{
    long reach = (long)(radius / ROW_HEIGHT) + 1, limit = (long)(radius * radius);
    size_t count = 0;
    for (long r = -reach; r <= reach; r++)
        for (long q = -reach; q <= reach; q++) {
            long norm = q * q + q * r + r * r;
            if (norm > limit)
                continue;
            if (list != NULL) {
                double angle = atan2(ROW_HEIGHT * (double)r, (double)q + 0.5 * (double)r);
                list[count] = (site){q, r, norm, angle < 0.0 ? angle + 2.0 * M_PI : angle};
            }
            count++;
        }
    return count;
}

static void centre(cph_array *array)
{
    for (size_t axis = 0; axis < 2; axis++) {
        double sum = 0.0;
        for (size_t n = 0; n < array->elements; n++)
            sum += array->element[n].position[axis];
        for (size_t n = 0; n < array->elements; n++)
            array->element[n].position[axis] -= sum / (double)array->elements;
    }
}

cph_status cph_array_disc(size_t n, double d, cph_array *array)
{
    cph_array made;
    if (n > (size_t)1 << 40)
        return CPH_ERR_OVERFLOW;
    cph_status status = start(n, d, "disc", array, &made);
    if (status != CPH_OK)
        return status;
    /* Every point is within 0.58 pitches of a site, and each site covers an area of ROW_HEIGHT:
     * a circle that is one pitch wider than n sites' area holds at least n. */
    double radius = sqrt((double)n * ROW_HEIGHT / M_PI) + 1.0;
    size_t count = sites_within(radius, NULL);
    site *list = count > 0 ? malloc(count * sizeof *list) : NULL;
    if (list == NULL) {
        cph_array_free(&made);
        return CPH_ERR_MEMORY;
    }
    (void)sites_within(radius, list);
    qsort(list, count, sizeof *list, by_norm_and_angle);
    qsort(list, n, sizeof *list, by_row);
    for (size_t i = 0; i < n; i++)
        place_site(&made, i, list[i].q, list[i].r);
    free(list);
    centre(&made);
    *array = made;
    return CPH_OK;
}
