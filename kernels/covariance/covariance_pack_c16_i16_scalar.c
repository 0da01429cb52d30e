/* SPDX-License-Identifier: MIT */
#include "kernels/core/kernels.h"

static int16_t low_part(int16_t x)
{
    return (int16_t)(((x & 0xff) ^ 0x80) - 0x80);
}

static void put(int16_t to[4], int re, int im)
{
    to[0] = to[3] = (int16_t)re;
    to[1] = (int16_t)im;
    to[2] = (int16_t)-im;
}

void cph_covariance_pack_c16_i16_scalar(const cph_covariance_rows *in, void *panel)
{
    const cph_c16 *row = in->samples;
    int16_t *to = panel;
    cph_c16 *rows = (cph_c16 *)panel + in->times * 2 * CPH_PANEL_PARTS;
    for (size_t t = 0; t < in->times; t++, row += in->ld, to += (size_t)4 * CPH_PANEL_PARTS)
        for (size_t i = 0; i < CPH_PANEL_ELEMENTS; i++) {
            const cph_c16 x = i < in->elements ? row[i] : (cph_c16){0, 0};
            const int16_t re = low_part(x.re), im = low_part(x.im);
            put(to + 4 * i, (x.re - re) / 256, (x.im - im) / 256);
            put(to + (size_t)2 * CPH_PANEL_PARTS + 4 * i, re, im);
            *rows++ = x;
        }
}
