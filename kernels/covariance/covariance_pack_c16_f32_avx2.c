/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx2.h"

#include "kernels/covariance/covariance_pack_f32_body.h"

void cph_covariance_pack_c16_f32_avx2(const cph_covariance_rows *in, void *panel)
{
    pack_rows(pack_c16_f32, CPH_C16, in, panel);
}
