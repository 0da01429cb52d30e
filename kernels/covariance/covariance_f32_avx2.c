/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx2.h"

#include "kernels/covariance/covariance_f32_body.h"

void cph_covariance_f32_avx2(const cph_covariance_tile *tile)
{
    add_tile_f32(tile);
}
