/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/channelize/fir_body.h"

void cph_fir_c32_neon(const cph_fir *f, const void *x, float *out)
{
    fir_body(CPH_C32, f, x, out);
}
