/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx2.h"

#include "kernels/beamform/beamform_columns_f32_body.h"

void cph_beamform_columns_c16_f32_avx2(const cph_beamform_plan *plan,
                                       const cph_beamform_block *block)
{
    columns_f32_body(plan, CPH_C16, block);
}
