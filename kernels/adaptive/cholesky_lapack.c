/* SPDX-License-Identifier: MIT */
/* Left-looking: the columns of a block less their products with all before it, its own triangle by
 * the plain loops, which watch the pivots, and the rows below solved against that. */
#include <cblas.h>

#include "kernels/adaptive/cholesky.h"
#include "kernels/core/size.h"

enum { BLOCK = 64 };

double cph_cholesky_factor_blocks(size_t n, cph_c64 *a, size_t *row)
{
    const cph_c64 one = {1.0, 0.0}, minus = {-1.0, 0.0};
    const int ld = (int)n;
    for (size_t k = 0; k < n; k += BLOCK) {
        const size_t wide = cph_size_min(BLOCK, n - k), below = n - k - wide;
        cph_c64 *top = a + k * n, *tile = top + k;
        double diagonal[BLOCK];
        for (size_t i = 0; i < wide; i++)
            diagonal[i] = tile[i * n + i].re;
        if (k > 0) {
            cblas_zherk(CblasRowMajor, CblasLower, CblasNoTrans, (int)wide, (int)k, -1.0, top, ld,
                        1.0, tile, ld);
            if (below > 0)
                cblas_zgemm(CblasRowMajor, CblasNoTrans, CblasConjTrans, (int)below, (int)wide,
                            (int)k, &minus, top + wide * n, ld, top, ld, &one, tile + wide * n, ld);
        }
        const double pivot = cph_cholesky_factor_tile(wide, n, diagonal, tile, row);
        if (pivot != 1.0) {
            *row += k;
            return pivot;
        }
        if (below > 0)
            cblas_ztrsm(CblasRowMajor, CblasRight, CblasLower, CblasConjTrans, CblasNonUnit,
                        (int)below, (int)wide, &one, tile, ld, tile + wide * n, ld);
    }
    return 1.0;
}
