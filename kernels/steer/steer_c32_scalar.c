/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/steer/steer_body.h"

void cph_steer_c32_scalar(size_t n, const double *x, const double *y, const double *z,
                          const double k[3], cph_c32 *a)
{
    steer_body(n, x, y, z, k, a);
}
