/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>

#include "kernels/convert/convert_kernel.h"
#include "kernels/core/sample.h"

/* The product of two floats is exact in double and rounded once on the way back. */
static float scaled(double value, float scale)
{
    return (float)(value * (double)scale);
}

void cph_convert_to_c32_ref(cph_type type, const void *in, size_t count, float scale, cph_c32 *out)
{
    for (size_t i = 0; i < count; i++) {
        const cph_c64 x = cph_sample(type, in, i);
        out[i] = (cph_c32){scaled(x.re, scale), scaled(x.im, scale)};
    }
}

static double saturate(double value, double low, double high, bool *clipped)
{
    const double nearest = isnan(value) ? 0.0 : rint(value);
    *clipped |= nearest < low || nearest > high;
    return fmin(fmax(nearest, low), high);
}

uint64_t cph_convert_from_c32_ref(cph_type type, const cph_c32 *in, size_t count, float scale,
                                  void *out)
{
    const double low = type == CPH_C8 ? INT8_MIN : INT16_MIN;
    const double high = type == CPH_C8 ? INT8_MAX : INT16_MAX;
    uint64_t samples = 0;
    for (size_t i = 0; i < count; i++) {
        bool clipped = false;
        const double re = saturate((double)scaled((double)in[i].re, scale), low, high, &clipped);
        const double im = saturate((double)scaled((double)in[i].im, scale), low, high, &clipped);
        if (type == CPH_C8)
            ((cph_c8 *)out)[i] = (cph_c8){(int8_t)re, (int8_t)im};
        else
            ((cph_c16 *)out)[i] = (cph_c16){(int16_t)re, (int16_t)im};
        samples += clipped;
    }
    return samples;
}
