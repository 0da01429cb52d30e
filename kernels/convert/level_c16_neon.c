/* SPDX-License-Identifier: MIT */
#include "kernels/simd/pair_neon.h"

#include "kernels/convert/level_body.h"

void cph_level_c16_neon(size_t elements, size_t times, const void *samples, size_t ld,
                        cph_level *level)
{
    level_body(CPH_C16, elements, times, samples, ld, level);
}
