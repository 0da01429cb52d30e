/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx2.h"

#include "kernels/track/track_body.h"

void cph_track_bend_avx2(size_t n, size_t nulls, size_t ld, cph_track_bend bend, const float *y,
                         const float *v, const float *share, const float *low, const float *high,
                         float *c)
{
    track_bend_body(n, nulls, ld, bend, y, v, share, low, high, c);
}
