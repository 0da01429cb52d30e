/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>

#include "kernels/convert/level_kernel.h"
#include "kernels/core/sample.h"

/* Whether a part is at a limit of the integer type; floats have none. */
static bool at_limit(cph_type type, double part)
{
    const double high = type == CPH_C8 ? INT8_MAX : type == CPH_C16 ? INT16_MAX : INFINITY;
    return type != CPH_C32 && (part >= high || part < -high);
}

void cph_level_ref(cph_type type, size_t elements, size_t times, const void *samples, size_t ld,
                   cph_level *level)
{
    for (size_t n = 0; n < elements; n++) {
        long double power = 0, re = 0, im = 0;
        for (size_t t = 0; t < times; t++) {
            const cph_c64 x = cph_sample(type, samples, t * ld + n);
            level[n].count++;
            level[n].full_scale += at_limit(type, x.re) || at_limit(type, x.im);
            if (!isfinite(x.re) || !isfinite(x.im)) {
                level[n].not_finite++;
                continue;
            }
            power += (long double)x.re * x.re + (long double)x.im * x.im;
            re += x.re;
            im += x.im;
        }
        level[n].power = (double)(level[n].power + power);
        level[n].sum.re = (double)(level[n].sum.re + re);
        level[n].sum.im = (double)(level[n].sum.im + im);
    }
}
