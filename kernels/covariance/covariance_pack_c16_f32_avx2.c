/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx2.h"

#include "kernels/covariance/covariance_pack_f32_body.h"

void cph_covariance_pack_c16_f32_avx2(const void *samples, size_t ld, size_t times, size_t elements,
                                      const float *weight, void *panel)
{
    pack_rows(pack_c16_f32, CPH_C16, samples, ld, times, elements, weight, panel);
}
