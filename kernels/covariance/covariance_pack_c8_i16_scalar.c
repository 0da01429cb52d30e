/* SPDX-License-Identifier: MIT */
#include "kernels/core/kernels.h"

void cph_covariance_pack_c8_i16_scalar(const cph_covariance_rows *in, void *panel)
{
    const cph_c8 *row = in->samples;
    int16_t *to = panel;
    for (size_t t = 0; t < in->times; t++, row += in->ld)
        for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i++, to += 4) {
            const int re = i < in->elements ? row[i].re : 0, im = i < in->elements ? row[i].im : 0;
            to[0] = to[3] = (int16_t)re;
            to[1] = (int16_t)im;
            to[2] = (int16_t)-im;
        }
}
