/* SPDX-License-Identifier: MIT */
#include "cophase/horizon.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const double turn = 2.0 * M_PI;
static const double slack = 1e-12; /* of 2 pi, in which degrees that are 360 apart become radians */

cph_status cph_horizon_make(size_t points, const double *az_rad, const double *el_rad,
                            cph_horizon *horizon)
{
    if (points == 0 || az_rad == NULL || el_rad == NULL || horizon == NULL ||
        points > SIZE_MAX / sizeof(double))
        return CPH_ERR_ARGUMENT;
    for (size_t i = 0; i < points; i++)
        if (!isfinite(az_rad[i]) || !(fabs(el_rad[i]) <= M_PI_2 + slack) ||
            (i > 0 && az_rad[i] < az_rad[i - 1]) || az_rad[i] - az_rad[0] > turn + slack)
            return CPH_ERR_ARGUMENT;
    cph_horizon made = {.points = points,
                        .az_rad = malloc(points * sizeof(double)),
                        .el_rad = malloc(points * sizeof(double))};
    if (made.az_rad == NULL || made.el_rad == NULL) {
        cph_horizon_free(&made);
        return CPH_ERR_MEMORY;
    }
    memcpy(made.az_rad, az_rad, points * sizeof(double));
    memcpy(made.el_rad, el_rad, points * sizeof(double));
    *horizon = made;
    return CPH_OK;
}

/* How many points have an azimuth below `az`, or up to it where `up_to`. */
static size_t below(const cph_horizon *h, double az, bool up_to)
{
    size_t low = 0, high = h->points;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (h->az_rad[middle] < az || (up_to && h->az_rad[middle] == az))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Elevation of point i, counted around the circle, and its azimuth in turns of the first. */
static double place(const cph_horizon *h, size_t i)
{
    return i < h->points ? h->az_rad[i] : h->az_rad[i - h->points] + turn;
}

/* At az in [first, first + turn]. */
static double at_or_between(const cph_horizon *h, double az)
{
    const size_t from = below(h, az - slack, false), to = below(h, az + slack, true);
    double most = -INFINITY;
    for (size_t i = from; i < to; i++) /* points at this azimuth */
        most = fmax(most, h->el_rad[i]);
    if (to > from)
        return most;
    const double a = place(h, from - 1), b = place(h, from);
    const double left = h->el_rad[from - 1], right = h->el_rad[from % h->points];
    return b > a ? left + (right - left) * (az - a) / (b - a) : fmax(left, right);
}

double cph_horizon_at(const cph_horizon *horizon, double az_rad)
{
    if (horizon->points == 0)
        return -M_PI_2;
    if (!isfinite(az_rad))
        return NAN;
    const double first = horizon->az_rad[0];
    double az = fmod(az_rad - first, turn);
    if (az < 0.0)
        az += turn;
    if (az > slack && az < turn - slack)
        return at_or_between(horizon, first + az);
    /* the first azimuth is also that of points a whole turn behind it */
    return fmax(at_or_between(horizon, first), at_or_between(horizon, first + turn));
}

void cph_horizon_free(cph_horizon *horizon)
{
    if (horizon == NULL)
        return;
    free(horizon->az_rad);
    free(horizon->el_rad);
    *horizon = (cph_horizon){0};
}
