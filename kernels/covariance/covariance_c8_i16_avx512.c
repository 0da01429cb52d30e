/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/covariance/covariance_dot_i16.h"

#include "kernels/covariance/covariance_strip.h"

void cph_covariance_c8_i16_avx512(const cph_covariance_tile *tile)
{
    add_tile(tile);
}
