/* SPDX-License-Identifier: MIT */
#include "calib/gauge.h"

#include <math.h>

#include "kernels/core/c64.h"

static double modulus(cph_c64 z)
{
    return hypot(z.re, z.im);
}

static void rotate(size_t n, double angle, cph_c64 *g)
{
    const cph_c64 turn = {cos(angle), sin(angle)};
    for (size_t p = 0; p < n; p++)
        g[p] = cph_c64_mul(g[p], turn);
}

void cph_gauge_phase(size_t n, size_t reference, cph_c64 *g)
{
    if (reference != SIZE_MAX) {
        rotate(n, -atan2(g[reference].im, g[reference].re), g);
        g[reference].im = 0.0;
        return;
    }
    cph_c64 sum = {0.0, 0.0};
    for (size_t p = 0; p < n; p++)
        sum = cph_c64_add(sum, cph_c64_scale(1.0 / modulus(g[p]), g[p]));
    rotate(n, -atan2(sum.im, sum.re), g);
    double mean = 0.0;
    for (size_t p = 0; p < n; p++)
        mean += atan2(g[p].im, g[p].re) / (double)n;
    rotate(n, -mean, g);
}

double cph_gauge_scale(size_t n, cph_c64 *g)
{
    double mean = 0.0;
    for (size_t p = 0; p < n; p++)
        mean += modulus(g[p]) / (double)n;
    for (size_t p = 0; p < n; p++)
        g[p] = cph_c64_scale(1.0 / mean, g[p]);
    return mean;
}
