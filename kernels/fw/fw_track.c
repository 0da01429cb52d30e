/* SPDX-License-Identifier: MIT */
#include "cophase/fw_track.h"

#if CPH_FW_TRACK
cph_status cph_fw_track_rates(size_t elements, const uint32_t *from, const uint32_t *to,
                              unsigned shift, int32_t *rate)
{
    if (elements == 0 || elements > CPH_FW_ELEMENTS_MAX || from == NULL || to == NULL ||
        shift > 30 || rate == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < elements; n++)
        rate[n] = (int32_t)(to[n] - from[n]) >> shift;
    return CPH_OK;
}

cph_status cph_fw_track_step(size_t elements, const int32_t *restrict rate,
                             uint32_t *restrict phase)
{
    if (elements == 0 || elements > CPH_FW_ELEMENTS_MAX || rate == NULL || phase == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < elements; n++)
        phase[n] += (uint32_t)rate[n];
    return CPH_OK;
}
#endif
