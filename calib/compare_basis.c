/* SPDX-License-Identifier: MIT */
/* The terms of a change over an aperture, as far as its elements tell them apart. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/compare.h"
#include "calib/redundant_vector.h"
#include "kernels/array/aperture.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* Relative: what is less than this beside the other terms cannot be told from them. */
static const double distinct = 1e-3;
enum { SPARE = 2 }; /* more elements than terms where curvature is fitted */

/* Axes, centre, radius and spreads; s [3][n] metres from the centre along the axes. */
static void measure(size_t n, const double *position, double wavelength, double *s,
                    cph_comparison *c, double extent_wl[3])
{
    static const double boresight[3] = {0.0, 0.0, 1.0};
    cph_aperture aperture;
    cph_aperture_measure(n, position, wavelength, boresight, &aperture);
    c->dims = aperture.dims;
    memcpy(c->axis, aperture.axis, sizeof c->axis);
    memcpy(extent_wl, aperture.extent_wl, sizeof aperture.extent_wl);
    memset(c->centre, 0, sizeof c->centre);
    memset(c->spread_m, 0, sizeof c->spread_m);
    c->radius_m = 0.0;
    for (size_t i = 0; i < n; i++)
        cph_add3(c->centre, 1.0 / (double)n, position + 3 * i, c->centre);
    for (size_t i = 0; i < n; i++) {
        double from[3];
        cph_add3(position + 3 * i, -1.0, c->centre, from);
        for (size_t k = 0; k < 3; k++) {
            s[k * n + i] = cph_dot3(from, c->axis[k]);
            c->spread_m[k] += s[k * n + i] * s[k * n + i] / (double)n;
        }
        c->radius_m = fmax(c->radius_m, hypot(s[i], c->dims > 1 ? s[n + i] : 0.0));
    }
    for (size_t k = 0; k < 3; k++)
        c->spread_m[k] = sqrt(c->spread_m[k]);
}

static double term_at(size_t term, const double *s, size_t n, size_t i, double radius)
{
    const double x = s[i] / radius, y = s[n + i] / radius;
    switch (term) {
    case CPH_COMPARE_COMMON:
        return 1.0;
    case CPH_COMPARE_DEFOCUS:
        return x * x + y * y;
    case CPH_COMPARE_ASTIGMATISM:
        return x * x - y * y;
    case CPH_COMPARE_ASTIGMATISM_DIAGONAL:
        return 2.0 * x * y;
    default:
        return s[(term - CPH_COMPARE_TILT) * n + i] / radius;
    }
}

/* Whether the mean and the terms so far leave enough of this one, which was of this length with its
 * mean; what they leave is made part of the basis. */
static bool is_new(size_t n, size_t count, double *orthonormal, const double *column, double whole)
{
    double *const rest = orthonormal + count * n;
    memcpy(rest, column, n * sizeof *rest);
    const double left = cph_vector_orthogonalise(n, count, orthonormal, rest);
    if (!(left > distinct * whole) || whole == 0.0)
        return false;
    cph_vector_normalise(n, left, rest);
    return true;
}

/* Terms that this many elements can have at all. */
static bool is_wanted(size_t term, size_t dims, size_t n)
{
    if (term < CPH_COMPARE_DEFOCUS)
        return term < CPH_COMPARE_TILT + dims;
    const size_t curves = dims > 1 ? 3 : dims;
    return term < CPH_COMPARE_DEFOCUS + curves && (dims > 1 || term == CPH_COMPARE_DEFOCUS) &&
           n >= 1 + dims + curves + SPARE;
}

cph_status cph_compare_lay(size_t n, const double *position, double wavelength, cph_comparison *c,
                           cph_compare_basis *basis)
{
    double *const s = calloc(3 * n, sizeof *s);
    double *const orthonormal = calloc(CPH_COMPARE_TERMS * n, sizeof *orthonormal);
    cph_compare_basis b = {.n = n, .column = calloc(CPH_COMPARE_TERMS * n, sizeof(double))};
    b.place = calloc(3 * n, sizeof(double));
    if (s == NULL || orthonormal == NULL || b.column == NULL || b.place == NULL) {
        free(s);
        free(orthonormal);
        cph_compare_basis_free(&b);
        return CPH_ERR_MEMORY;
    }
    measure(n, position, wavelength, s, c, b.extent_wl);
    b.dims = c->dims;
    for (size_t i = 0; i < b.dims * n; i++)
        b.place[i] = s[i] / wavelength;
    for (size_t term = 0; term < CPH_COMPARE_TERMS; term++) {
        if (!is_wanted(term, c->dims, n))
            continue;
        double *const column = b.column + b.count * n;
        double mean = 0.0, square = 0.0;
        for (size_t i = 0; i < n; i++) {
            column[i] = term_at(term, s, n, i, c->radius_m);
            mean += column[i] / (double)n;
            square += column[i] * column[i];
        }
        for (size_t i = 0; i < n && term > CPH_COMPARE_COMMON; i++)
            column[i] -= mean;
        if (is_new(n, b.count, orthonormal, column, sqrt(square)))
            b.term[b.count++] = term;
    }
    free(s);
    free(orthonormal);
    *basis = b;
    return CPH_OK;
}

void cph_compare_basis_free(cph_compare_basis *basis)
{
    free(basis->column);
    free(basis->place);
    *basis = (cph_compare_basis){.n = 0};
}
