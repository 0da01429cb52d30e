/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>

#include "cophase/convert.h"
#include "kernels/core/sample.h"
#include "kernels/core/size.h"

/* Whether a part is at a limit of the integer type; floats have none. */
static bool at_limit(cph_type type, double part)
{
    const double high = type == CPH_C8 ? INT8_MAX : type == CPH_C16 ? INT16_MAX : INFINITY;
    return type != CPH_C32 && (part >= high || part < -high);
}

/* Inlined with a constant type, so that no sample asks for it. */
static inline __attribute__((always_inline)) void
add(cph_type type, size_t elements, size_t times, const void *samples, size_t ld, cph_level *level)
{
    for (size_t t = 0; t < times; t++)
        for (size_t n = 0; n < elements; n++) {
            const cph_c64 x = cph_sample(type, samples, t * ld + n);
            const double power = x.re * x.re + x.im * x.im;
            cph_level *const l = level + n;
            l->count++;
            l->full_scale += at_limit(type, x.re) || at_limit(type, x.im);
            if (!isfinite(power)) {
                l->not_finite++;
                continue;
            }
            l->power += power;
            l->sum.re += x.re;
            l->sum.im += x.im;
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
    if (type == CPH_C8)
        add(CPH_C8, elements, times, samples, ld, level);
    else if (type == CPH_C16)
        add(CPH_C16, elements, times, samples, ld, level);
    else
        add(CPH_C32, elements, times, samples, ld, level);
    return CPH_OK;
}
