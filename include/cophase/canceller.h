/* SPDX-License-Identifier: MIT */
/** @file canceller.h
 *  A beam under constraints that follows the samples: the generalised sidelobe canceller (Griffiths
 *  & Jim, IEEE TAP 30 p. 27, 1982) over a tracker. Its weights are w = w_q - B w_a: w_q the least
 *  ones that keep the constraints, B an orthonormal basis of what they leave free, w_a the
 *  tracker's. Conventions as in adaptive.h: v = g c, y = w^H x. */
#ifndef COPHASE_CANCELLER_H
#define COPHASE_CANCELLER_H

#include "cophase/tracker.h"

CPH_BEGIN_DECLS

typedef struct cph_canceller_config {
    size_t elements;            /**< N */
    const cph_c64 *gain;        /**< [N] observed = gain * true; NULL for 1 */
    const unsigned char *flag;  /**< [N] non-zero = left out whatever its samples; NULL for none */
    size_t constraints;         /**< J, at least 1 */
    const cph_c64 *c;           /**< [J][N] w^H (g c_j) = response_j */
    const cph_c64 *response;    /**< [J] */
    cph_tracker_config tracker; /**< its kind, step, forget and regular */
} cph_canceller_config;

typedef struct cph_canceller cph_canceller;

/** A canceller whose weights are w_q. Nothing of the configuration is kept. Errors: ARGUMENT (also
 *  a zero constraint), NOT_FINITE (a gain, a constraint), TOO_FEW (all are flagged; more
 *  constraints than live elements), SINGULAR (a constraint that depends on those before it),
 * MEMORY, OVERFLOW. The message says which. Free with cph_canceller_destroy (NULL is fine). */
CPH_MUST_CHECK CPH_API cph_status cph_canceller_create(const cph_canceller_config *config,
                                                       cph_canceller **canceller, cph_error *error);
CPH_API void cph_canceller_destroy(cph_canceller *canceller);

/** Takes one snapshot x [N]; *y (may be NULL) = w^H x by the weights before it. After K of them the
 *  QRD kinds hold the w that keeps the constraints and minimises
 *  sum_k forget^(K-1-k) |w^H x_k|^2 + forget^K regular |w - w_q|^2: LCMV of the covariance that is
 *  the sum, loaded. The constraints hold to rounding, n eps, whatever the samples. 4 J N products
 *  beside the tracker's. Errors: ARGUMENT; NOT_FINITE (a sample of an unflagged element): the
 *  canceller then stays as it was. */
CPH_MUST_CHECK CPH_API cph_status cph_canceller_update(cph_canceller *canceller, const cph_c64 *x,
                                                       cph_c64 *y);

/** The weights w [N] as they stand, 0 where flagged, made in room of the canceller: one call at a
 *  time. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_canceller_weights(cph_canceller *canceller, cph_c64 *w);

CPH_END_DECLS

#endif
