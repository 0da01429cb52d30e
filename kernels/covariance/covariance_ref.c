/* SPDX-License-Identifier: MIT */
#include "kernels/core/sample.h"
#include "kernels/covariance/covariance_kernel.h"

void cph_covariance_ref(cph_type type, size_t times, const float *weight, const void *x,
                        size_t ld_x, size_t n, const void *y, size_t ld_y, size_t m, cph_c64 *r,
                        size_t ld_r)
{
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < m; q++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t t = 0; t < times; t++) {
                const double w = weight == NULL ? 1.0 : (double)weight[t];
                const cph_c64 a = cph_sample(type, x, t * ld_x + p);
                const cph_c64 b = cph_sample(type, y, t * ld_y + q);
                sum.re += w * (a.re * b.re + a.im * b.im);
                sum.im += w * (a.im * b.re - a.re * b.im);
            }
            r[p * ld_r + q] = sum;
        }
}
