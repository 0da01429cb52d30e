/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/covariance/covariance_dot_i8.h"

#include "kernels/covariance/covariance_strip.h"

void cph_covariance_c8_i8_neondot(const cph_covariance_tile *tile)
{
    add_tile(tile);
}
