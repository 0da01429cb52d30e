/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/covariance/covariance_f32_body.h"

void cph_covariance_f32_scalar(const cph_covariance_tile *tile)
{
    add_tile_f32(tile);
}
