/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/adaptive/batch_columns_body.h"

uint32_t cph_batch_columns_c32_avx512(size_t n, size_t count, const cph_batch_part *part,
                                      void *work)
{
    return batch_columns_body(n, count, part, work);
}
