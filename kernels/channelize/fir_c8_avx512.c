/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/channelize/fir_body.h"

void cph_fir_c8_avx512(const cph_fir *f, const void *x, float *out)
{
    fir_body(CPH_C8, f, x, out);
}
