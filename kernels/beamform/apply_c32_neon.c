/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/beamform/apply_body.h"

void cph_apply_c32_neon(size_t n, const cph_coefficients *c, const cph_c32 *x, cph_c32 *out)
{
    apply_body(n, c, x, out);
}
