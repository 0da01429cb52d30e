/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_neon.h"

#include "kernels/adaptive/batch_lanes_body.h"

uint32_t cph_batch_lanes_c32_neon(size_t n, size_t count, const cph_batch_part *part, void *work)
{
    return batch_lanes_body(n, count, part, work);
}
