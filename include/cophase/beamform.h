/* SPDX-License-Identifier: MIT */
/** @file beamform.h
 *  Beams y = w^H x: beams[t][c][b] = sum_n conj(w[b][c][n]) samples[t][c][n]. */
#ifndef COPHASE_BEAMFORM_H
#define COPHASE_BEAMFORM_H

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_beamform_config {
    size_t elements;      /**< N, at least 1 */
    size_t beams;         /**< B, at least 1 */
    size_t channels;      /**< C; 0 is 1 */
    cph_type type;        /**< of the samples */
    unsigned weight_bits; /**< 8, 16 or 32: the least precision that the plan keeps; 0 is 16 */
    cph_type output;      /**< CPH_C16 or CPH_C8; looked at only where output_scale is not 0 */
    float output_scale;   /**< 0: beams are c32; else integers, output_scale * y saturated; > 0 */
    const cph_exec *exec; /**< NULL: serial; must outlive the plan */
} cph_beamform_config;

typedef struct cph_beamform_plan cph_beamform_plan;

/** How a plan forms its beams. */
typedef enum cph_beamform_regime {
    CPH_BEAMFORM_AUTO,   /**< the plan chooses */
    CPH_BEAMFORM_ROWS,   /**< elements in the lanes: few beams */
    CPH_BEAMFORM_COLUMNS /**< beams in the lanes: many beams */
} cph_beamform_regime;

/** What a plan keeps of its weights. */
typedef struct cph_beamform_info {
    unsigned weight_bits; /**< kept: 8, 16 or 32 */
    cph_beamform_regime regime;
    double weight_error;  /**< largest |kept w - w| over the largest |w| of its beam and channel */
    double null_floor_db; /**< 10 log10 of the largest sum |kept w - w|^2 / (sum |w|)^2: how deep a
                               null can be after rounding; -infinity where w is kept exactly */
    size_t weight_bytes;  /**< of the packed weights */
} cph_beamform_info;

/** Integer weights serve up to this many elements; plans with more keep 32 bits. */
enum { CPH_BEAMFORM_INTEGER_ELEMENTS = 65536 };

/** Bytes that a plan needs. Errors: ARGUMENT, OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_beamform_plan_size(const cph_beamform_config *config,
                                                         size_t *bytes);

/** Packs weights[(b * C + c) * ldw + n] (ldw >= N, w not yet conjugated, all finite) into a plan in
 *  `memory` (64-byte aligned). The weights are copied. Fold calibration, flags (weight 0) and the
 *  sample scale into them.
 *  c32 samples keep float weights, and so do c16 with weight_bits 16 whose beams are c32: 32 bits
 *  are faster there than 16. Others with weight_bits 8 or 16 keep integers q and a float s per beam
 *  and channel: s = (largest part) / 127 (8 bits) or / 32512 (16 bits) and
 *  q = nearest(w / s), ties to even, each division rounded to float.
 *  Errors: ARGUMENT, OVERFLOW, MEMORY, NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_beamform_init(const cph_beamform_config *config,
                                                    const cph_c32 *weights, size_t ldw,
                                                    void *memory, size_t bytes,
                                                    cph_beamform_plan **plan);

/** init with memory of the heap; free with cph_beamform_destroy (NULL is fine). */
CPH_MUST_CHECK CPH_API cph_status cph_beamform_create(const cph_beamform_config *config,
                                                      const cph_c32 *weights, size_t ldw,
                                                      cph_beamform_plan **plan);
CPH_API void cph_beamform_destroy(cph_beamform_plan *plan);

/** Replaces the weights of beams [first, first + count): weights[((b - first) * C + c) * ldw + n].
 *  The plan must not be running. Errors: ARGUMENT, OVERFLOW, NOT_FINITE; the plan then unchanged.
 */
CPH_MUST_CHECK CPH_API cph_status cph_beamform_set_weights(cph_beamform_plan *plan, size_t first,
                                                           size_t count, const cph_c32 *weights,
                                                           size_t ldw);

/** What the plan keeps (host only). Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_beamform_describe(const cph_beamform_plan *plan,
                                                        cph_beamform_info *info);

/** Bytes of workspace (64-byte aligned) that one concurrent call of run needs; may be 0. */
CPH_API size_t cph_beamform_workspace_size(const cph_beamform_plan *plan);

/** beams[(t * C + c) * ld_beams + b] for T times of samples[(t * C + c) * ld_samples + n];
 *  ld_samples >= N, ld_beams >= B, in units of samples; beams are c32, or config.output where
 *  output_scale is not 0. Any alignment (of the sample type); beams must not overlap samples. An
 *  element whose weight is 0 in every beam of a channel (a flagged one) contributes nothing to it,
 *  even where its samples are not finite.
 *
 *  Integer weights: A = sum q x is exact. c32 beams are ((float)hi * 65536 + (float)lo) * s with
 *  A = hi * 65536 + lo, 0 <= lo < 65536; integer beams are saturated (A m + 2^(k-1)) >> k, where
 *  m 2^-k is output_scale * s rounded to 31 bits, or to as many as keep A m below 2^62 for any
 *  samples. Both are the same bits in every tier; the kept weights s q then give y with an error
 *  of 3 * 2^-24 |y|.
 *
 *  Float weights: error of each part against exact arithmetic on the same inputs at most
 *  (2 N + 4) 2^-24 sum_n (|re w||re x| + |im w||im x| and its cross form); integer beams are that
 *  float times output_scale, to the nearest integer, ties to even, saturated; NaN is 0.
 *  Re-entrant with a workspace per call. Errors: ARGUMENT, OVERFLOW; outputs then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_beamform_run(const cph_beamform_plan *plan, void *workspace,
                                                   const void *samples, size_t ld_samples,
                                                   size_t times, void *beams, size_t ld_beams);

CPH_END_DECLS

#endif
