/* SPDX-License-Identifier: MIT */
#include "kernels/covariance/covariance_pack_f32_plain.h"

void cph_covariance_pack_c16_f32_scalar(const void *samples, size_t ld, size_t times,
                                        size_t elements, const float *weight, void *panel)
{
    pack_f32_plain(CPH_C16, samples, ld, times, elements, weight, panel);
}
