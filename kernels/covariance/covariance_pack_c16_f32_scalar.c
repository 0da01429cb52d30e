/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/covariance/covariance_pack_f32_body.h"

void cph_covariance_pack_c16_f32_scalar(const cph_covariance_rows *in, void *panel)
{
    pack_rows(pack_c16_f32, CPH_C16, in, panel);
}
