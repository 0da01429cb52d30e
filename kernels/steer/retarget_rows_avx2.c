/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx2.h"

#include "kernels/steer/retarget_body.h"

void cph_retarget_rows_avx2(cph_beamform_plan *plan, size_t channel, size_t first, size_t count,
                            const cph_steer_wave *wave, const cph_retarget_source *source)
{
    retarget_rows_body(plan, channel, first, count, wave, source);
}
