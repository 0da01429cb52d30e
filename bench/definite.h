/* SPDX-License-Identifier: MIT */
/** @file definite.h
 *  Random numbers to Hermitian matrices that a factorisation accepts. */
#ifndef COPHASE_BENCH_DEFINITE_H
#define COPHASE_BENCH_DEFINITE_H

#include "cophase/types.h"

/** r [count][n][n], parts within [-1, 1]: the lower triangle stays, the diagonal dominates. */
static inline void bench_make_definite(cph_c32 *r, size_t n, size_t count)
{
    for (size_t m = 0; m < count; m++, r += n * n)
        for (size_t i = 0; i < n; i++) {
            r[i * (n + 1)] = (cph_c32){2.0f * (float)n, 0.0f};
            for (size_t k = 0; k < i; k++)
                r[k * n + i] = (cph_c32){r[i * n + k].re, -r[i * n + k].im};
        }
}

#endif
