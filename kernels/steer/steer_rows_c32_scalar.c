/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/steer/steer_body.h"

void cph_steer_rows_c32_scalar(size_t rows, const cph_steer_row *row, const cph_c32 *anchor,
                               double step, cph_c32 *a)
{
    steer_rows_body(rows, row, anchor, step, a);
}
