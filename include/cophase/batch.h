/* SPDX-License-Identifier: MIT */
/** @file batch.h
 *  Adaptive weights of thousands of sub-bands at once: MVDR from a covariance and a look vector
 *  each, w = R^-1 a / (a^H R^-1 a) with R = S + loading (Capon, Proc. IEEE 57(8), 1969, eq. 9;
 *  loading: Cox, Zeskind & Owen, IEEE Trans. ASSP 35(10), 1987).
 *
 *      cph_batch_create(&(cph_batch_config){.elements = n, .loading_of_mean = 1e-3f}, &plan);
 *      cph_batch_mvdr(plan, workspace, count, covariance, look, weights, power, status); */
#ifndef COPHASE_BATCH_H
#define COPHASE_BATCH_H

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

enum { CPH_BATCH_MOST_ELEMENTS = 128 };

typedef struct cph_batch_config {
    size_t elements;       /**< N, 1 to CPH_BATCH_MOST_ELEMENTS */
    float loading;         /**< added to the diagonal, in its unit; at least 0 */
    float loading_of_mean; /**< added as well: this part of trace(S) / N; at least 0 */
    const cph_exec *exec;  /**< NULL: serial; must outlive the plan */
} cph_batch_config;

typedef struct cph_batch_plan cph_batch_plan;

/** Bytes that a plan needs. Errors: ARGUMENT (also a loading that is negative or not finite). */
CPH_MUST_CHECK CPH_API cph_status cph_batch_plan_size(const cph_batch_config *config,
                                                      size_t *bytes);
/** Builds a plan in `memory` (64-byte aligned). Errors: ARGUMENT, OVERFLOW, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_batch_init(const cph_batch_config *config, void *memory,
                                                 size_t bytes, cph_batch_plan **plan);
/** init with memory of the heap; free with cph_batch_destroy (NULL is fine). */
CPH_MUST_CHECK CPH_API cph_status cph_batch_create(const cph_batch_config *config,
                                                   cph_batch_plan **plan);
CPH_API void cph_batch_destroy(cph_batch_plan *plan);

/** Bytes of a workspace (64-byte aligned): some N^2 * 64 for each thread of the plan. */
CPH_API size_t cph_batch_workspace_size(const cph_batch_plan *plan);

/** For each m < count: w[m * N + i] and power[m] = 1 / (a^H R^-1 a), the power that is left (NULL:
 *  not wanted), from S = covariance[(m * N + p) * N + q], a Hermitian matrix of which the lower
 *  triangle p >= q and the real parts of the diagonal are read, and a = look[m * N + i]. With an
 *  uncalibrated S, look holds gain times steering vector. All arrays have any alignment of the
 *  sample; w, power and status overlap nothing.
 *
 *  status[m] is CPH_OK, or, with zeros for w and power, and no effect on other m:
 *  NOT_FINITE (S or a is not), ARGUMENT (a is 0) or SINGULAR (R is not positive definite as far as
 *  float can tell: a pivot of column k is at most (2k + 8) 2^-24 of R_kk; or w or power leaves the
 *  range of float).
 *
 *  Error: with s_i = sqrt(R_ii), t = sum_i s_i |w_i| and g = 9 (N + 8) 2^-24, the computed w and
 *  power satisfy
 *
 *      |(R w)_i - power a_i| <= g s_i t        |w^H a - 1| <= g (1 + t / sqrt(power))
 *
 *  which is that w belongs to R + D, |D_ik| <= g s_i s_k: as good as R's own last digits, whatever
 *  its condition. The distance to the weights of R follows, with x = R^-1 a, where
 *  g (sum_i s_i sqrt((R^-1)_ii))^2 <= 1/16:
 *
 *      |dw_i| <= 2 g t (sum_k |R^-1|_ik s_k + |w_i| (1/t + 1/sqrt(power) + sum_k s_k |x_k|))
 *
 *  (Higham, Accuracy and Stability, 2nd ed., theorems 8.5, 10.3, 10.4, for complex products.)
 *  Results depend on neither the thread count nor the neighbours. Re-entrant with a workspace per
 *  call. Errors: ARGUMENT, OVERFLOW; outputs then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_batch_mvdr(const cph_batch_plan *plan, void *workspace,
                                                 size_t count, const cph_c32 *covariance,
                                                 const cph_c32 *look, cph_c32 *w, float *power,
                                                 cph_status *status);

CPH_END_DECLS

#endif
