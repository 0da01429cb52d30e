/* SPDX-License-Identifier: MIT */
#include "kernels/simd/pair_avx512.h"

#include "kernels/convert/level_body.h"

void cph_level_c32_avx512(size_t elements, size_t times, const void *samples, size_t ld,
                          cph_level *level)
{
    level_body(CPH_C32, elements, times, samples, ld, level);
}
