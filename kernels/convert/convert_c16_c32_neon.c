/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/convert/convert_body.h"

void cph_convert_c16_c32_neon(const void *in, size_t count, float scale, cph_c32 *out)
{
    convert_to_body(CPH_C16, in, count, scale, out);
}
