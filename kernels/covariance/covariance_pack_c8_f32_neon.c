/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/covariance/covariance_pack_f32_body.h"

void cph_covariance_pack_c8_f32_neon(const void *samples, size_t ld, size_t times, size_t elements,
                                     const float *weight, void *panel)
{
    pack_rows(pack_c8_f32, CPH_C8, samples, ld, times, elements, weight, panel);
}
