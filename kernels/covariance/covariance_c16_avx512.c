/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/covariance/covariance_body.h"

void cph_covariance_pack_c16_avx512(const void *samples, size_t ld, size_t times, size_t elements,
                                    void *panel)
{
    pack_body(CPH_C16, samples, ld, times, elements, panel);
}

void cph_covariance_c16_avx512(const void *p, const void *q, size_t times, void *tile)
{
    covariance_c16_body(p, q, times, tile);
}
