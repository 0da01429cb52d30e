/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/beamform/beamform_bf16.h"

#include "kernels/beamform/beamform_columns_int_body.h"

void cph_beamform_columns_c8_bf16_avx512bf16(const cph_beamform_plan *plan,
                                             const cph_beamform_block *block)
{
    if (plan->planes == 2)
        columns_int_body(plan, CPH_C8, 2, block);
    else
        columns_int_body(plan, CPH_C8, 1, block);
}
