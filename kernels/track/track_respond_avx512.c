/* SPDX-License-Identifier: MIT */
#include "kernels/simd/vec_avx512.h"

#include "kernels/track/track_body.h"

void cph_track_respond_avx512(size_t n, size_t nulls, size_t ld, const float *c, const float *v,
                              double *sum)
{
    track_respond_body(n, nulls, ld, c, v, sum);
}
