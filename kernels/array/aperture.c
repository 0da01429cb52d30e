/* SPDX-License-Identifier: MIT */
/* Whether elements stand on a line, on a plane or in a volume, and along which axes. */
#include "kernels/array/aperture.h"

#include <float.h>
#include <stdbool.h>
#include <string.h>

#include "kernels/core/vec3.h"

/* Across a line, 0.01 wavelength turns phases by less than 4 degrees: no lobe comes of it. A plane
 * thinner than a quarter wavelength cannot tell its back from its front. */
static const double line_width_wl = 0.01, plane_thickness_wl = 0.25;
/* Second moments closer than this: no longest axis, the array's own x is as good. */
static const double round_within = 0.02;

/* Eigenvectors (rows of v) of a symmetric 3 x 3 matrix by cyclic Jacobi rotations; s becomes
 * diagonal. Ten sweeps are far more than three dimensions need. */
static void jacobi3(double s[3][3], double v[3][3])
{
    static const int plane[3][2] = {{0, 1}, {0, 2}, {1, 2}};
    memset(v, 0, 9 * sizeof(double));
    v[0][0] = v[1][1] = v[2][2] = 1.0;
    for (int turn = 0; turn < 30; turn++) {
        const int p = plane[turn % 3][0], q = plane[turn % 3][1];
        if (fabs(s[p][q]) <= DBL_MIN)
            continue;
        const double angle = 0.5 * atan2(2.0 * s[p][q], s[p][p] - s[q][q]);
        const double co = cos(angle), si = sin(angle);
        for (int k = 0; k < 3; k++) {
            const double a = s[p][k], b = s[q][k];
            s[p][k] = co * a + si * b;
            s[q][k] = co * b - si * a;
        }
        for (int k = 0; k < 3; k++) {
            const double a = s[k][p], b = s[k][q], vp = v[p][k], vq = v[q][k];
            s[k][p] = co * a + si * b;
            s[k][q] = co * b - si * a;
            v[p][k] = co * vp + si * vq;
            v[q][k] = co * vq - si * vp;
        }
    }
}

/* Rows of axis by falling second moment. */
static void principal_axes(size_t n, const double *r, double axis[3][3], double moment[3])
{
    double mean[3] = {0}, s[3][3] = {{0}};
    for (size_t i = 0; i < n; i++)
        cph_add3(mean, 1.0 / (double)n, r + 3 * i, mean);
    for (size_t i = 0; i < n; i++) {
        double d[3];
        cph_add3(r + 3 * i, -1.0, mean, d);
        for (int p = 0; p < 3; p++)
            for (int q = 0; q < 3; q++)
                s[p][q] += d[p] * d[q];
    }
    jacobi3(s, axis);
    for (int p = 0; p < 3; p++)
        moment[p] = s[p][p];
    for (int pass = 0; pass < 2; pass++)
        for (int p = 0; p < 2; p++)
            if (moment[p] < moment[p + 1]) {
                double m = moment[p], row[3];
                moment[p] = moment[p + 1];
                moment[p + 1] = m;
                memcpy(row, axis[p], sizeof row);
                memcpy(axis[p], axis[p + 1], sizeof row);
                memcpy(axis[p + 1], row, sizeof row);
            }
}

static double extent(size_t n, const double *r, const double axis[3])
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const double x = cph_dot3(r + 3 * i, axis);
        low = fmin(low, x);
        high = fmax(high, x);
    }
    return high - low;
}

/* Makes the first component of a that is not tiny positive. */
static void point_forward(double a[3])
{
    static const int order[3] = {2, 0, 1};
    for (int k = 0; k < 3; k++) {
        if (fabs(a[order[k]]) < 1e-9)
            continue;
        if (a[order[k]] < 0.0)
            cph_add3(a, -2.0, a, a);
        return;
    }
}

/* out = the unit vector of a across n; when a is along n, that of the next candidate. */
static void across(const double a[3], const double n[3], double out[3])
{
    static const double candidate[3][3] = {{0, 0, 1}, {1, 0, 0}, {0, 1, 0}};
    double length = cph_reject3(a, n, out);
    for (int k = 0; k < 3 && length < 1e-6; k++)
        length = cph_reject3(candidate[k], n, out);
    cph_unit3(out);
}

static void orient_line(const double look[3], double axis[3][3])
{
    point_forward(axis[0]);
    across(look, axis[0], axis[1]);
    cph_cross3(axis[0], axis[1], axis[2]);
}

static void orient_plane(const double look[3], bool is_round, double axis[3][3])
{
    static const double x[3] = {1, 0, 0}, y[3] = {0, 1, 0};
    point_forward(axis[2]);
    if (cph_dot3(axis[2], look) < -1e-9)
        cph_add3(axis[2], -2.0, axis[2], axis[2]);
    if (is_round)
        across(fabs(axis[2][0]) < 0.9 ? x : y, axis[2], axis[0]);
    cph_cross3(axis[2], axis[0], axis[1]);
}

void cph_aperture_measure(size_t elements, const double *position, double wavelength,
                          const double look[3], cph_aperture *aperture)
{
    cph_aperture out = {0};
    double moment[3];
    principal_axes(elements, position, out.axis, moment);
    const double limit[3] = {line_width_wl, line_width_wl, plane_thickness_wl};
    while (out.dims < 3 &&
           extent(elements, position, out.axis[out.dims]) > limit[out.dims] * wavelength)
        out.dims++;
    if (out.dims == 1)
        orient_line(look, out.axis);
    if (out.dims == 2)
        orient_plane(look, moment[0] - moment[1] <= round_within * moment[0], out.axis);
    for (int k = 0; k < 3; k++)
        out.extent_wl[k] = extent(elements, position, out.axis[k]) / wavelength;
    *aperture = out;
}

double cph_aperture_lobe(const cph_aperture *aperture)
{
    const double longest =
        fmax(aperture->extent_wl[0], fmax(aperture->extent_wl[1], aperture->extent_wl[2]));
    return 1.0 / fmax(longest, 0.5);
}

void cph_aperture_tangents(const cph_aperture *aperture, const double u[3], double tangent[2][3])
{
    if (cph_reject3(aperture->axis[0], u, tangent[0]) < 1e-6)
        cph_reject3(aperture->axis[1], u, tangent[0]);
    cph_unit3(tangent[0]);
    cph_cross3(u, tangent[0], tangent[1]);
}
