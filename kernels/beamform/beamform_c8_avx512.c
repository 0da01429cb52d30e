/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/beamform/beamform_body.h"

void cph_beamform_c8_avx512(const cph_beamform_plan *plan, const void *samples, size_t ld,
                            size_t times, cph_c32 *beams, size_t ld_beams)
{
    beamform_body(plan, CPH_C8, samples, ld, times, beams, ld_beams);
}
