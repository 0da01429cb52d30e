/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/steer/retarget_scalar.h"

void cph_retarget_rows_scalar(cph_beamform_plan *plan, size_t channel, size_t first, size_t count,
                              const cph_steer_wave *wave, const cph_retarget_source *source)
{
    retarget_one_by_one(plan, channel, first, count, wave, source);
}
