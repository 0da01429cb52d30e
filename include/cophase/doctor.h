/* SPDX-License-Identifier: MIT */
/** @file doctor.h
 *  Which convention a covariance was written in: known sources are looked for where they should be,
 *  and where they would be were the data conjugated, the positions mirrored, the elements in
 *  another order, the direction meant in another way. */
#ifndef COPHASE_DOCTOR_H
#define COPHASE_DOCTOR_H

#include <stdbool.h>

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** What the positions would have to become. */
typedef enum cph_doctor_axes {
    CPH_AXES_AS_GIVEN,
    CPH_AXES_X_MIRRORED,
    CPH_AXES_Y_MIRRORED,
    CPH_AXES_HALF_TURN,    /**< x and y mirrored */
    CPH_AXES_SWAPPED,      /**< (y, x) */
    CPH_AXES_ANTI_SWAPPED, /**< (-y, -x) */
    CPH_AXES_LEFT_TURN,    /**< (-y, x) */
    CPH_AXES_RIGHT_TURN,   /**< (y, -x) */
    CPH_AXES_Z_MIRRORED,
    CPH_AXES_XZ_SWAPPED,
    CPH_AXES_YZ_SWAPPED,
    CPH_AXES_COUNT
} cph_doctor_axes;

/** Which place of the table of positions a channel of the data stands at. */
typedef enum cph_doctor_order {
    CPH_ORDER_AS_GIVEN,
    CPH_ORDER_SHIFTED,  /**< n stands at n + shift, around the end */
    CPH_ORDER_REVERSED, /**< at N - 1 - n */
    CPH_ORDER_PAIRS     /**< 0 at 1, 1 at 0, 2 at 3, ... */
} cph_doctor_order;

/** What the gains that were given would have to be. */
typedef enum cph_doctor_gains {
    CPH_GAINS_AS_GIVEN,
    CPH_GAINS_INVERTED, /**< they are corrections: 1 / gain */
    CPH_GAINS_NONE      /**< not those of these data, or applied already */
} cph_doctor_gains;

/** A convention; all zero and scale 1 is what was given. */
typedef struct cph_convention {
    bool conjugated; /**< the data are: R would have to be conjugated */
    cph_doctor_axes axes;
    cph_doctor_order order;
    size_t shift;        /**< of ORDER_SHIFTED: 1 to N - 1 */
    bool order_of_gains; /**< with gains: the data are in that order against positions and gains;
                              else positions alone are, against data and gains */
    double scale;        /**< positions in wavelengths would have to be multiplied by this */
    size_t reading;      /**< which of the directions */
    cph_doctor_gains gains;
} cph_convention;

/** How many parts of it differ from what was given. */
CPH_API unsigned cph_convention_changes(const cph_convention *convention);

typedef struct cph_doctor_problem {
    size_t elements;           /**< N: channels of the data in the order of their file */
    const cph_c64 *r;          /**< [N][ld] Hermitian, E[x x^H] */
    size_t ld;                 /**< >= N */
    bool has_diagonal;         /**< then R is normalised by it */
    const double *position;    /**< [N][3] metres, array frame; NaN where unknown */
    const cph_c64 *gain;       /**< [N] observed = gain * true, NaN where unknown; or NULL */
    const unsigned char *flag; /**< [N] channels to leave out (not 0), or NULL */
    double samples;            /**< K behind R; 0: unknown */
    double freq_hz;
    size_t sources;  /**< S, 1 to 16; powers are fitted */
    size_t readings; /**< at least 1: ways to understand the directions, the first as given */
    const double *direction; /**< [readings][S][3] unit vectors, array frame */
    const cph_exec *exec;    /**< NULL: serial */
} cph_doctor_problem;

/** One convention, and how well it fits. */
typedef struct cph_doctor_row {
    cph_convention convention;
    double score;         /**< cosine between R and its model over all baselines, -1 to 1 */
    double explained;     /**< variance of R that the model explains, 0 to 1: score^2, or 0 */
    double coherence;     /**< score over what S sources anywhere, with any gains, would have: 1 is
                               in phase, exp(-s^2) phases that scatter by s rad about the model */
    double chance;        /**< that elements of any phases fit one of all rows so well, or more; of
                               what was given, which nobody searched for: that they fit this row */
    double behind;        /**< score of the best row less this one's */
    double behind_sigma;  /**< how far that stands above 0, in standard errors; or, if that is more,
                               how far the phases of elements are beyond those of the best row */
    double phase_rms_rad; /**< of elements against the model of all others */
    double phase_noise_rad; /**< what of that is noise; 0 where it is unknown */
    size_t same_as; /**< row that these data cannot differ from, whatever their noise: the one
                         of that model with the fewest changes; itself where it is that */
    bool fits;      /**< chance is at most 0.001, and behind_sigma not above `apart` */
} cph_doctor_row;

typedef enum cph_doctor_verdict {
    CPH_DOCTOR_FITS,   /**< what was given has a chance of at most 0.001, and is not behind by more
                            than `threshold` */
    CPH_DOCTOR_OTHER,  /**< it has or is; another convention fits */
    CPH_DOCTOR_NOTHING /**< nothing fits beyond chance */
} cph_doctor_verdict;

