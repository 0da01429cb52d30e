/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/covariance/covariance_dot_i16.h"

#include "kernels/covariance/covariance_strip.h"

void cph_covariance_c8_i16_neon(const cph_covariance_tile *tile)
{
    add_tile(tile);
}
