/* SPDX-License-Identifier: MIT */
/** @file power_calib.h
 *  Relative gains from power readings alone, while the phases of elements are turned: rotating
 *  element vectors (Mano & Katagi, IEICE Trans. J65-B p. 555, 1982), in groups too (Takahashi,
 *  Nakamoto, Konishi et al., Electronics & Comm. in Japan 100, 2017). */
#ifndef COPHASE_POWER_CALIB_H
#define COPHASE_POWER_CALIB_H

#include <stdbool.h>

#include "cophase/estimate.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** How the root of a sweep is chosen. Turned by the state s against its rest state, an element
 *  whose share of the field is z = k exp(jX) makes the power P0 |1 + z (s - 1)|^2. With states of
 *  equal amplitude z and 1 - conj(z) make the same curve: k = G/sqrt(1 + 2 G cos D0 + G^2) and
 *  1/sqrt(...) of the literature. The first, "weak" root has Re z <= 1/2. States of unequal
 *  amplitude tell the roots apart where the noise lets them: this is used under every rule. */
typedef enum cph_rev_rule {
    CPH_REV_CLOSED, /**< the elements turned are all that radiates: their shares add to 1 */
    CPH_REV_WEAK,   /**< by assertion of the caller all sweeps have the weak root */
    CPH_REV_OPEN    /**< nothing is known */
} cph_rev_rule;

/** What one sweep is found to be. */
typedef enum cph_rev_choice {
    CPH_REV_ROOT_WEAK,
    CPH_REV_ROOT_STRONG,
    CPH_REV_ROOT_UNKNOWN /**< both roots are possible */
} cph_rev_choice;

typedef enum cph_rev_verdict {
    CPH_REV_SETTLED,     /**< all roots are chosen */
    CPH_REV_AMBIGUOUS,   /**< some are not: several combinations agree with the data */
    CPH_REV_INCONSISTENT /**< no combination does: other elements radiate, or readings drift */
} cph_rev_verdict;

/** C sweeps over M states each. */
typedef struct cph_rev_config {
    size_t sweeps, steps; /**< C, M >= 3; 4 where the residuals must tell the noise */
    const double
        *power; /**< [C][ld] readings, linear, in any unit; a level of its own each sweep */
    size_t ld;
    const cph_c64 *state; /**< [M], or [C][state_ld]: coefficient of the state over that of the rest
                               state (1 is at rest); any phases, amplitudes as measured */
    size_t state_ld;      /**< 0: one table for all sweeps */
    double sigma;    /**< standard deviation of a reading, 0: from the residuals of all sweeps */
    size_t elements; /**< N */
    const unsigned char *member; /**< [C][N] 1 where sweep c turns element n; NULL: C = N, sweep n
                                      turns element n */
    cph_rev_rule rule;
} cph_rev_config;

/** The answer; the caller gives the arrays. */
typedef struct cph_rev_solution {
    cph_gain_estimate
        estimate;          /**< share of the field of each element: X and k, sum 1 where closed */
    cph_c64 *root;         /**< [2][C] weak, then strong root of each sweep */
    double *root_sigma;    /**< [2][C] of a real part: root mean square of both parts */
    unsigned char *choice; /**< [C] cph_rev_choice */
    cph_rev_verdict verdict;
    double closure;  /**< CLOSED: |sum of shares - 1| over its standard error, of the best
                          combination; WEAK: of the weak roots; else NaN */
    double sigma;    /**< of a reading, as given or as found */
    double chi2_dof; /**< of the readings with `sigma` given; else NaN */
} cph_rev_solution;

/** Shares of elements in the field from sweeps of power readings. Each curve is fitted by least
 *  squares with the states as they are (for equal amplitudes: the one-bin Fourier fit of
 *  c0 + A cos(d + D0)), from both roots. The combination of roots is that whose shares add to 1
 *  within 5 standard errors; where several do, the sweeps on which they differ stay UNKNOWN and
 *  their elements UNSOLVED, unless their table's amplitudes decide (Delta chi-square above 25).
 *  With `member`, shares are the least-squares solution of sum over members = share of the group:
 *  an unknown root then leaves all elements UNSOLVED. Half an array turned at once is a poor group:
 *  its roots meet at Re z = 1/2, where the real part is not determined. Where shares can add up
 *  to 1, such groups are not taken to be below one half: they stay UNKNOWN under WEAK. The sum sees
 *  only groups that count for it (of Hadamard groups, those that turn all of a group).
 *  Flags: in, elements to leave out (their sweeps, when one an element, are not looked at and their
 *  share counts as 0: under CLOSED only what radiates nothing may be left out); out,
 *  NOT_FINITE, UNSOLVED. Standard errors follow from the Jacobian of the fit and reach the
 *  Cramer-Rao bound of readings with equal Gaussian errors, both infinite where the real part is
 *  not determined (without `member`, or in a group that counts for the element); shares of
 *  different sweeps are independent, and normalised by `cph_estimate_gauge`.
 *  Time O(C M), beside the search for combinations: free roots that closure alone does not settle
 *  take 2^(free/2), and above 36 of them the answer is AMBIGUOUS.
 *  Without noise the error is 1e-10 of a share and less, up to |Re z - 1/2| = 1e-3.
 *  Errors: ARGUMENT, SINGULAR (states that do not determine the curve: fewer than 3 different ones;
 *  groups that do not determine the elements), NOT_FINITE (states), TOO_FEW (no usable sweep),
 *  MEMORY, OVERFLOW; *error (may be NULL) says which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_rev_solve(const cph_rev_config *config,
                                                cph_rev_solution *solution, cph_error *error);

/** The same from two sets of sweeps, one an element each (no `member`, the rules are not used):
 *  before the second, elements were moved to other rest states, the field of element n being
 *  turn[n] times what it was (1: not moved; some must be). Shares of both then satisfy
 *  turn_n z_n = q z'_n with one complex q, the ratio of the fields; the roots are those which agree
 * on q. For arrays that are not closed, or whose closure several combinations satisfy. The solution
 * is that of the first set (estimate, roots, choice). Errors: also ARGUMENT (sets of different N).
 */
CPH_MUST_CHECK CPH_API cph_status cph_rev_solve_pair(const cph_rev_config *first,
                                                     const cph_rev_config *second,
                                                     const cph_c64 *turn,
                                                     cph_rev_solution *solution, cph_error *error);

CPH_END_DECLS

#endif
