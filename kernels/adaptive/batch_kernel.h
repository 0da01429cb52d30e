/* SPDX-License-Identifier: MIT */
/** @file batch_kernel.h
 *  Contract of the kernels batch_lanes_c32 and batch_columns_c32, and plans for given variants. */
#ifndef COPHASE_ADAPTIVE_BATCH_KERNEL_H
#define COPHASE_ADAPTIVE_BATCH_KERNEL_H

#include "cophase/batch.h"
#include "kernels/core/size.h"

/** Matrices of a kernel's call at most. */
enum { CPH_BATCH_GROUP = 16 };

/** A group of matrices, as cph_batch_mvdr has them. */
typedef struct cph_batch_part {
    const cph_c32 *r;     /**< [count][n][n], the lower triangle */
    const cph_c32 *a;     /**< [count][n] */
    const float *loading; /**< [count], added to the diagonal */
    cph_c32 *w;           /**< [count][n] */
    float *power;         /**< [count] */
} cph_batch_part;

/** Weights and powers of `count` <= CPH_BATCH_GROUP matrices; bit m of the result: matrix m has
 *  them, in cph_batch_mvdr's bound; where not, they are zeros. work: cph_batch_work_floats floats,
 *  64-byte aligned.
 *
 *  Both factor [R a; a^H .] = L L^H without its last column, whose last row then is z^H = a^H L^-H:
 *  1 / power = |z|^2, conj(w) = conj(L^-H z) power. */
typedef uint32_t cph_batch_fn(size_t n, size_t count, const cph_batch_part *part, void *work);

/** Of batch_lanes: rows 0 to n of L, packed, an entry of 16 lanes re, im; of batch_columns: n + 3
 *  columns of n + 4 rows in vectors, and a vector more. */
static inline size_t cph_batch_work_floats(size_t n)
{
    const size_t lanes = (n * (n + 1) / 2 + n) * 2 * CPH_BATCH_GROUP;
    const size_t rows = (n + 4 + CPH_BATCH_GROUP - 1) / CPH_BATCH_GROUP * CPH_BATCH_GROUP;
    const size_t columns = (n + 4) * rows * 2;
    return lanes > columns ? lanes : columns;
}

typedef struct cph_batch_kernels {
    cph_batch_fn *lanes, *columns; /**< NULL: the other one takes all */
} cph_batch_kernels;

/** cph_batch_init for given variants. */
cph_status cph_batch_init_variant(const cph_batch_config *config, cph_batch_kernels kernels,
                                  void *memory, size_t bytes, cph_batch_plan **plan);

/** The oracle, in double: the largest error of w and power, one matrix's, in units of
 *  cph_batch_mvdr's bounds; infinite where R's state is told wrongly: weights of one that is not
 *  positive definite, none where the bound on their distance holds. room: 2 n^2 + 2 n. */
double cph_batch_error_ref(const cph_batch_config *config, const cph_c32 *r, const cph_c32 *a,
                           const cph_c32 *w, float power, cph_status status, cph_c64 *room);

#endif
