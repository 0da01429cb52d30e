/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx2.h"

#include "kernels/steer/steer_body.h"

void cph_steer_c32_avx2(size_t n, const double *x, const double *y, const double *z,
                        const double k[3], cph_c32 *a)
{
    steer_body(n, x, y, z, k, a);
}
