/* SPDX-License-Identifier: MIT */
#include "kernels/core/kernels.h"

void cph_covariance_pack_c8_i8_scalar(const cph_covariance_rows *in, void *panel)
{
    const cph_c8 *row = in->samples;
    int32_t *const sums = panel;
    int8_t *const lines = (int8_t *)panel + 64;
    for (size_t i = 0; i < (size_t)2 * CPH_PANEL_ELEMENTS; i++)
        sums[i] = 0;
    for (size_t t = 0; t < in->times + in->times % 2; t++, row += in->ld)
        for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i++) {
            const cph_c8 x = i < in->elements && t < in->times ? row[i] : (cph_c8){0, 0};
            int8_t *const to = lines + 64 * (t / 2) + 8 * i + 2 * (t % 2);
            to[0] = to[5] = x.re;
            to[1] = x.im;
            to[4] = (int8_t)~x.im;
            sums[2 * i] += x.re + x.im;
            sums[2 * i + 1] += x.re;
        }
}
