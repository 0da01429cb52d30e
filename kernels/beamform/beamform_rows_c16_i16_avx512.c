/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/beamform/beamform_i16.h"

#include "kernels/beamform/beamform_rows_int_body.h"

void cph_beamform_rows_c16_i16_avx512(const cph_beamform_plan *plan,
                                      const cph_beamform_block *block)
{
    rows_int_body(plan, CPH_C16, block);
}
