/* SPDX-License-Identifier: MIT */
#include "kernels/core/kernels.h"

void cph_covariance_pack_c8_i16_scalar(const void *samples, size_t ld, size_t times,
                                       size_t elements, const float *weight, void *panel)
{
    const cph_c8 *row = samples;
    int16_t *to = panel;
    (void)weight;
    for (size_t t = 0; t < times; t++, row += ld)
        for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i++, to += 4) {
            const int re = i < elements ? row[i].re : 0, im = i < elements ? row[i].im : 0;
            to[0] = to[3] = (int16_t)re;
            to[1] = (int16_t)im;
            to[2] = (int16_t)-im;
        }
}