typedef struct cph_doctor_result {
    cph_doctor_verdict verdict;
    size_t rows;       /**< tried */
    size_t used;       /**< channels */
    size_t as_given;   /**< row of what was given */
    size_t best;       /**< row of the verdict: as_given where that fits, else of the rows that fit
                            the one with the fewest changes within a standard error of the best */
    double threshold;  /**< of behind_sigma: one of all rows gets beyond by chance once in 1000
                            times (Bonferroni) */
    double apart;      /**< the same for a single row: 3.09 */
    double attainable; /**< the score that has a coherence of 1 */
} cph_doctor_result;

/** How many rows a problem has; 0 for one that is not valid. */
CPH_API size_t cph_doctor_count(const cph_doctor_problem *problem);

/** Tries all conventions: row [cph_doctor_count] best first, those of one model together.
 *
 *  The model of a convention is sum f_s v_s v_s^H, v_s,n = g_n exp(j 2 pi f u_s.r_n / c), f >= 0 by
 *  least squares, over all baselines of the n channels used, autocorrelations left out. Where R is
 *  normalised only the phases of gains are used. Gains are never fitted: with one source they would
 *  make every direction fit. What is attainable is what the S largest eigenvalues explain.
 *
 *  Does a row fit at all? `chance` bounds how often phases that have nothing to do with the data do
 *  as well: x = score sqrt(n (n - 1)) has variance 1 then, and exceeds its value with at most
 *  exp(-(l x - log(1 + l x)) / l^2), l the largest eigenvalue of R over its norm (Chernoff's bound:
 *  exponential for one strong source, normal for noise). The same of n phasors whose sum is as long
 *  as that of a strong source of this score, min over s of I0(s)^n / I0(s length), is taken where
 *  it is less. Times rows but for what was given. Powers are fitted: models of powers >= 0 make a
 *  cone no wider than a right angle, and where the best one has x those within an angle t of it,
 *  a share of (2 t / pi)^(S - 1) at least, have x cos t, so that the chance is at most that of
 *  x cos t for a single one over that share, for any t.
 *
 *  Does one row fit better than another? The standard error of a difference of scores is that of
 *  the jackknife over elements (Efron & Stein, Ann. Stat. 9, 1981: on average at least the true
 *  one); t of n - 1 degrees of freedom becomes a sigma by Wallace, Ann. Math. Stat. 30, 1959. So
 *  errors of gains, drift and noise count as they are, if they are independent between elements.
 *  Where few elements make all the difference (those at the ends of the rows of a lattice that is
 *  shifted by one) that says little, and residuals are compared: the phases of elements against the
 *  model of all others, arg sum_n C_pn conj(M_pn), have the same variance under either row if
 *  errors of gains and noise are all there is. Their mean square over that of the best row, which
 * is no less than what noise of K samples makes of it, is F of n - 1 and n - 1 degrees of freedom;
 * so is (sqrt(F) - 1/sqrt(F)) sqrt(n - 1)/2 t of n - 1 (Cacoullos, J. Am. Stat. Assoc. 60 p. 528,
 *  1965).
 *
 *  Errors: ARGUMENT (null, sizes, no frequency), TOO_FEW (fewer than 4 channels that are unflagged
 *  and, with gains, have one), NOT_FINITE (in R or a direction), SINGULAR (R is 0 off its
 *  diagonal), OVERFLOW, MEMORY; *error (may be NULL) says which. Outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_doctor_run(const cph_doctor_problem *problem,
                                                 cph_doctor_row *row, cph_doctor_result *result,
                                                 cph_error *error);

/** Two channels that took each other's place. */
typedef struct cph_doctor_swap {
    size_t channel[2];
    bool of_gains;      /**< the data are swapped against positions and gains; else positions are,
                             against data and gains. Without gains: false, and the same */
    bool either;        /**< which of them the data cannot tell */
    double improvement; /**< of chi-square, by the phases of the two alone */
    double remaining;   /**< chi-square of the two afterwards, 2 degrees of freedom */
    double chance;      /**< that elements of any phases would look so */
} cph_doctor_swap;

typedef struct cph_doctor_swaps {
    size_t count;
    double threshold;       /**< of improvement; pairs get to it by chance once in 1000 times */
    double phase_sigma_rad; /**< scatter of the phases of elements against the model */
} cph_doctor_swaps;

/** Pairs of swapped channels under one convention: swap [N / 2].
 *
 *  Each channel has a phase against the model of all others, phi_p = arg sum_n R_pn conj(M_pn);
 *  sigma is 1.4826 times the median of |phi|. For each pair, phases with the two swapped in the
 *  model: chi-square sum phi^2 / sigma^2 of the two must fall by more than
 *  2 ln(pairs / 0.001) (of errors that are normal no more than chi-square of 2 degrees of freedom
 *  can be gained), and what remains be so little that two of the channels beyond 13.8 by themselves
 *  (0.001) would not get to it by any phases they have, with 5 %: remaining sigma^2 / (4 pi) for
 *  each pair of them. The best pair is taken, swapped, and the rest searched again. Each search
 *  costs O(N^2 S).
 *  Errors: as cph_doctor_run; a convention out of range is ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_doctor_find_swaps(const cph_doctor_problem *problem,
                                                        const cph_convention *convention,
                                                        cph_doctor_swap *swap,
                                                        cph_doctor_swaps *found, cph_error *error);

CPH_END_DECLS

#endif
