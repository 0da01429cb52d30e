/* SPDX-License-Identifier: MIT */
#include "kernels/simd/pair_avx2.h"

#include "kernels/convert/level_body.h"

void cph_level_c16_avx2(size_t elements, size_t times, const void *samples, size_t ld,
                        cph_level *level)
{
    level_body(CPH_C16, elements, times, samples, ld, level);
}
