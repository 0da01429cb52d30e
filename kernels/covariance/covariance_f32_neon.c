/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/covariance/covariance_f32_body.h"

void cph_covariance_f32_neon(const cph_covariance_tile *tile)
{
    add_tile_f32(tile);
}
