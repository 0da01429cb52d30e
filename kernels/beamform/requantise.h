/* SPDX-License-Identifier: MIT */
#ifndef COPHASE_BEAMFORM_REQUANTISE_H
#define COPHASE_BEAMFORM_REQUANTISE_H

#include "kernels/beamform/beamform_kernel.h"

/* (sum m + 2^(k-1)) >> k, saturated to int8 or int16; the shift is arithmetic. */
static inline int32_t cph_requantise(int64_t sum, int32_t m, int32_t k, cph_type type)
{
    const int64_t y = (sum * m + ((int64_t)1 << (k - 1))) >> k;
    const int32_t low = type == CPH_C8 ? INT8_MIN : INT16_MIN, high = -1 - low;
    return y < low ? low : y > high ? high : (int32_t)y;
}

#endif
