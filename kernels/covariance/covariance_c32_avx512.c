/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/covariance/covariance_body.h"

void cph_covariance_pack_c32_avx512(const void *samples, size_t ld, size_t times, size_t elements,
                                    void *panel)
{
    pack_body(CPH_C32, samples, ld, times, elements, panel);
}

void cph_covariance_c32_avx512(const void *p, const void *q, size_t times, void *tile)
{
    covariance_c32_body(p, q, times, tile);
}
