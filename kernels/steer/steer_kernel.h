/* SPDX-License-Identifier: MIT */
/** @file steer_kernel.h
 *  Contract of the kernel steer_c32. */
#ifndef COPHASE_STEER_KERNEL_H
#define COPHASE_STEER_KERNEL_H

#include "cophase/steer.h"

/** What the kernel may read past element n of the positions: up to the next multiple of this. */
enum { CPH_STEER_PADDING = 16 };

/** a[i] = exp(2 pi j (k[0] x[i] + k[1] y[i] + k[2] z[i])) for i < n: positions in metres, k in
 *  turns a metre. x, y, z are readable up to the next multiple of CPH_STEER_PADDING; a is aligned
 *  to the sample and written up to n alone.
 *  The phase is summed in double, rounded to 2^-32 turn (1.5e-9 rad) and reduced to an eighth of a
 *  turn in integers; polynomials of degree 7 and 8 then give each part. Error of a part: at most
 *  2e-7 while |k| |r| stays below 1e6 turns. */
typedef void cph_steer_fn(size_t n, const double *x, const double *y, const double *z,
                          const double k[3], cph_c32 *a);

/** The oracle: the same in double by the C library, phase reduced in turns. */
void cph_steer_c32_ref(size_t n, const double *x, const double *y, const double *z,
                       const double k[3], cph_c64 *a);

/** cph_steer_init for a given variant. */
cph_status cph_steer_init_variant(const cph_steer_config *config, cph_steer_fn *variant,
                                  void *memory, size_t bytes, cph_steer_plan **plan);

#endif
