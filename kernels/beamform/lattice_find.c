/* SPDX-License-Identifier: MIT */
/* The lattice that elements stand on, and where its beams look. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/lattice.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

static size_t nearest_middle(size_t elements, const double *position)
{
    double mean[3] = {0.0, 0.0, 0.0}, least = INFINITY, d[3];
    size_t best = 0;
    for (size_t i = 0; i < 3 * elements; i++)
        mean[i % 3] += position[i] / (double)elements;
    for (size_t n = 0; n < elements; n++) {
        cph_add3(position + 3 * n, -1.0, mean, d);
        if (cph_dot3(d, d) < least) {
            least = cph_dot3(d, d);
            best = n;
        }
    }
    return best;
}

/* The shortest step from `middle` to another element, or, beside a given one, that is not along it;
 * or its opposite; of equal ones (within 1e-6) the one most along `toward`. False when there is
 * none. */
static bool shortest_step(size_t elements, const double *position, size_t middle,
                          const double *beside, const double *toward, double *step)
{
    double least = INFINITY, d[3], normal[3];
    for (size_t n = 0; n < elements; n++) {
        cph_add3(position + 3 * n, -1.0, position + 3 * middle, d);
        const double length = cph_norm3(d);
        if (n == middle || length == 0.0)
            continue;
        if (beside != NULL) {
            cph_cross3(beside, d, normal);
            if (cph_norm3(normal) < 0.1 * length * cph_norm3(beside))
                continue;
        }
        if (cph_dot3(d, toward) < 0.0)
            cph_add3(d, -2.0, d, d);
        const bool shorter = length < least * (1.0 - 1e-6);
        if (shorter || (length < least * (1.0 + 1e-6) &&
                        cph_dot3(d, toward) > cph_dot3(step, toward) + 1e-6 * length)) {
            least = shorter ? length : least;
            memcpy(step, d, sizeof d);
        }
    }
    return least < INFINITY;
}

/* Coordinates of a displacement along a and b: the least-squares ones. */
static void coordinates(const cph_lattice *l, const double *d, double *i, double *j)
{
    const double aa = cph_dot3(l->a, l->a), bb = cph_dot3(l->b, l->b), ab = cph_dot3(l->a, l->b);
    const double da = cph_dot3(d, l->a), db = cph_dot3(d, l->b), det = aa * bb - ab * ab;
    *i = (bb * da - ab * db) / det;
    *j = (aa * db - ab * da) / det;
}

static bool place(const cph_lattice *l, const double *r, int32_t *site)
{
    double d[3], i, j;
    cph_add3(r, -1.0, l->origin, d);
    coordinates(l, d, &i, &j);
    i = rint(i);
    j = rint(j);
    if (!(fabs(i) < INT32_MAX && fabs(j) < INT32_MAX))
        return false;
    for (size_t axis = 0; axis < 3; axis++)
        d[axis] -= i * l->a[axis] + j * l->b[axis];
    site[0] = (int32_t)i;
    site[1] = (int32_t)j;
    return cph_dot3(d, d) <= 1e-6 * cph_dot3(l->a, l->a);
}

static int by_site(const void *left, const void *right)
{
    const int32_t *const a = left, *const b = right;
    return a[1] != b[1] ? (a[1] > b[1]) - (a[1] < b[1]) : (a[0] > b[0]) - (a[0] < b[0]);
}

static bool find_steps(size_t elements, const double *position, size_t middle, cph_lattice *l)
{
    static const double x[3] = {1.0, 1e-3, 1e-6}, y[3] = {0.0, 1.0, 0.0}, z[3] = {0.0, 0.0, 1.0};
    double left[3], toward[3], normal[3];
    memcpy(l->origin, position + 3 * middle, sizeof l->origin);
    if (!shortest_step(elements, position, middle, NULL, x, l->a))
        return false;
    cph_cross3(z, l->a, left);
    cph_add3(left, 1e-3, l->a, toward);
    if (!shortest_step(elements, position, middle, l->a, toward, l->b))
        cph_cross3(cph_norm3(left) > 0.0 ? z : y, l->a, l->b);
    cph_cross3(l->a, l->b, normal);
    if (normal[2] < 0.0)
        cph_add3(l->b, -2.0, l->b, l->b);
    return true;
}

