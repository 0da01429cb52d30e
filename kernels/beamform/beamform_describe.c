/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "kernels/beamform/beamform_kernel.h"

cph_status cph_beamform_describe(const cph_beamform_plan *plan, cph_beamform_info *info)
{
    if (plan == NULL || info == NULL)
        return CPH_ERR_ARGUMENT;
    float error = 0.0f, floor = 0.0f;
    const size_t rows = plan->arithmetic == CPH_BEAMFORM_F32 ? 0 : plan->beams * plan->channels;
    for (size_t i = 0; i < rows; i++) {
        error = fmaxf(error, plan->weight_error[i]);
        floor = fmaxf(floor, plan->null_floor[i]);
    }
    const double null_floor_db = floor > 0.0f ? 10.0 * log10((double)floor) : -INFINITY;
    *info = (cph_beamform_info){.weight_bits = plan->weight_bits,
                                .regime = plan->regime,
                                .weight_error = (double)error,
                                .null_floor_db = null_floor_db,
                                .weight_bytes = plan->channels * plan->channel_bytes};
    return CPH_OK;
}
