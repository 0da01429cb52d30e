/* SPDX-License-Identifier: MIT */
#include "calib/interpolate.h"

#include <math.h>

static const double shape = 10.0;
/* The window's argument is 1 one sample beyond the last. */
static const double reach = CPH_INTERPOLATE_SIDE + 1.0;
/* Nearer to zero a quotient is its limit. */
static const double small = 1e-8;

double cph_interpolate_weight(double distance)
{
    const double y = distance / reach, x = M_PI * distance;
    if (fabs(y) >= 1.0)
        return 0.0;
    const double window = exp(shape * (sqrt(1.0 - y * y) - 1.0));
    return fabs(x) < small ? window : window * sin(x) / x;
}

double cph_interpolate_slope(double distance)
{
    const double y = distance / reach, x = M_PI * distance;
    if (fabs(y) >= 1.0 || fabs(x) < small)
        return 0.0;
    const double root = sqrt(1.0 - y * y), window = exp(shape * (root - 1.0));
    const double sinc = sin(x) / x;
    return window * ((cos(x) - sinc) / distance - shape * y / (reach * root) * sinc);
}
