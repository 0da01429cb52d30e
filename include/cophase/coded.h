/* SPDX-License-Identifier: MIT */
/** @file coded.h
 *  Gains of all elements at once: each is switched or phased by a code of its own while one
 *  receiver measures the sum (Silverstein, IEEE Trans. SP-45 p. 206, 1997). */
#ifndef COPHASE_CODED_H
#define COPHASE_CODED_H

#include <stdbool.h>

#include "cophase/estimate.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** x becomes H x, not scaled, in order log2(order) additions an item; H_ij = (-1)^(bits in i & j)
 *  is Sylvester's Hadamard matrix, symmetric, H H = order. Errors: ARGUMENT (NULL, or no power of
 *  two). Rounding: 2^-53 log2(order) sqrt(order) |x| in norm. */
CPH_MUST_CHECK CPH_API cph_status cph_hadamard_transform(size_t order, cph_c64 *x);

/** A Hadamard matrix [order][order] of 1 and -1, H H^T = order: Sylvester's for a power of two,
 * else the Kronecker product of one with Paley's first construction (J. Math. Phys. 12 p. 311,
 * 1933) of order q + 1 for a prime q = 3 mod 4: 12, 20, 24, 40, 44, 48, 60, ... Its row 0 is all 1.
 *  Errors: ARGUMENT, UNSUPPORTED (no such construction: 28, 36, 52, ...), OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_hadamard_fill(size_t order, signed char *code);

typedef struct cph_code_config {
    size_t elements, rows;  /**< N; K codes, at least as many as unflagged elements */
    const cph_c64 *reading; /**< [K], with pairs [K][2]: what the receiver measured, averaged */
    const cph_c64 *code;   /**< [K][N], with pairs [K][2][N]: coefficient of element n in code k, as
                                the hardware has it (state tables as measured: a real shifter's gain
                                changes with its phase). NULL: the signs H_kn of Sylvester's matrix
                                of order K, with pairs these and their negatives */
    bool pairs;            /**< each code was measured twice, plus and minus: half the difference
                                is free of what leaks past the switches */
    const cph_c64 *signal; /**< [N] what a true element would receive; NULL: 1 */
    double sigma;          /**< square root of the noise power E|n|^2 of a reading; 0: from the
                                residuals, which takes more codes than elements */
} cph_code_config;

/** The answer; the caller gives the arrays. */
typedef struct cph_code_solution {
    cph_gain_estimate estimate;
    cph_c64 leak;     /**< pairs: mean of what does not change sign with the code, else NaN */
    double leak_rms;  /**< pairs: root mean square of the same; noise alone: sigma / sqrt(2) */
    double sigma;     /**< as given or as found; NaN: nothing tells */
    double chi2_dof;  /**< of the residuals with `sigma` given and more codes than elements, else
                           NaN */
    double condition; /**< of the codes, 1-norm; 1 is meant for Hadamard codes (NULL) */
} cph_code_solution;

/** y_k = sum_n code_kn signal_n g_n + noise by least squares: g = H^T y / (s K) for Hadamard codes,
 *  the fast transform where code is NULL. Variance of Re g and Im g each sigma^2/2 times that of
 *  (C^H C)^-1, 1/(2 K |s|^2) sigma^2 for Hadamard codes (N times less than one element at a time;
 *  pairs: half of it again), which is the Cramer-Rao bound. Errors of different elements are
 *  independent for Hadamard codes, as cph_estimate_gauge takes them, and nearly so for codes of
 *  low condition.
 *  Flags: in, elements that do not radiate (they have no column); out, UNSOLVED (signal 0).
 *  Without noise the error is 1e-15 times the condition of the codes.
 *  Errors: ARGUMENT, NOT_FINITE (a reading, signal), TOO_FEW (all flagged), SINGULAR (codes do not
 *  determine the gains), MEMORY, OVERFLOW; *error (may be NULL) says which, outputs are then
 *  unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_code_solve(const cph_code_config *config,
                                                 cph_code_solution *solution, cph_error *error);

CPH_END_DECLS

#endif
