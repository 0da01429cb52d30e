/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/channelize/turn_body.h"

void cph_turn_c32_neon(size_t rows, size_t columns, const cph_c32 *from, size_t ld_from,
                       cph_c32 *to, size_t ld_to)
{
    turn_body(rows, columns, from, ld_from, to, ld_to);
}
