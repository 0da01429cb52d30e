/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>

#include "cophase/convert.h"
#include "kernels/core/size.h"

struct seen {
    double re, im;
    bool full_scale;
};

static struct seen look(cph_type type, const void *samples, size_t i)
{
    switch (type) {
    case CPH_C8: {
        const cph_c8 x = ((const cph_c8 *)samples)[i];
        return (struct seen){x.re, x.im,
                             x.re == INT8_MIN || x.re == INT8_MAX || x.im == INT8_MIN ||
                                 x.im == INT8_MAX};
    }
    case CPH_C16: {
        const cph_c16 x = ((const cph_c16 *)samples)[i];
        return (struct seen){x.re, x.im,
                             x.re == INT16_MIN || x.re == INT16_MAX || x.im == INT16_MIN ||
                                 x.im == INT16_MAX};
    }
    default: {
        const cph_c32 x = ((const cph_c32 *)samples)[i];
        return (struct seen){(double)x.re, (double)x.im, false};
    }
    }
}

cph_status cph_level_add(cph_type type, size_t elements, size_t times, const void *samples,
                         size_t ld, cph_level *level)
{
    if (cph_type_size(type) == 0 || ld < elements)
        return CPH_ERR_ARGUMENT;
    if (elements == 0 || times == 0)
        return CPH_OK;
    if (samples == NULL || level == NULL)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(times, ld, elements, cph_type_size(type)))
        return CPH_ERR_OVERFLOW;
    for (size_t t = 0; t < times; t++)
        for (size_t n = 0; n < elements; n++) {
            const struct seen x = look(type, samples, t * ld + n);
            const double power = x.re * x.re + x.im * x.im;
            cph_level *const l = level + n;
            l->count++;
            l->full_scale += x.full_scale;
            if (!isfinite(power)) {
                l->not_finite++;
                continue;
            }
            l->power += power;
            l->sum.re += x.re;
            l->sum.im += x.im;
        }
    return CPH_OK;
}
