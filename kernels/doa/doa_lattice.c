/* SPDX-License-Identifier: MIT */
#include "kernels/doa/doa_lattice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

static const double two_pi = 6.28318530717958647692;

/* The lattice of the elements whose position is known; rank [elements] is where each is among
 * them, site [known][2] theirs. */
static cph_status find(const cph_doa *doa, cph_lattice *lattice, double *known, size_t *rank,
                       int32_t *site)
{
    size_t count = 0;
    for (size_t e = 0; e < doa->elements; e++) {
        const double *r = doa->everywhere + 3 * e;
        rank[e] = count;
        if (isfinite(cph_norm3(r)))
            memcpy(known + 3 * count++, r, 3 * sizeof *r);
    }
    return cph_lattice_find(count, known, lattice, site);
}

cph_status cph_doa_lattice_find(const cph_doa *doa, cph_doa_lattice *found, cph_error *error)
{
    size_t bytes = 0, at[3];
    if (!cph_size_place(&bytes, doa->elements, 3 * sizeof(double), &at[0]) ||
        !cph_size_place(&bytes, doa->elements, sizeof(size_t), &at[1]) ||
        !cph_size_place(&bytes, doa->elements, 2 * sizeof(int32_t), &at[2]))
        return cph_fail(error, CPH_ERR_OVERFLOW, "a lattice of %zu elements", doa->elements);
    int32_t *live = calloc(doa->frame.n, 2 * sizeof *live);
    void *memory = malloc(bytes);
    cph_lattice lattice = {{0}, {0}, {0}};
    cph_status status = live != NULL && memory != NULL ? CPH_OK : CPH_ERR_MEMORY;
    size_t *rank = status == CPH_OK ? cph_size_at(memory, at[1]) : NULL;
    int32_t *site = status == CPH_OK ? cph_size_at(memory, at[2]) : NULL;
    if (status == CPH_OK)
        status = find(doa, &lattice, cph_size_at(memory, at[0]), rank, site);
    bool line = true;
    for (size_t i = 0; i < doa->frame.n && status == CPH_OK; i++) {
        memcpy(live + 2 * i, site + 2 * rank[doa->index[i]], 2 * sizeof *live);
        line &= live[2 * i + 1] == live[1];
    }
    free(memory);
    if (status == CPH_OK) {
        *found = (cph_doa_lattice){.lattice = lattice, .site = live, .line = line};
        return CPH_OK;
    }
    free(live);
    return cph_fail(error, status,
                    status == CPH_ERR_MEMORY
                        ? "a lattice of %zu elements: out of memory"
                        : "the %zu elements are on no line or plane lattice of equal steps",
                    doa->elements);
}

void cph_doa_lattice_free(cph_doa_lattice *found)
{
    free(found->site);
    found->site = NULL;
}

/* u = s a + t b in the plane, with u . a and u . b given; returns |u|^2. */
static double in_plane(const cph_lattice *l, double ua, double ub, double u[3])
{
    const double aa = cph_dot3(l->a, l->a), bb = cph_dot3(l->b, l->b), ab = cph_dot3(l->a, l->b);
    const double det = aa * bb - ab * ab;
    const double s = (bb * ua - ab * ub) / det, t = (aa * ub - ab * ua) / det;
    for (size_t i = 0; i < 3; i++)
        u[i] = s * l->a[i] + t * l->b[i];
    return cph_dot3(u, u);
}

static bool on_line(const cph_doa *doa, const cph_lattice *l, double phase, double u[3])
{
    const double *axis = doa->frame.aperture.axis[0];
    const double s = phase / (doa->frame.wavenumber * cph_norm3(l->a));
    if (!(fabs(s) <= 1.0))
        return false;
    cph_doa_on_line(&doa->frame, cph_dot3(axis, l->a) < 0.0 ? -s : s, u);
    return true;
}

bool cph_doa_lattice_direction(const cph_doa *doa, const cph_doa_lattice *lattice,
                               const double phase[2], double u[3])
{
    if (lattice->line)
        return on_line(doa, &lattice->lattice, phase[0], u);
    double least = INFINITY, best[3] = {0.0, 0.0, 0.0};
    for (int m = -1; m <= 1; m++)
        for (int k = -1; k <= 1; k++) {
            double along[3];
            const double square =
                in_plane(&lattice->lattice, (phase[0] + two_pi * m) / doa->frame.wavenumber,
                         (phase[1] + two_pi * k) / doa->frame.wavenumber, along);
            if (square < least) {
                least = square;
                memcpy(best, along, sizeof best);
            }
        }
    if (!(least <= 1.0))
        return false;
    cph_add3(best, sqrt(1.0 - least), doa->frame.aperture.axis[2], u);
    return true;
}
