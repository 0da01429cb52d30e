/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx2.h"

#include "kernels/track/track_body.h"

void cph_track_scan_avx2(size_t begin, size_t end, size_t nulls, size_t ld, const float *y,
                         const float *v, size_t moves, const float *cost, const float *step,
                         cph_track_best *best)
{
    track_scan_body(begin, end, nulls, ld, y, v, moves, cost, step, best);
}
