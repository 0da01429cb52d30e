/* SPDX-License-Identifier: MIT */
#include "kernels/simd/byte_avx512.h"

#include "kernels/convert/pack_body.h"

void cph_pack_c32_avx512(cph_sample_form form, const void *in, size_t count, void *re, void *im)
{
    pack_body(CPH_C32, form, in, count, re, im);
}
