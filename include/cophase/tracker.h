/* SPDX-License-Identifier: MIT */
/** @file tracker.h
 *  Weights that follow sample by sample: y = w^H x is drawn to a reference d. For a sidelobe
 *  canceller x is what the blocking matrix passes and d the quiescent beam. */
#ifndef COPHASE_TRACKER_H
#define COPHASE_TRACKER_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef enum cph_tracker_kind {
    CPH_TRACKER_NLMS, /**< w += step x conj(e) / (regular + |x|^2): N products (Nagumo & Noda,
                           IEEE TAC 12 p. 282, 1967) */
    CPH_TRACKER_QRD,  /**< recursive least squares by rotations of R, w by back substitution
                           (Gentleman & Kung, Proc. SPIE 298 p. 19, 1981) */
    CPH_TRACKER_INVERSE_QRD, /**< the same by rotations of R^-1, without substitution (Alexander &
                                  Ghirnikar, IEEE TSP 41 p. 20, 1993) */
    CPH_TRACKER_COUNT
} cph_tracker_kind;

typedef struct cph_tracker_config {
    cph_tracker_kind kind;
    size_t elements;           /**< N */
    const unsigned char *flag; /**< [N] non-zero = left out whatever its samples: weight 0; NULL */
    double step;               /**< NLMS: above 0 and below 2 */
    double forget;             /**< QRD: weight of a sample against the next, above 0, at most 1 */
    double regular;            /**< above 0; QRD: the start minimises regular |w|^2 */
} cph_tracker_config;

typedef struct cph_tracker cph_tracker;

/** Bytes that a tracker needs. Errors: ARGUMENT, OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_tracker_size(const cph_tracker_config *config, size_t *bytes);

/** Builds a tracker of weights 0 in `memory` (aligned to 64 bytes, `bytes` as cph_tracker_size
 *  says). Flags are copied. Errors: ARGUMENT, OVERFLOW, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_tracker_init(const cph_tracker_config *config, void *memory,
                                                   size_t bytes, cph_tracker **tracker);

/** init with memory of the heap; free with cph_tracker_destroy (NULL is fine). */
CPH_MUST_CHECK CPH_API cph_status cph_tracker_create(const cph_tracker_config *config,
                                                     cph_tracker **tracker);
CPH_API void cph_tracker_destroy(cph_tracker *tracker);

/** Takes one snapshot x [N] and its reference d; *error (may be NULL) = d - w^H x before the
 *  update. After K of them the QRD kinds hold the w that minimises
 *  sum_k forget^(K-1-k) |d_k - w^H x_k|^2 + forget^K regular |w|^2, within about n eps times the
 *  condition of R (the root of that of the covariance). Errors: ARGUMENT; NOT_FINITE (a sample of
 *  an unflagged element, or d): the tracker then stays as it was. */
CPH_MUST_CHECK CPH_API cph_status cph_tracker_update(cph_tracker *tracker, const cph_c64 *x,
                                                     cph_c64 d, cph_c64 *error);

/** The weights [N] as they stand: y = w^H x. */
CPH_API const cph_c64 *cph_tracker_weights(const cph_tracker *tracker);

CPH_END_DECLS

#endif
