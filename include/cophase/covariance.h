/* SPDX-License-Identifier: MIT */
/** @file covariance.h
 *  Sample covariance R = E[x x^H]: R_pq = mean over t of x_p(t) conj(x_q(t)); with weights
 *  X diag(w) X^H; of two signals X Y^H.
 *
 *      cph_covariance_create(&(cph_covariance_config){.elements = n, .type = CPH_C8}, &plan);
 *      cph_covariance_reset(plan, sums);      sums, workspace: memory of the sizes that plan tells
 *      cph_covariance_add(plan, workspace, samples, n, times, sums);      as often as needed
 *      cph_covariance_get(plan, sums, 1.0 / cph_covariance_times(plan, sums), r, n); */
#ifndef COPHASE_COVARIANCE_H
#define COPHASE_COVARIANCE_H

#include <stdbool.h>

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** What is not set is 0: one channel, x with itself, no weights, plain sums. */
typedef struct cph_covariance_config {
    size_t elements;       /**< N, at least 1 */
    cph_type type;         /**< of the samples */
    const cph_exec *exec;  /**< NULL: serial; must outlive the plan */
    size_t channels;       /**< C matrices; 0 is 1 */
    size_t cross_elements; /**< M of the second signal y; 0: R = X X^H */
    bool weighted;         /**< times have weights: sums are floats whatever the type is */
    /** Exponential averaging: after every average_times times all sums so far are multiplied by
     *  average_keep, in [0, 1]. 0: plain sums. */
    size_t average_times;
    double average_keep;
} cph_covariance_config;

typedef struct cph_covariance_plan cph_covariance_plan;

/** Running sums of a covariance; opaque memory of cph_covariance_sums_size bytes. Integer samples
 *  are summed exactly, in 64 bits in the end. Floats are summed in sets of 512 times, counted from
 *  the reset, that are added up in double; of some shapes in two sets at once, 64 times to each in
 *  turn. Results depend neither on the thread count nor on how a stream is cut into calls. */
typedef struct cph_covariance_sums cph_covariance_sums;

CPH_MUST_CHECK CPH_API cph_status cph_covariance_plan_size(const cph_covariance_config *config,
                                                           size_t *bytes);
CPH_MUST_CHECK CPH_API cph_status cph_covariance_init(const cph_covariance_config *config,
                                                      void *memory, size_t bytes,
                                                      cph_covariance_plan **plan);
CPH_MUST_CHECK CPH_API cph_status cph_covariance_create(const cph_covariance_config *config,
                                                        cph_covariance_plan **plan);
CPH_API void cph_covariance_destroy(cph_covariance_plan *plan);

/** Bytes of a cph_covariance_sums and of a workspace (both 64-byte aligned) for the plan. */
CPH_API size_t cph_covariance_sums_size(const cph_covariance_plan *plan);
CPH_API size_t cph_covariance_workspace_size(const cph_covariance_plan *plan);

/** Empties the sums. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_reset(const cph_covariance_plan *plan,
                                                       cph_covariance_sums *sums);

/** Adds T times of samples[(t * C + c) * ld + n], ld >= N. Integer sums are exact for 2^32 - 1
 *  times at least, between averages if there are any. Samples have any alignment.
 *  Re-entrant with a workspace and sums per call. Errors: ARGUMENT (also for a plan of y or of
 *  weights), OVERFLOW (more times than stay exact); sums then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_add(const cph_covariance_plan *plan,
                                                     void *workspace, const void *samples,
                                                     size_t ld, size_t times,
                                                     cph_covariance_sums *sums);

/** The same for a plan with `weighted`: adds w(t) x x^H, weight[t] real, one for all channels. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_add_weighted(const cph_covariance_plan *plan,
                                                              void *workspace, const void *samples,
                                                              size_t ld, size_t times,
                                                              const float *weight,
                                                              cph_covariance_sums *sums);

/** The same for a plan with cross_elements: adds x y^H, y[(t * C + c) * ld_y + m], ld_y >= M.
 *  weight as above for a plan with `weighted`, else NULL. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_add_cross(const cph_covariance_plan *plan,
                                                           void *workspace, const void *x,
                                                           size_t ld_x, const void *y, size_t ld_y,
                                                           size_t times, const float *weight,
                                                           cph_covariance_sums *sums);

/** Times added since the last reset. */
CPH_API uint64_t cph_covariance_times(const cph_covariance_plan *plan,
                                      const cph_covariance_sums *sums);

/** What to divide the sums by for a mean: the times, or with exponential averaging the sum of
 *  their factors: average_keep^k for a time k whole averages before the open one. */
CPH_API double cph_covariance_weight(const cph_covariance_plan *plan,
                                     const cph_covariance_sums *sums);

/** r[(c * N + p) * ld + q] = factor * sum_t x_p conj(x_q), the whole Hermitian matrix of each
 *  channel with a real diagonal, or N x M of x_p conj(y_q); ld >= N, or M. factor = scale^2 /
 *  weight gives the mean in units of the signal. Sums of integers are exact before the factor. Sums
 *  of floats x_p = a + ib, x_q = c + id, p >= q, take three real products, not four:
 *
 *      re is within 516 u sum_t |w| (|ac| + |bd|) of exact, u = 2^-24,
 *      im within    516 u sum_t |w| (|ac| + |bd|) + 262 u sum_t |w| |a + b||c - d|,
 *
 *  both at most 1040 u sum_t |w| |x_p||x_q|: in a set of 512 times every sum rounds once a time,
 *  and its factors and products are rounded. An exponential average adds 2^-52 of its magnitude a
 *  block. Errors: ARGUMENT, OVERFLOW; r then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_get(const cph_covariance_plan *plan,
                                                     const cph_covariance_sums *sums, double factor,
                                                     cph_c64 *r, size_t ld);

/** What is known about the elements; what is NULL is not applied. Arrays are [C][N] for x; y has
 *  its own, [C][M], in a plan with cross_elements. */
typedef struct cph_covariance_known {
    const unsigned char *flag; /**< not 0: the element's row and column become 0 */
    const cph_c64 *gain;       /**< R_pq is divided by g_p conj(g_q) */
    const unsigned char *flag_y;
    const cph_c64 *gain_y;
} cph_covariance_known;

/** cph_covariance_get with flagged elements as zeros (whatever their samples were) and the others
 *  divided by their gains, with the rounding of four more operations in double. A gain of 0 or NaN
 *  of an element that is not flagged gives what division gives. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_get_known(const cph_covariance_plan *plan,
                                                           const cph_covariance_sums *sums,
                                                           double factor,
                                                           const cph_covariance_known *known,
                                                           cph_c64 *r, size_t ld);

CPH_END_DECLS

#endif
