/* SPDX-License-Identifier: MIT */
/** @file beamform.h
 *  Beams y = w^H x: beams[t][b] = sum_n conj(w[b][n]) samples[t][n]. */
#ifndef COPHASE_BEAMFORM_H
#define COPHASE_BEAMFORM_H

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_beamform_config {
    size_t elements;      /**< N, at least 1 */
    size_t beams;         /**< B, at least 1 */
    cph_type type;        /**< of the samples */
    const cph_exec *exec; /**< NULL: serial; must outlive the plan */
} cph_beamform_config;

typedef struct cph_beamform_plan cph_beamform_plan;

/** Bytes that a plan needs. Errors: ARGUMENT, OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_beamform_plan_size(const cph_beamform_config *config,
                                                         size_t *bytes);

/** Packs weights [B][ldw] (ldw >= N, w not yet conjugated, all finite) into a plan in `memory`
 *  (64-byte aligned). The weights are copied. Fold calibration, flags (weight 0) and the
 *  sample scale into them. Errors: ARGUMENT, OVERFLOW, MEMORY, NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_beamform_init(const cph_beamform_config *config,
                                                    const cph_c32 *weights, size_t ldw,
                                                    void *memory, size_t bytes,
                                                    cph_beamform_plan **plan);

/** init with memory of the heap; free with cph_beamform_destroy (NULL is fine). */
CPH_MUST_CHECK CPH_API cph_status cph_beamform_create(const cph_beamform_config *config,
                                                      const cph_c32 *weights, size_t ldw,
                                                      cph_beamform_plan **plan);
CPH_API void cph_beamform_destroy(cph_beamform_plan *plan);

/** Bytes of workspace (64-byte aligned) that one concurrent call of run needs; may be 0. */
CPH_API size_t cph_beamform_workspace_size(const cph_beamform_plan *plan);

/** beams[t * ld_beams + b] for T times of samples[t * ld_samples + n]; ld_samples >= N,
 *  ld_beams >= B, in units of samples. Any alignment (of the sample type); beams must not
 *  overlap samples. An element whose weight is 0 in every beam (a flagged one) contributes
 *  nothing, even where its samples are not finite.
 *  Error of each part against exact arithmetic on the same inputs:
 *  at most (2 N + 4) 2^-24 sum_n (|re w||re x| + |im w||im x| and its cross form).
 *  Re-entrant with a workspace per call. Errors: ARGUMENT, OVERFLOW; outputs then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_beamform_run(const cph_beamform_plan *plan, void *workspace,
                                                   const void *samples, size_t ld_samples,
                                                   size_t times, cph_c32 *beams, size_t ld_beams);

CPH_END_DECLS

#endif
