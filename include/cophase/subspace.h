/* SPDX-License-Identifier: MIT */
/** @file subspace.h
 *  Weights that are orthogonal to the strongest waves of a covariance: its dominant eigenvectors
 *  are projected out (Hung & Turner, IEEE TAES 19 p. 785, 1983; Gabriel, Proc. IEEE 68 p. 654,
 *  1980). A few snapshots per wave are enough, and there is nothing to load. For receivers of one
 *  noise power. Conventions as in adaptive.h: v = g a, y = w^H x. */
#ifndef COPHASE_SUBSPACE_H
#define COPHASE_SUBSPACE_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** How many eigenvectors are waves. */
typedef enum cph_subspace_rule {
    CPH_SUBSPACE_GIVEN,     /**< the `waves` strongest */
    CPH_SUBSPACE_THRESHOLD, /**< those above threshold times the median of the eigenvalues that K
                                 snapshots can give, min(n, K) of them */
    CPH_SUBSPACE_MDL, /**< the shortest description (Wax & Kailath, IEEE TASSP 33 p. 387, 1985) */
    CPH_SUBSPACE_COUNT
} cph_subspace_rule;

typedef struct cph_subspace_config {
    size_t elements;           /**< N */
    const cph_c64 *covariance; /**< [N][ld], Hermitian: the lower triangle (p >= q) is read */
    size_t ld;                 /**< at least N */
    const cph_c64 *gain;       /**< [N] observed = gain * true; NULL for 1 */
    const unsigned char *flag; /**< [N] non-zero = left out whatever its data; NULL for none */
    double samples;            /**< K snapshots behind the covariance; 0: unknown, or a model */
    cph_subspace_rule rule;
    size_t waves;     /**< GIVEN: fewer than the live elements */
    double threshold; /**< THRESHOLD: above 1 */
    double protect; /**< in (0, 1]: an eigenvector e with |e^H v|^2 > protect |v|^2 is the signal's
                         own, and stays; 1 protects nothing */
} cph_subspace_config;

/** The eigenvectors to project out; answers any number of looks, from several threads at once. */
typedef struct cph_subspace cph_subspace;

/** Decomposes (about 25 n^3 operations for n live elements). Errors: ARGUMENT (sizes, a rule or
 *  number out of range); NOT_FINITE (of a live element: its covariances, or its gain is not finite
 *  or 0); TOO_FEW (all are flagged; waves of as many as there are live elements; MDL with fewer
 *  snapshots than live elements); MISSING (MDL without K); SINGULAR (no convergence); MEMORY;
 *  OVERFLOW. Free with cph_subspace_destroy (NULL is fine). */
CPH_MUST_CHECK CPH_API cph_status cph_subspace_create(const cph_subspace_config *config,
                                                      cph_subspace **subspace, cph_error *error);
CPH_API void cph_subspace_destroy(cph_subspace *subspace);

/** Number of waves found, and of live elements; `live` may be NULL. */
CPH_API size_t cph_subspace_waves(const cph_subspace *subspace, size_t *live);

/** w = P v / (v^H P v), P = I - sum e e^H over the waves that are not the signal's own; *kept (may
 *  be NULL) how many those own were. a [N] (flagged entries are not read), w [N], 0 where flagged,
 *  may be a. One wave in white noise: its null is as deep as rounding, n eps over the gap of
 *  eigenvalues. Errors: ARGUMENT (a zero look vector); NOT_FINITE; SINGULAR (the waves leave less
 *  than 1e-6 of the look); w then unchanged; MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_subspace_weights(const cph_subspace *subspace,
                                                       const cph_c64 *a, cph_c64 *w, size_t *kept,
                                                       cph_error *error);

CPH_END_DECLS

#endif
