/* SPDX-License-Identifier: MIT */
#include "kernels/simd/byte_neon.h"

#include "kernels/convert/pack_body.h"

void cph_pack_c8_neon(cph_sample_form form, const void *in, size_t count, void *re, void *im)
{
    pack_body(CPH_C8, form, in, count, re, im);
}
