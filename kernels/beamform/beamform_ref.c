/* SPDX-License-Identifier: MIT */
#include "kernels/beamform/beamform_kernel.h"
#include "kernels/core/sample.h"

void cph_beamform_ref(cph_type type, size_t elements, size_t beams, const cph_c32 *weights,
                      size_t ldw, const void *samples, size_t ld, size_t times, cph_c64 *out,
                      size_t ld_beams)
{
    for (size_t t = 0; t < times; t++)
        for (size_t b = 0; b < beams; b++) {
            cph_c64 y = {0.0, 0.0};
            for (size_t n = 0; n < elements; n++) {
                const cph_c32 w = weights[b * ldw + n];
                const cph_c64 x = cph_sample(type, samples, t * ld + n);
                y.re += (double)w.re * x.re + (double)w.im * x.im;
                y.im += (double)w.re * x.im - (double)w.im * x.re;
            }
            out[t * ld_beams + b] = y;
        }
}
