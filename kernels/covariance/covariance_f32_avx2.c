/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx2.h"

#include "kernels/covariance/covariance_dot_f32.h"

#include "kernels/covariance/covariance_strip.h"

void cph_covariance_f32_avx2(const cph_covariance_tile *tile)
{
    add_tile(tile);
}
