/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "kernels/channelize/fir_kernel.h"
#include "kernels/core/sample.h"

static double part_of(cph_type type, const void *x, size_t i)
{
    switch (type) {
    case CPH_C8:
        return ((const int8_t *)x)[i];
    case CPH_C16:
        return ((const int16_t *)x)[i];
    default:
        return (double)((const float *)x)[i];
    }
}

double cph_fir_ref(cph_type type, const cph_fir *f, const void *x, size_t time, size_t run,
                   size_t part, double *magnitudes)
{
    double sum = 0.0;
    *magnitudes = 0.0;
    for (size_t q = 0; q < f->taps; q++) {
        const double product = (double)f->coefficient[q * f->ld_coefficient + run] *
                               part_of(type, x, (time + q) * f->step + run * f->run_step + part);
        sum += product;
        *magnitudes += fabs(product);
    }
    return sum;
}
