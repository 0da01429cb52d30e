/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/covariance/covariance_dot_i16.h"

#include "kernels/covariance/covariance_c16_body.h"

void cph_covariance_c16_i16_avx512vnni(const cph_covariance_tile *tile)
{
    add_tile_c16(tile);
}
