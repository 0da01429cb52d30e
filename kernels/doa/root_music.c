/* SPDX-License-Identifier: MIT */
/* Root-MUSIC: the null spectrum on a line of equally spaced elements is a polynomial in
 * z = exp(j phase of a step), whose roots come in pairs z, 1 / conj(z). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/doa/doa_lattice.h"
#include "kernels/doa/doa_small.h"

enum { MOST_SPACINGS = 512 };
/* Coefficients at the ends that are smaller than this of the largest are rounding. */
static const double least_end = 1e-14;

/* c[span + l] = sum over elements l steps apart of conj(g_p) (I - E E^H)_pq g_q. */
static void coefficients(const cph_doa *doa, const int32_t *site, size_t sources, size_t span,
                         cph_c64 *c)
{
    const size_t n = doa->frame.n;
    const cph_c64 *g = doa->frame.gain;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            cph_c64 entry = {p == q ? 1.0 : 0.0, 0.0};
            for (size_t k = 0; k < sources; k++) {
                const cph_c64 *e = doa->vector + k * n;
                entry = cph_c64_sub(entry, cph_c64_mulc(e[p], e[q]));
            }
            const ptrdiff_t lag = (ptrdiff_t)site[2 * q] - site[2 * p];
            cph_c64 *at = c + (ptrdiff_t)span + lag;
            *at = cph_c64_add(*at, cph_c64_mul(cph_c64_mulc(entry, g[p]), g[q]));
        }
}

/* The roots of c[0] + c[1] z + ... by the eigenvalues of its companion matrix; *degree shrinks
 * where the ends are nothing (both alike: c is Hermitian). */
static cph_status find_roots(cph_c64 *c, size_t *degree, cph_c64 *root)
{
    double largest = 0.0;
    size_t d = *degree;
    for (size_t i = 0; i <= d; i++)
        largest = fmax(largest, cph_c64_power(c[i]));
    while (d >= 2 && !(cph_c64_power(c[d]) > least_end * least_end * largest)) {
        c++;
        d -= 2;
    }
    *degree = d;
    if (d == 0)
        return CPH_OK;
    cph_c64 *a = calloc(d, d * sizeof *a);
    if (a == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < d; i++) {
        const cph_c64 ratio =
            cph_c64_scale(-1.0 / cph_c64_power(c[d]), cph_c64_mulc(c[d - 1 - i], c[d]));
        a[i] = ratio;
        if (i + 1 < d)
            a[(i + 1) * d + i].re = 1.0;
    }
    const cph_status status = cph_doa_eigen(d, a, root, NULL);
    free(a);
    return status;
}

static double off_circle(cph_c64 z)
{
    const double power = cph_c64_power(z);
    return power > 0.0 && isfinite(power) ? fabs(log(power)) : INFINITY;
}

/* The phase of the pair nearest the unit circle, which is taken out of root [*count]: the two
 * halves of a double root may part along the circle, so their mean is it. */
static double take_pair(cph_c64 *root, size_t *count)
{
    size_t nearest = 0, partner = 0;
    for (size_t i = 1; i < *count; i++)
        if (off_circle(root[i]) < off_circle(root[nearest]))
            nearest = i;
    const cph_c64 z = root[nearest];
    const cph_c64 mirror = cph_c64_scale(1.0 / cph_c64_power(z), z);
    root[nearest] = root[--*count];
    for (size_t i = 1; i < *count; i++)
        if (cph_c64_power(cph_c64_sub(root[i], mirror)) <
            cph_c64_power(cph_c64_sub(root[partner], mirror)))
            partner = i;
    const cph_c64 other = *count > 0 ? root[partner] : z;
    if (*count > 0)
        root[partner] = root[--*count];
    const cph_c64 sum = cph_c64_add(cph_c64_scale(1.0 / sqrt(cph_c64_power(z)), z),
                                    cph_c64_scale(1.0 / sqrt(cph_c64_power(other)), other));
    return atan2(sum.im, sum.re);
}

static void pick(const cph_doa *doa, const cph_doa_lattice *lattice, cph_c64 *root, size_t count,
                 size_t sources, double *direction, size_t *found)
{
    size_t made = 0;
    while (made < sources && count > 0) {
        const double phase[2] = {take_pair(root, &count), 0.0};
        made += cph_doa_lattice_direction(doa, lattice, phase, direction + 3 * made);
    }
    *found = made;
}

static cph_status solve(const cph_doa *doa, const cph_doa_lattice *lattice, size_t sources,
                        double *direction, size_t *found, cph_error *error)
{
    int32_t low = INT32_MAX, high = INT32_MIN;
    for (size_t i = 0; i < doa->frame.n; i++) {
        low = lattice->site[2 * i] < low ? lattice->site[2 * i] : low;
        high = lattice->site[2 * i] > high ? lattice->site[2 * i] : high;
    }
    const size_t span = (size_t)((int64_t)high - low);
    if (span > MOST_SPACINGS)
        return cph_fail(error, CPH_ERR_OVERFLOW,
                        "root-MUSIC on a line of %zu spacings: at most %d; ESPRIT takes more", span,
                        MOST_SPACINGS);
    size_t degree = 2 * span;
    cph_c64 *c = calloc(2 * degree + 1, sizeof *c);
    if (c == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "root-MUSIC: out of memory");
    coefficients(doa, lattice->site, sources, span, c);
    cph_c64 *root = c + degree + 1;
    const cph_status status = find_roots(c, &degree, root);
    if (status == CPH_OK)
        pick(doa, lattice, root, degree, sources, direction, found);
    free(c);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "roots of a polynomial of degree %zu: %s",
                                       2 * span, cph_status_name(status));
}

cph_status cph_doa_root_music(const cph_doa *doa, size_t sources, double *direction, size_t *found,
                              cph_error *error)
{
    cph_doa_lattice lattice = {.site = NULL};
    if (doa == NULL || direction == NULL || found == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no covariance, or nowhere to put directions");
    cph_status status = cph_doa_check_vectors(doa, error);
    if (status == CPH_OK)
        status = cph_doa_check_sources(doa, sources, error);
    if (status == CPH_OK)
        status = cph_doa_lattice_find(doa, &lattice, error);
    if (status == CPH_OK)
        status = lattice.line
                     ? solve(doa, &lattice, sources, direction, found, error)
                     : cph_fail(error, CPH_ERR_MISSING,
                                "root-MUSIC needs a line of equally spaced elements: these "
                                "%zu are on a plane",
                                doa->frame.n);
    cph_doa_lattice_free(&lattice);
    return status;
}
