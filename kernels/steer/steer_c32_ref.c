/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "kernels/steer/steer_kernel.h"

void cph_steer_c32_ref(size_t n, const cph_steer_points *r, const double k[3], cph_c64 *a)
{
    static const double tau = 6.283185307179586476925;
    for (size_t i = 0; i < n; i++) {
        const double turns = k[0] * r->x[i] + k[1] * r->y[i] + k[2] * r->z[i];
        const double phase = tau * remainder(turns, 1.0);
        a[i] = (cph_c64){cos(phase), sin(phase)};
    }
}
