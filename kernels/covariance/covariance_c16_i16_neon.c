/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/covariance/covariance_dot_i16.h"

#include "kernels/covariance/covariance_c16_body.h"

void cph_covariance_c16_i16_neon(const cph_covariance_tile *tile)
{
    add_tile_c16(tile);
}
