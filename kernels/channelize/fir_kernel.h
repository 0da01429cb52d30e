/* SPDX-License-Identifier: MIT */
/** @file fir_kernel.h
 *  Contracts of the kernels fir_TYPE and turn_c32, and their oracle. */
#ifndef COPHASE_CHANNELIZE_FIR_KERNEL_H
#define COPHASE_CHANNELIZE_FIR_KERNEL_H

#include "cophase/types.h"

/** Real coefficients on rows of parts (re, im, re, ...), any alignment of a part. */
typedef struct cph_fir {
    size_t taps;              /**< T, at least 1 */
    size_t times;             /**< B of the output */
    size_t runs, length;      /**< R runs of `length` parts, at least 1, share a coefficient each */
    size_t step, run_step;    /**< parts from one row to the next, from one run to the next */
    const float *coefficient; /**< [T][ld_coefficient >= R] */
    size_t ld_coefficient;
    size_t ld_out; /**< parts */
} cph_fir;

/** out[b ld_out + r length + i] = sum_q c[q][r] x[(b + q) step + r run_step + i], for b < B, r < R,
 *  i < length; no overlap. A row of the output depends on the rows that it sums alone, and its bits
 *  not on B, nor on how parts are made runs. Error of a part: (T + 1) 2^-24 of the sum of the
 *  magnitudes of its products. */
typedef void cph_fir_fn(const cph_fir *f, const void *x, float *out);

/** to[j ld_to + i] = from[i ld_from + j], i < rows, j < columns; no overlap. */
typedef void cph_turn_fn(size_t rows, size_t columns, const cph_c32 *from, size_t ld_from,
                         cph_c32 *to, size_t ld_to);

/** The sum for one part of the output, and of the magnitudes of its products. */
double cph_fir_ref(cph_type type, const cph_fir *f, const void *x, size_t time, size_t run,
                   size_t part, double *magnitudes);

#endif
