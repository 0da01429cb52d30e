/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/channelize/fir_body.h"

void cph_fir_c8_scalar(const cph_fir *f, const void *x, float *out)
{
    fir_body(CPH_C8, f, x, out);
}
