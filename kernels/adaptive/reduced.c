/* SPDX-License-Identifier: MIT */
#include "cophase/reduced.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* What is left of a row that is none of its own. */
static const double dependent = 1e-6;

/* Steps of a fan to each side at most. */
enum { MOST_STEPS = 1024 };

/* ---- a fan ---- */

typedef struct spoke {
    double distance;
    long i, j;
} spoke;

static int nearer(const void *first, const void *second)
{
    const spoke *a = first, *b = second;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return a->j != b->j ? (a->j < b->j ? -1 : 1) : (a->i > b->i) - (a->i < b->i);
}

/* How many steps of the grid lie within the unit circle's diameter. */
static long reach(double step)
{
    return step > 0.0 ? (long)fmin(ceil(2.0 / step), MOST_STEPS) : 0;
}

static bool point_at(const double look[3], const double step[2], const spoke *s, double u[3])
{
    u[0] = look[0] + (double)s->i * step[0];
    u[1] = look[1] + (double)s->j * step[1];
    const double rest = 1.0 - u[0] * u[0] - u[1] * u[1];
    u[2] = rest > 0.0 ? copysign(sqrt(rest), look[2]) : 0.0;
    return rest > 0.0;
}

cph_status cph_fan_directions(const double look[3], const double step[2], size_t capacity,
                              double *direction, size_t *count)
{
    if (look == NULL || step == NULL || direction == NULL || count == NULL || capacity == 0 ||
        !(step[0] >= 0.0) || !(step[1] >= 0.0))
        return CPH_ERR_ARGUMENT;
    if (!isfinite(cph_norm3(look)))
        return CPH_ERR_NOT_FINITE;
    const long side[2] = {reach(step[0]), reach(step[1])};
    const size_t all = (size_t)((2 * side[0] + 1) * (2 * side[1] + 1));
    spoke *grid = reallocarray(NULL, all, sizeof *grid);
    if (grid == NULL)
        return CPH_ERR_MEMORY;
    size_t made = 0;
    for (long j = -side[1]; j <= side[1]; j++)
        for (long i = -side[0]; i <= side[0]; i++)
            grid[made++] = (spoke){hypot((double)i, (double)j), i, j};
    qsort(grid, made, sizeof *grid, nearer);
    memcpy(direction, look, 3 * sizeof *look);
    *count = 1;
    for (size_t k = 1; k < made && *count < capacity; k++)
        *count += point_at(look, step, &grid[k], direction + 3 * *count);
    free(grid);
    return CPH_OK;
}

/* ---- T ---- */

static void scale(size_t n, double by, cph_c64 *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = cph_c64_scale(by, x[i]);
}

cph_status cph_reduce_orthonormal(size_t elements, size_t rows, cph_c64 *t, unsigned char *flag)
{
    size_t kept = 0;
    if (elements == 0 || rows == 0 || t == NULL || flag == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t m = 0; m < rows; m++) {
        cph_c64 *row = t + m * elements;
        const double whole = sqrt(cph_c64_inner(elements, row, row).re);
        if (!isfinite(whole))
            return CPH_ERR_NOT_FINITE;
        for (size_t k = 0; k < 2 * m; k++) { /* twice, lest rounding bring them back */
            const cph_c64 *before = t + k % m * elements,
                          along = cph_c64_inner(elements, before, row);
            for (size_t i = 0; i < elements; i++)
                row[i] = cph_c64_sub(row[i], cph_c64_mul(along, before[i]));
        }
        const double rest = sqrt(cph_c64_inner(elements, row, row).re);
        flag[m] = !(rest > dependent * whole);
        scale(elements, flag[m] ? 0.0 : 1.0 / rest, row);
        kept += flag[m] == 0;
    }
    return kept > 0 ? CPH_OK : CPH_ERR_TOO_FEW;
}

cph_status cph_reduce_steering(size_t elements, const cph_c64 *gain, const cph_c64 *a, size_t rows,
                               const cph_c64 *t, cph_c64 *b)
{
    if (a == NULL || t == NULL || b == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t m = 0; m < rows; m++) {
        b[m] = (cph_c64){0.0, 0.0};
        for (size_t n = 0; n < elements; n++) {
            const cph_c64 factor = t[m * elements + n];
            if (!cph_c64_is_zero(factor))
                b[m] = cph_c64_add(
                    b[m], cph_c64_mulc(gain != NULL ? cph_c64_mul(gain[n], a[n]) : a[n], factor));
        }
    }
    return CPH_OK;
}

/* y [N] = R t, of the elements that t uses. */
static void product(size_t elements, const cph_c64 *r, size_t ld, const cph_c64 *t, cph_c64 *y)
{
    memset(y, 0, elements * sizeof *y);
    for (size_t q = 0; q < elements; q++)
        for (size_t p = 0; !cph_c64_is_zero(t[q]) && p < elements; p++)
            y[p] = cph_c64_add(y[p], cph_c64_mul(r[p * ld + q], t[q]));
}

cph_status cph_reduce_covariance(size_t elements, const cph_c64 *r, size_t ld, size_t rows,
                                 const cph_c64 *t, cph_c64 *s)
{
    if (r == NULL || t == NULL || s == NULL || elements == 0 ||
        !cph_size_matrix(elements, ld, elements, sizeof *r))
        return CPH_ERR_ARGUMENT;
    cph_c64 *y = reallocarray(NULL, elements, sizeof *y);
    if (y == NULL)
        return CPH_ERR_MEMORY;
    for (size_t j = 0; j < rows; j++) {
        product(elements, r, ld, t + j * elements, y);
        const cph_status status = cph_reduce_steering(elements, NULL, y, rows, t, s + j * rows);
        if (status != CPH_OK) {
            free(y);
            return status;
        }
    }
    free(y);
    /* row j holds column j */
    for (size_t p = 0; p < rows; p++)
        for (size_t q = 0; q <= p; q++) {
            const cph_c64 lower =
                cph_c64_scale(0.5, cph_c64_add(s[q * rows + p], cph_c64_conj(s[p * rows + q])));
            s[p * rows + q] = lower;
            s[q * rows + p] = cph_c64_conj(lower);
        }
    return CPH_OK;
}

cph_status cph_reduce_expand(size_t elements, size_t rows, const cph_c64 *t, const cph_c64 *z,
                             cph_c64 *w)
{
    if (t == NULL || z == NULL || w == NULL)
        return CPH_ERR_ARGUMENT;
    memset(w, 0, elements * sizeof *w);
    for (size_t m = 0; m < rows; m++)
        for (size_t n = 0; n < elements; n++)
            w[n] = cph_c64_add(w[n], cph_c64_mul(t[m * elements + n], z[m]));
    return CPH_OK;
}
