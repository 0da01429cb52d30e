/* SPDX-License-Identifier: MIT */
/** @file covariance_kernel.h
 *  Contract of the kernels covariance_pack_TYPE and covariance_TYPE. */
#ifndef COPHASE_COVARIANCE_KERNEL_H
#define COPHASE_COVARIANCE_KERNEL_H

#include "cophase/covariance.h"

/** Elements are taken eight at a time: a panel is [times][16] parts re, im of eight neighbouring
 *  elements, float for c8 and c32, double for c16. A tile is the 8 x 8 sums of two panels. */
enum {
    CPH_PANEL_ELEMENTS = 8,
    CPH_PANEL_PARTS = 2 * CPH_PANEL_ELEMENTS,
    CPH_TILE_SUMS = CPH_PANEL_ELEMENTS * CPH_PANEL_ELEMENTS
};

/** Times in a block. Sums of 512 products of int8 are below 2^23, exact in float; of int16 below
 *  2^39, exact in double. For c32 it is the length of the float sums. */
enum { CPH_COVARIANCE_BLOCK = 512 };

/** A tile's sums over all times, row p, column q: exact integers, or doubles. */
typedef struct cph_tile_i64 {
    struct {
        int64_t re, im;
    } sum[CPH_TILE_SUMS];
} cph_tile_i64;
typedef struct cph_tile_f64 {
    cph_c64 sum[CPH_TILE_SUMS];
} cph_tile_f64;

/** Copies `elements` (1 to 8) columns of samples[t * ld + n] into a panel, aligned to 64 bytes, and
 *  zeros behind them. Samples are aligned to the sample; only those columns are read. */
typedef void cph_covariance_pack_fn(const void *samples, size_t ld, size_t times, size_t elements,
                                    void *panel);

/** Adds sum_t p[t][i] conj(q[t][j]) to tile->sum[8 i + j], times <= CPH_COVARIANCE_BLOCK. Exact for
 *  c8 and c16 (cph_tile_i64). For c32 (cph_tile_f64) each part of what is added is within
 *  (times + 2) 2^-24 sum_t (|re p||re q| + |im p||im q|, or the cross form) of exact. */
typedef void cph_covariance_fn(const void *p, const void *q, size_t times, void *tile);

/** The variants for one sample type. */
typedef struct cph_covariance_kernels {
    cph_covariance_pack_fn *pack;
    cph_covariance_fn *add;
} cph_covariance_kernels;

/** The oracle: r[p * ld_r + q] = sum_t x_p conj(x_q) in double (exact below 2^53), all p, q. */
void cph_covariance_ref(cph_type type, size_t elements, const void *samples, size_t ld,
                        size_t times, cph_c64 *r, size_t ld_r);

/** cph_covariance_init for given variants. */
cph_status cph_covariance_init_variant(const cph_covariance_config *config,
                                       const cph_covariance_kernels *variants, void *memory,
                                       size_t bytes, cph_covariance_plan **plan);

#endif
