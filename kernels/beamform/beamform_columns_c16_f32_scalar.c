/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/beamform/beamform_columns_f32_body.h"

void cph_beamform_columns_c16_f32_scalar(const cph_beamform_plan *plan,
                                         const cph_beamform_block *block)
{
    columns_f32_body(plan, CPH_C16, block);
}
