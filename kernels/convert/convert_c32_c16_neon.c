/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/convert/convert_body.h"

uint64_t cph_convert_c32_c16_neon(const cph_c32 *in, size_t count, float scale, void *out)
{
    return convert_from_body(CPH_C16, in, count, scale, out);
}
