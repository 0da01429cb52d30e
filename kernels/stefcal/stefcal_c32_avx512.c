/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/stefcal/stefcal_body.h"

void cph_stefcal_c32_avx512(size_t n, const float *tiles, const float *g, float keep, float *next,
                            float *power, float *work)
{
    stefcal_body(n, tiles, g, keep, next, power, work);
}
