/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/channelize/turn_body.h"

void cph_turn_c32_scalar(size_t rows, size_t columns, const cph_c32 *from, size_t ld_from,
                         cph_c32 *to, size_t ld_to)
{
    turn_body(rows, columns, from, ld_from, to, ld_to);
}
