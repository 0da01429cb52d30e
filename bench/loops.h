/* SPDX-License-Identifier: MIT */
/** @file loops.h
 *  The obvious loops, for the compiler to vectorise as it can: a path of their own beside the
 *  library's. Compiled once a tier, with -O3, contraction and reassociation allowed. */
#ifndef COPHASE_BENCH_LOOPS_H
#define COPHASE_BENCH_LOOPS_H

#include "cophase/types.h"
#include "kernels/core/isa.h"

/** y[t * ldy + b] = sum_n conj(w[b][n]) x[t * ldx + n]. Weights are planes of floats:
 * [beam][element] for rows, [element][beam] for columns. */
typedef void bench_loop_beamform_fn(size_t elements, size_t beams, size_t times, const void *x,
                                    size_t ldx, const float *re, const float *im, cph_c32 *y,
                                    size_t ldy);
/** Adds x_p conj(x_q) for q <= p to the planes re, im [N][N]: int32 for c8, int64 for c16, float
 *  for c32. */
typedef void bench_loop_covariance_fn(size_t elements, size_t times, const void *x, void *re,
                                      void *im);
typedef void bench_loop_convert_fn(const void *in, size_t count, float scale, cph_c32 *out);

typedef struct bench_loops {
    bench_loop_beamform_fn *rows[CPH_TYPE_COUNT], *columns[CPH_TYPE_COUNT];
    bench_loop_covariance_fn *covariance[CPH_TYPE_COUNT];
    bench_loop_convert_fn *convert[CPH_TYPE_COUNT];
} bench_loops;

extern const bench_loops bench_loops_auto;
CPH_IF_avx2(extern const bench_loops bench_loops_autoavx2;)
    CPH_IF_avx512(extern const bench_loops bench_loops_autoavx512;)

#endif
