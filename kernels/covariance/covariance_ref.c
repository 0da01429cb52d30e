/* SPDX-License-Identifier: MIT */
#include "kernels/core/sample.h"
#include "kernels/covariance/covariance_kernel.h"

void cph_covariance_ref(cph_type type, size_t elements, const void *samples, size_t ld,
                        size_t times, cph_c64 *r, size_t ld_r)
{
    for (size_t p = 0; p < elements; p++)
        for (size_t q = 0; q < elements; q++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t t = 0; t < times; t++) {
                const cph_c64 x = cph_sample(type, samples, t * ld + p);
                const cph_c64 y = cph_sample(type, samples, t * ld + q);
                sum.re += x.re * y.re + x.im * y.im;
                sum.im += x.im * y.re - x.re * y.im;
            }
            r[p * ld_r + q] = sum;
        }
}
