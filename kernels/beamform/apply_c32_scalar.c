/* SPDX-License-Identifier: MIT */
#include "kernels/core/kernels.h"

/* x is read before its place is written: out may be x. */
void cph_apply_c32_scalar(size_t n, const cph_coefficients *c, const cph_c32 *x, cph_c32 *out)
{
    for (size_t i = 0; i < n; i++) {
        const float re = x[i].re, im = x[i].im;
        out[i].re = im * c->crossed[2 * i] + re * c->straight[2 * i];
        out[i].im = re * c->crossed[2 * i + 1] + im * c->straight[2 * i + 1];
    }
}
