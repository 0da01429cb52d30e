/* SPDX-License-Identifier: MIT */
/** @file covariance.h
 *  Sample covariance R = E[x x^H]: R_pq = mean over t of x_p(t) conj(x_q(t)). */
#ifndef COPHASE_COVARIANCE_H
#define COPHASE_COVARIANCE_H

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_covariance_config {
    size_t elements;      /**< N, at least 1 */
    cph_type type;        /**< of the samples */
    const cph_exec *exec; /**< NULL: serial; must outlive the plan */
} cph_covariance_config;

typedef struct cph_covariance_plan cph_covariance_plan;

/** Running sums of a covariance; opaque memory of cph_covariance_sums_size bytes. Integer
 *  samples are summed exactly in 64 bits, c32 in float blocks of a fixed length drained into
 *  double, so that results do not depend on the thread count. */
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

/** Adds T times of samples[t * ld + n], ld >= N. Integer sums are exact for 2^32 - 1 times at
 *  least.
 *  Re-entrant with a workspace and sums per call. Errors: ARGUMENT, OVERFLOW (more times than
 *  stay exact); sums then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_add(const cph_covariance_plan *plan,
                                                     void *workspace, const void *samples,
                                                     size_t ld, size_t times,
                                                     cph_covariance_sums *sums);

/** Times added since the last reset. */
CPH_API uint64_t cph_covariance_times(const cph_covariance_plan *plan,
                                      const cph_covariance_sums *sums);

/** r[p * ld + q] = factor * sum_t x_p conj(x_q), the whole Hermitian matrix with a real
 *  diagonal; factor = scale^2 / times gives the mean in units of the signal. ld >= N. Sums of
 *  integers are exact before the factor; of c32 each part is within 514 * 2^-24 times
 *  sum_t (|re p||re q| + |im p||im q|, or the cross form) of exact. Errors: ARGUMENT, OVERFLOW;
 *  r then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_get(const cph_covariance_plan *plan,
                                                     const cph_covariance_sums *sums, double factor,
                                                     cph_c64 *r, size_t ld);

CPH_END_DECLS

#endif
