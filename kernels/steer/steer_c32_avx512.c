/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/steer/steer_body.h"

void cph_steer_c32_avx512(size_t n, const cph_steer_points *r, const cph_steer_wave *wave,
                          cph_c32 *a)
{
    steer_body(n, r, wave, a);
}
