/* SPDX-License-Identifier: MIT */
#include "kernels/beamform/beamform_kernel.h"

static cph_c64 sample(cph_type type, const void *samples, size_t i)
{
    switch (type) {
    case CPH_C8: {
        const cph_c8 x = ((const cph_c8 *)samples)[i];
        return (cph_c64){x.re, x.im};
    }
    case CPH_C16: {
        const cph_c16 x = ((const cph_c16 *)samples)[i];
        return (cph_c64){x.re, x.im};
    }
    default: {
        const cph_c32 x = ((const cph_c32 *)samples)[i];
        return (cph_c64){x.re, x.im};
    }
    }
}

void cph_beamform_ref(cph_type type, size_t elements, size_t beams, const cph_c32 *weights,
                      size_t ldw, const void *samples, size_t ld, size_t times, cph_c64 *out,
                      size_t ld_beams)
{
    for (size_t t = 0; t < times; t++)
        for (size_t b = 0; b < beams; b++) {
            cph_c64 y = {0.0, 0.0};
            for (size_t n = 0; n < elements; n++) {
                const cph_c32 w = weights[b * ldw + n];
                const cph_c64 x = sample(type, samples, t * ld + n);
                y.re += (double)w.re * x.re + (double)w.im * x.im;
                y.im += (double)w.re * x.im - (double)w.im * x.re;
            }
            out[t * ld_beams + b] = y;
        }
}
