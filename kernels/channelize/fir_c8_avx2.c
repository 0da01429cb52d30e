/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx2.h"

#include "kernels/channelize/fir_body.h"

void cph_fir_c8_avx2(const cph_fir *f, const void *x, float *out)
{
    fir_body(CPH_C8, f, x, out);
}