cph_status cph_lattice_find(size_t elements, const double *position, cph_lattice *lattice,
                            int32_t *site)
{
    if (elements == 0 || position == NULL || lattice == NULL || site == NULL)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(elements, 3, 3, sizeof *position))
        return CPH_ERR_OVERFLOW;
    for (size_t i = 0; i < 3 * elements; i++)
        if (!isfinite(position[i]))
            return CPH_ERR_NOT_FINITE;
    cph_lattice found;
    if (!find_steps(elements, position, nearest_middle(elements, position), &found))
        return CPH_ERR_MISSING;
    int32_t *const sites = malloc(4 * elements * sizeof *sites);
    if (sites == NULL)
        return CPH_ERR_MEMORY;
    int32_t *const sorted = sites + 2 * elements;
    bool fits = true;
    for (size_t n = 0; fits && n < elements; n++)
        fits = place(&found, position + 3 * n, sites + 2 * n);
    if (fits) {
        memcpy(sorted, sites, 2 * elements * sizeof *sites);
        qsort(sorted, elements, 2 * sizeof *sorted, by_site);
        for (size_t n = 1; n < elements; n++)
            fits &= by_site(sorted + 2 * n - 2, sorted + 2 * n) != 0;
    }
    if (fits) {
        *lattice = found;
        memcpy(site, sites, 2 * elements * sizeof *sites);
    }
    free(sites);
    return fits ? CPH_OK : CPH_ERR_MISSING;
}

/* u = s a + t b in the plane, with u . a and u . b given. */
static double in_plane(const cph_lattice *l, double ua, double ub, double *u)
{
    const double aa = cph_dot3(l->a, l->a), bb = cph_dot3(l->b, l->b), ab = cph_dot3(l->a, l->b);
    const double det = aa * bb - ab * ab;
    const double s = (bb * ua - ab * ub) / det, t = (aa * ub - ab * ua) / det;
    for (size_t i = 0; i < 3; i++)
        u[i] = s * l->a[i] + t * l->b[i];
    return cph_dot3(u, u);
}

cph_status cph_lattice_direction(const cph_lattice *lattice, size_t beams_a, size_t beams_b,
                                 double freq_hz, size_t beam, double u[3])
{
    size_t beams;
    if (lattice == NULL || u == NULL || beams_a == 0 || beams_b == 0 || !isfinite(freq_hz) ||
        freq_hz <= 0.0 || !cph_size_mul(beams_a, beams_b, &beams) || beam >= beams)
        return CPH_ERR_ARGUMENT;
    const double wavelength = CPH_SPEED_OF_LIGHT / freq_hz;
    const double p = ((double)(beam % beams_a) - (double)(beams_a / 2)) / (double)beams_a;
    const double q = ((double)(beam / beams_a) - (double)(beams_b / 2)) / (double)beams_b;
    double least = INFINITY, best[3] = {0.0, 0.0, 0.0}, normal[3];
    for (int m = -1; m <= 1; m++)
        for (int k = -1; k <= 1; k++) {
            double along[3];
            const double square =
                in_plane(lattice, wavelength * (p + m), wavelength * (q + k), along);
            if (square < least) {
                least = square;
                memcpy(best, along, sizeof best);
            }
        }
    if (!(least <= 1.0))
        return CPH_ERR_MISSING;
    cph_cross3(lattice->a, lattice->b, normal);
    const double up = sqrt((1.0 - least) / cph_dot3(normal, normal));
    for (size_t i = 0; i < 3; i++)
        u[i] = best[i] + up * normal[i];
    return CPH_OK;
}
