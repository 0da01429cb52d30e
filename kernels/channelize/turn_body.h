/* SPDX-License-Identifier: MIT */
/* Body of turn_c32 over a vec_*.h, which the variant includes before: square tiles in registers. */
#ifndef COPHASE_CHANNELIZE_TURN_BODY_H
#define COPHASE_CHANNELIZE_TURN_BODY_H

#include <stdbool.h>
#include <string.h>

#include "kernels/core/kernels.h"

enum { TURN_PAIRS = V_LANES > 1 ? V_LANES / 2 : 1 };

/* Of a tile `rows` by `columns`; a part of 0 is all of them. `over`: what is stored beyond a part
 * of the rows is written again by what follows, and masked stores are slow. */
V_INLINE void turn_tile(size_t rows, size_t columns, bool over, const cph_c32 *from, size_t ld_from,
                        cph_c32 *to, size_t ld_to)
{
    const size_t height = rows ? rows : TURN_PAIRS, width = columns ? columns : TURN_PAIRS;
    vf a[TURN_PAIRS];
    V_UNROLL
    for (size_t i = 0; i < TURN_PAIRS; i++) {
        if (i >= height)
            a[i] = vf_zero();
        else
            a[i] = columns ? vf_load_part_f32(&from[i * ld_from].re, 2 * columns)
                           : vf_load_f32(&from[i * ld_from].re);
    }
    vf_transpose_pairs(a);
    V_UNROLL
    for (size_t j = 0; j < TURN_PAIRS; j++) {
        if (j >= width)
            continue;
        if (rows && !over)
            vf_store_part_f32(&to[j * ld_to].re, a[j], 2 * rows);
        else
            vf_store_f32(&to[j * ld_to].re, a[j]);
    }
}

/* `columns` of them, or all of a tile where that is 0. */
V_INLINE void turn_columns(size_t rows, size_t columns, bool over, const cph_c32 *from,
                           size_t ld_from, cph_c32 *to, size_t ld_to)
{
    size_t i = 0;
    for (; rows - i >= TURN_PAIRS; i += TURN_PAIRS)
        turn_tile(0, columns, false, from + i * ld_from, ld_from, to + i, ld_to);
    if (i < rows)
        turn_tile(rows - i, columns, over, from + i * ld_from, ld_from, to + i, ld_to);
}

V_INLINE void turn_body(size_t rows, size_t columns, const cph_c32 *from, size_t ld_from,
                        cph_c32 *to, size_t ld_to)
{
    if ((columns == 1 && ld_from == 1) || (rows == 1 && ld_to == 1)) {
        memcpy(to, from, rows * columns * sizeof *to);
        return;
    }
    size_t j = 0;
    /* Few rows, one behind the other: a vector's store ends among them. */
    if (V_LANES > 1 && rows < TURN_PAIRS && ld_to == rows)
        for (; (columns - j) * rows >= TURN_PAIRS * (rows + 1); j += TURN_PAIRS)
            turn_columns(rows, 0, true, from + j, ld_from, to + j * ld_to, ld_to);
    for (; V_LANES > 1 && columns - j >= TURN_PAIRS; j += TURN_PAIRS)
        turn_columns(rows, 0, false, from + j, ld_from, to + j * ld_to, ld_to);
    if (V_LANES > 1 && j < columns)
        turn_columns(rows, columns - j, false, from + j, ld_from, to + j * ld_to, ld_to);
    for (; V_LANES == 1 && j < columns; j++)
        for (size_t i = 0; i < rows; i++)
            to[j * ld_to + i] = from[i * ld_from + j];
}

#endif
