/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/covariance/covariance_body.h"

void cph_covariance_pack_c8_scalar(const void *samples, size_t ld, size_t times, size_t elements,
                                   void *panel)
{
    pack_body(CPH_C8, samples, ld, times, elements, panel);
}

void cph_covariance_c8_scalar(const void *p, const void *q, size_t times, void *tile)
{
    covariance_c8_body(p, q, times, tile);
}
