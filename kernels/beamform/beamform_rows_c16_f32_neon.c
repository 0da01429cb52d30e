/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/beamform/beamform_rows_f32_body.h"

void cph_beamform_rows_c16_f32_neon(const cph_beamform_plan *plan, const cph_beamform_block *block)
{
    rows_f32_body(plan, CPH_C16, block);
}
