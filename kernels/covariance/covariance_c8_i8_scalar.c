/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/covariance/covariance_dot_i8.h"

#include "kernels/covariance/covariance_strip.h"

void cph_covariance_c8_i8_scalar(const cph_covariance_tile *tile)
{
    add_tile(tile);
}
