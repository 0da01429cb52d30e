/* SPDX-License-Identifier: MIT */
/* Jammers that are not known to a point: directions around one, and the taper of a covariance. */
#include "cophase/adaptive.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* Rings beyond these would be more points than the largest array has elements. */
enum { MOST_RINGS = 1 << 10 };

/* Two unit vectors at right angles to u and to each other. */
static void tangents(const double u[3], double first[3], double second[3])
{
    const double x[3] = {1.0, 0.0, 0.0}, y[3] = {0.0, 1.0, 0.0};
    cph_reject3(fabs(u[0]) < fabs(u[1]) ? x : y, u, first);
    cph_unit3(first);
    cph_cross3(u, first, second);
}

static void place(const double u[3], double off, double turn, double point[3])
{
    double first[3], second[3];
    tangents(u, first, second);
    for (size_t i = 0; i < 3; i++)
        point[i] = u[i] * cos(off) + sin(off) * (first[i] * cos(turn) + second[i] * sin(turn));
}

cph_status cph_sector_points(const double direction[3], double width, double spacing,
                             size_t capacity, double *point, size_t *count)
{
    if (direction == NULL || count == NULL || !(width >= 0.0 && width <= M_PI) ||
        !(spacing > 0.0) || width / spacing > MOST_RINGS)
        return CPH_ERR_ARGUMENT;
    if (!isfinite(cph_norm3(direction)))
        return CPH_ERR_NOT_FINITE;
    const size_t rings = (size_t)ceil(width / 2.0 / spacing);
    const size_t total = 1 + 3 * rings * (rings + 1);
    if (capacity > 0 && (capacity < total || point == NULL))
        return CPH_ERR_ARGUMENT;
    *count = total;
    if (capacity == 0)
        return CPH_OK;
    place(direction, 0.0, 0.0, point);
    for (size_t ring = 1, next = 1; ring <= rings; ring++)
        for (size_t i = 0; i < 6 * ring; i++, next++)
            place(direction, width / 2.0 * (double)ring / (double)rings,
                  2.0 * M_PI * (double)i / (double)(6 * ring), point + 3 * next);
    return CPH_OK;
}

static double sinc(double t)
{
    return t == 0.0 ? 1.0 : sin(M_PI * t) / (M_PI * t);
}

cph_status cph_covariance_widen(size_t elements, const double *position, double freq_hz,
                                double width, cph_c64 *r, size_t ld)
{
    const double turns = width * freq_hz / CPH_SPEED_OF_LIGHT;
    if (position == NULL || r == NULL || !cph_size_matrix(elements, ld, elements, sizeof *r) ||
        !(width >= 0.0 && width <= 2.0) || !isfinite(turns))
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < elements; n++)
        if (!isfinite(position[3 * n]) || !isfinite(position[3 * n + 1]))
            return CPH_ERR_NOT_FINITE;
    for (size_t p = 0; p < elements; p++)
        for (size_t q = 0; q < elements; q++)
            r[p * ld + q] =
                cph_c64_scale(sinc(turns * (position[3 * p] - position[3 * q])) *
                                  sinc(turns * (position[3 * p + 1] - position[3 * q + 1])),
                              r[p * ld + q]);
    return CPH_OK;
}
