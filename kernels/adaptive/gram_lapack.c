/* SPDX-License-Identifier: MIT */
#include "kernels/adaptive/gram.h"

#include <cblas.h>

void cph_gram_add(size_t rows, size_t n, const cph_c64 *x, cph_c64 *r)
{
    cblas_zherk(CblasRowMajor, CblasLower, CblasConjTrans, (int)n, (int)rows, 1.0, x, (int)n, 1.0,
                r, (int)n);
}
