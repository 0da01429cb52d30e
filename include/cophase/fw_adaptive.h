/* SPDX-License-Identifier: MIT */
/** @file fw_adaptive.h
 *  Firmware profile: adaptive weights of up to 16 elements in float, MVDR (Capon, Proc. IEEE 57 p.
 *  1408, 1969) and LCMV (Frost, Proc. IEEE 60 p. 926, 1972), as cophase/adaptive.h has them in
 *  double. The factorisation is Cholesky's without its roots, R' = L D L^H (Golub & Van Loan,
 *  Matrix Computations, 4.1.2): no root is taken anywhere.
 *
 *  Convention: a beam is y = w^H x; the coefficients of hardware are c = conj(w), which
 *  cph_fw_coefficients makes. Steering vectors are the effective ones, v_n = g_n a_n. */
#ifndef COPHASE_FW_ADAPTIVE_H
#define COPHASE_FW_ADAPTIVE_H

#include "cophase/fw_config.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

#if CPH_FW_ADAPTIVE
enum { CPH_FW_ADAPTIVE_ELEMENTS = 16, CPH_FW_ADAPTIVE_CONSTRAINTS = 4 };

typedef struct cph_fw_adaptive_config {
    size_t elements;           /**< N, 1 to CPH_FW_ADAPTIVE_ELEMENTS */
    const cph_c32 *covariance; /**< [N][ld], Hermitian: the lower triangle (p >= q) is read */
    size_t ld;                 /**< at least N */
    const uint8_t *flag;       /**< [N] non-zero = left out whatever its data; NULL for none */
    float load; /**< R' = R + load tr(R) / n I over the n live elements; not negative */
} cph_fw_adaptive_config;

/** The loaded covariance of the live elements, factored; what init makes of the caller's memory. */
typedef struct cph_fw_adaptive cph_fw_adaptive;

/** Bytes that N elements need: 24 + 4 N^2. Errors: ARGUMENT; *bytes then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_adaptive_size(size_t elements, size_t *bytes);

/** Loads and factors R in `memory` (4-byte aligned), which may not be that of R. Errors: ARGUMENT
 *  (NULL, a value out of range, memory misaligned), OVERFLOW (ld), MEMORY (`bytes` are too few),
 *  TOO_FEW (all are flagged), NOT_FINITE (R of live elements): memory is then unchanged; SINGULAR
 *  (a pivot not above 2^-18 of its diagonal: an element without power, fewer snapshots than live
 *  elements and nothing loaded; numbers beyond float's): memory then holds nothing of use.
 *  *adaptive is unchanged on any error. Stack: below 300 bytes. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_adaptive_init(const cph_fw_adaptive_config *config,
                                                       void *memory, size_t bytes,
                                                       cph_fw_adaptive **adaptive);

/** w = R'^-1 v / (v^H R'^-1 v), so w^H v = 1; *power (may be NULL) = 1 / (v^H R'^-1 v). v [N]
 *  (flagged entries are not read), w [N], 0 where flagged; w may be v, else they must not overlap.
 *
 *  Error against exact weights for the same floats, with n live elements: |w - exact| <=
 *  24 n (n + 4) 2^-24 cond(R') |exact|, and that of *power in the same proportion (backward error
 *  of the factorisation and both triangular solves: Higham, Accuracy and Stability of Numerical
 *  Algorithms, theorem 10.4, in complex arithmetic); in practice about n 2^-24 cond(R'). The host's
 *  double weights are exact in comparison. Errors: ARGUMENT (NULL, a zero v), NOT_FINITE (v, or
 *  numbers beyond float's); w and *power are then unchanged. Stack: as lcmv's. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_adaptive_mvdr(const cph_fw_adaptive *adaptive,
                                                       const cph_c32 *v, cph_c32 *w, float *power);

/** The least w^H R' w under J constraints w^H c_j = response_j, J from 1 to
 *  CPH_FW_ADAPTIVE_CONSTRAINTS: w = R'^-1 C (C^H R'^-1 C)^-1 conj(response). c [J][N], response
 *  [J]; w [N] must not overlap them. Error: mvdr's bound times
 *  cond(R')^(1/2) cond(C^H R'^-1 C). Errors: as mvdr's; TOO_FEW (more constraints than live
 *  elements); SINGULAR (a constraint that depends on those before it). Stack: below 1200 bytes. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_adaptive_lcmv(const cph_fw_adaptive *adaptive,
                                                       size_t constraints, const cph_c32 *c,
                                                       const cph_c32 *response, cph_c32 *w,
                                                       float *power);

/** Coefficients of hardware from weights: coefficient[n] = conj(w[n]) scale, each part to the
 *  nearest integer (halves away from 0), saturated to +-32767; scale 32768 makes Q15. elements of
 *  1 to 4096; no overlap. Errors: ARGUMENT, NOT_FINITE (w, scale); coefficient is then unchanged.
 */
CPH_MUST_CHECK CPH_API cph_status cph_fw_coefficients(size_t elements, const cph_c32 *w,
                                                      float scale, cph_c16 *coefficient);
#endif

CPH_END_DECLS

#endif
