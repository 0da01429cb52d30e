/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/covariance/covariance_pack_f32_body.h"

void cph_covariance_pack_c32_f32_avx512(const cph_covariance_rows *in, void *panel)
{
    pack_rows(pack_c32_f32, CPH_C32, in, panel);
}
