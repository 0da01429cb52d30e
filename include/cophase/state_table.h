/* SPDX-License-Identifier: MIT */
/** @file state_table.h
 *  What the states of real phase shifters do: a table for all elements from measured responses of
 *  each (the need of it: arXiv 2107.09561, where a gain that changes with the phase breaks codes
 *  and rotating element vectors that take it for constant). */
#ifndef COPHASE_STATE_TABLE_H
#define COPHASE_STATE_TABLE_H

#include "cophase/flags.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_state_table_config {
    size_t elements, states; /**< N >= 1, S >= 2; state 0 is that of rest */
    const cph_c64 *response; /**< [N][ld] of element n in state s, in any unit an element */
    size_t ld;
    const double *sigma;  /**< [N] square root of the noise power E|e|^2 of a response; NULL: equal,
                               from the residuals, which takes two elements */
    const uint32_t *code; /**< [S] what the chip is told, each once; NULL: no bit is looked for */
} cph_state_table_config;

/** A stuck bit: 4 bit + what it always is, 0, 1 or CPH_STUCK_EITHER; or CPH_STUCK_NONE. */
enum { CPH_STUCK_VALUES = 4, CPH_STUCK_EITHER = 2 };
#define CPH_STUCK_NONE UINT32_MAX

/** The answer; the caller gives the arrays. */
typedef struct cph_state_table_solution {
    cph_c64 *value;          /**< [S] coefficient over that of rest: value[0] is 1 */
    double *phase_sigma;     /**< [S] rad; 0 for rest; NaN where nothing tells the noise */
    double *amplitude_sigma; /**< [S] relative; likewise */
    double *spread;      /**< [S] rms over elements of |response / (offset value) - 1|: noise, and
                              how the shifters differ */
    cph_c64 *offset;     /**< [N] response at rest, NaN where flagged */
    double *chi2;        /**< [N] of its residuals, per degree of freedom; also of INCONSISTENT
                              ones; NaN where nothing tells the noise, or left out */
    unsigned char *flag; /**< [N] cph_flag, in (elements to leave out) and out */
    uint32_t *stuck;     /**< [N] a stuck bit, as above */
    double sigma;        /**< of a response: rms of those given, or as found */
    double chi2_dof;     /**< of all, with `sigma` given; else NaN */
    unsigned iterations;
} cph_state_table_solution;

/** y_ns = offset_n value_s + noise by weighted least squares (the best matrix of rank one, found by
 *  alternating both factors from the median over elements of y_ns / y_n0, which a minority of
 *  broken shifters does not move). An element whose residuals stand out from those of the median
 *  element by 5 sigma (Wilson & Hilferty, PNAS 17 p. 684, 1931; of 3 elements and more) is
 *  INCONSISTENT and left out, and the rest is solved again until that is settled.
 *  Where its responses are those of states with one bit always 0, or always 1, that bit is `stuck`:
 *  EITHER where both fit, as with equal steps, where they differ by a factor of all responses. The
 *  codes that the bit would make must be there for at least half of the states.
 *  Standard errors are the Cramer-Rao bound, offsets unknown: variance of value_s
 *  (1 + |value_s|^2) / sum_n |offset_n|^2 / sigma_n^2, half of it in phase; multiplied by chi2_dof
 *  where that is above 1 beyond chance (shifters that differ by more than the noise).
 *  Flags: in, to leave out; out, DEAD (no response at rest), NOT_FINITE, INCONSISTENT.
 *  Without noise the error is 1e-13 of a value. Time O(N S) an iteration.
 *  Errors: ARGUMENT, NOT_FINITE (sigma), TOO_FEW (no element left), SINGULAR (all responses of a
 *  median 0), MEMORY, OVERFLOW; *error (may be NULL) says which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_state_table_solve(const cph_state_table_config *config,
                                                        cph_state_table_solution *solution,
                                                        cph_error *error);

CPH_END_DECLS

#endif
