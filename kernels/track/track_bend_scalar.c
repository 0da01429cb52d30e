/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_scalar.h"

#include "kernels/track/track_body.h"

void cph_track_bend_scalar(size_t n, size_t nulls, size_t ld, cph_track_bend bend, const float *y,
                           const float *v, const float *share, const float *low, const float *high,
                           float *c)
{
    track_bend_body(n, nulls, ld, bend, y, v, share, low, high, c);
}
