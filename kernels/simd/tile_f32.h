/* SPDX-License-Identifier: MIT */
/** @file tile_f32.h
 *  The register tile of a float matrix product over a vec_*.h, which is included before:
 *
 *      sum[i][j] += broadcast(a[i * row + k * step]) * vector at w[j] + k * w_step      k < steps
 *
 *  for i < rows, j < vectors. Rows and vectors are constants of the call, so that the sums stay in
 *  registers. A sum takes its steps in order, whatever the tile.
 *
 *  Budget: a step is `vectors` loads of w, `rows` broadcasts and rows * vectors multiply-adds;
 *  registers hold the sums, the vectors of w and the broadcast at hand.
 *
 *      registers   rows x vectors   registers used   loads a multiply-add
 *      32          6 x 4            24 + 4 + 1       10/24
 *                  8 x 3            24 + 3 + 1       11/24
 *                  12 x 2           24 + 2 + 1       14/24
 *                  12 x 1           12 + 1 + 1       13/12
 *      16          6 x 2            12 + 2 + 1        8/12
 *                  12 x 1           12 + 1 + 1       13/12
 *
 *  Two multiply-adds a cycle of latency 4 need 8 sums; two loads a cycle keep up with them where
 *  the ratio is at most 1. */
#ifndef COPHASE_SIMD_TILE_F32_H
#define COPHASE_SIMD_TILE_F32_H

enum { TILE_VECTORS = V_REGISTERS >= 32 ? 4 : 2, TILE_ROWS = 12 };

/* The most rows of a tile of `vectors` vectors. */
V_INLINE size_t tile_f32_rows(size_t vectors)
{
    switch (vectors) {
    case 1:
        return TILE_ROWS;
    case 2:
        return V_REGISTERS >= 32 ? 12 : 6;
    case 3:
        return 8;
    default:
        return 6;
    }
}

/* How many of the `left` vectors the next tile takes: five are three and two, because a tile of one
 * vector waits for its loads. */
V_INLINE size_t tile_f32_vectors(size_t left)
{
    if (left <= TILE_VECTORS)
        return left;
    return TILE_VECTORS > 2 && left == TILE_VECTORS + 1 ? TILE_VECTORS - 1 : TILE_VECTORS;
}

typedef struct tile_f32 {
    vf sum[TILE_ROWS][TILE_VECTORS];
} tile_f32;

V_INLINE void tile_f32_zero(tile_f32 *tile, size_t rows, size_t vectors)
{
    V_UNROLL for (size_t i = 0; i < rows; i++) V_UNROLL for (size_t j = 0; j < vectors; j++)
        tile->sum[i][j] = vf_zero();
}

/* A pointer serves three rows (at 0, row and 2 row), so that twelve rows need four. */
V_INLINE void tile_f32_add(tile_f32 *tile, size_t rows, size_t vectors, const float *a, size_t row,
                           size_t step, const float *const w[], size_t w_step, size_t steps)
{
    const float *from[TILE_ROWS / 3], *weights[TILE_VECTORS];
    V_UNROLL for (size_t i = 0; i < rows; i += 3) from[i / 3] = a + i * row;
    V_UNROLL for (size_t j = 0; j < vectors; j++) weights[j] = w[j];
    for (size_t k = 0; k < steps; k++) {
        vf x[TILE_VECTORS];
        V_UNROLL for (size_t j = 0; j < vectors; j++)
        {
            x[j] = vf_load_f32(weights[j]);
            weights[j] += w_step;
        }
        V_UNROLL for (size_t i = 0; i < rows; i++)
        {
            const vf b = vf_set1(from[i / 3][i % 3 * row]);
            V_UNROLL for (size_t j = 0; j < vectors; j++) tile->sum[i][j] =
                vf_fma(b, x[j], tile->sum[i][j]);
        }
        V_UNROLL for (size_t i = 0; i < rows; i += 3) from[i / 3] += step;
    }
}

#endif
