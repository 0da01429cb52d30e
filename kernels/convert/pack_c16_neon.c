/* SPDX-License-Identifier: MIT */
#include "kernels/simd/byte_neon.h"

#include "kernels/convert/pack_body.h"

void cph_pack_c16_neon(cph_sample_form form, const void *in, size_t count, void *re, void *im)
{
    pack_body(CPH_C16, form, in, count, re, im);
}
