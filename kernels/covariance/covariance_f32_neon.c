/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/covariance/covariance_dot_f32.h"

#include "kernels/covariance/covariance_strip.h"

void cph_covariance_f32_neon(const cph_covariance_tile *tile)
{
    add_tile(tile);
}
