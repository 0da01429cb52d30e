/* SPDX-License-Identifier: MIT */
#include "kernels/simd/byte_neon.h"

#include "kernels/convert/pack_body.h"

void cph_unpack_c32_neon(cph_sample_form form, const void *re, const void *im, size_t count,
                         void *out)
{
    unpack_body(CPH_C32, form, re, im, count, out);
}
