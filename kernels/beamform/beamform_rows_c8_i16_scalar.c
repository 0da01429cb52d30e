/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/beamform/beamform_i16.h"

#include "kernels/beamform/beamform_rows_int_body.h"

void cph_beamform_rows_c8_i16_scalar(const cph_beamform_plan *plan, const cph_beamform_block *block)
{
    rows_int_body(plan, CPH_C8, block);
}
