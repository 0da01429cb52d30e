/* SPDX-License-Identifier: MIT */
/** @file jones.h
 *  Antennas with two inputs, X and Y, calibrated together: gains, leakage and X-Y phase.
 *  Convention: observed = J * true, the 2 x 2 block of antennas p, q R_pq = J_p M_pq J_q^H
 *  (Hamaker, Bregman & Sault, A&AS 117 p. 137, 1996; Smirnov, A&A 527 A106, 2011). */
#ifndef COPHASE_JONES_H
#define COPHASE_JONES_H

#include <stdbool.h>

#include "cophase/calib.h"
#include "cophase/estimate.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** One covariance and what is known of the sky. Input 2 n is X of antenna n, 2 n + 1 its Y. */
typedef struct cph_jones_problem {
    size_t antennas;  /**< N */
    const cph_c64 *r; /**< [2 N][ld] Hermitian; the diagonal is used for normalisation only, and
                           not at all when it is absent (has_diagonal) */
    size_t ld;
    bool has_diagonal;
    const double *position;  /**< [N][3] metres, array frame; NULL: sources is 0, and there is no
                                  limit of lengths */
    double freq_hz;          /**< likewise */
    size_t sources;          /**< S; 0 only with a model */
    const double *direction; /**< [S][3] unit vectors, array frame */
    const double *stokes;    /**< [S][4] I, Q, U, V in the X, Y frame: coherency {{I + Q, U + jV},
                                  {U - jV, I - Q}}, I being the power in either of X and Y; NULL:
                                  unpolarised, of power 1 */
    const cph_c64 *model; /**< [2 N][ld] covariances of the sky alone, which the sources are added
                               to, or NULL; blocks p < q are read */
    const double *weight; /**< [2 N][2 N] per pair of inputs >= 0, symmetric, for R normalised by
                               its diagonal; NULL for 1 */
    double min_baseline_wl, max_baseline_wl; /**< length |r_p - r_q| in wavelengths; 0: no limit */
    double samples; /**< independent samples K behind each R_ij; 0 when unknown. Without it, or
                         without the diagonal, the residuals say how large errors are and chi2_dof
                       is NaN */
} cph_jones_problem;

typedef struct cph_jones_options {
    unsigned max_iterations; /**< 300 */
    double tolerance;        /**< of the alternating solver, on the estimated distance |dJ|/|J| from
                                  the limit, within which steps of Gauss and Newton take over; 0: 10 %
                                  of the noise, or 1e-3 */
    double robust; /**< 1.25: where more than 1 % of the baselines lie beyond 3 sigma, those beyond
                        this many are weighted down (Huber); 0: never, by no rule */
    cph_gain_rule rule; /**< HUBER, from `robust` */
    double student_nu;  /**< as for cph_gains_solve: 0 */
    double weak_below;  /**< 0.3, as for cph_gains_solve */
    bool relative;      /**< the sky is known but for a common factor: mean |g| is 1 */
    size_t reference;   /**< antenna whose X has phase 0 (and Y `y_phase`), or SIZE_MAX for the mean
                             phases */
    double y_phase;     /**< rad: where the X-Y phase is open, this is the phase of Y: 0 */
} cph_jones_options;

/** The defaults above, SIZE_MAX, false. */
CPH_API cph_jones_options cph_jones_defaults(void);

/** Common matrices U, J_p U describing the same data, that have a name: J exp(e K) with K = */
typedef enum cph_jones_open {
    CPH_JONES_PHASE = 1,      /**< j 1 */
    CPH_JONES_XY_PHASE = 2,   /**< j {{1, 0}, {0, -1}} */
    CPH_JONES_ROTATION = 4,   /**< {{0, 1}, {-1, 0}}: of the polarisation's plane */
    CPH_JONES_ELLIPTICITY = 8 /**< j {{0, 1}, {1, 0}}: equal leakage of both in quadrature */
} cph_jones_open;

/** The answer; the caller gives the arrays. */
typedef struct cph_jones_solution {
    cph_c64 *jones;      /**< [N][2][2], rows X and Y; a row is NaN where its input is flagged */
    double *jones_sigma; /**< [N][2][2] rms modulus of the errors, NaN likewise */
    cph_gain_estimate estimate; /**< [2 N] g, the diagonal of J, and flags of inputs, in and out */
    cph_c64 *leakage;           /**< [2 N] D-terms: of X J_xy/J_xx, of Y J_yx/J_yy; NaN likewise */
    double *leakage_sigma;      /**< [2 N] rms modulus of the errors, NaN likewise */
    unsigned open;              /**< directions in which the sky leaves J open: 1 to 4 real ones */
    unsigned named;             /**< cph_jones_open of those among them that have a name */
    double xy_phase;       /**< rad, (-pi, pi]: mean phase of Y less that of X (or the reference's);
                                NaN: not determined - the sky leaves it open, alone or in a mixture,
                                or errors are above 1 rad */
    double xy_phase_sigma; /**< rad, its standard error; NaN where the sky leaves it open */
    unsigned iterations;   /**< of the alternating solver */
    unsigned refinements;  /**< steps of Gauss and Newton after it */
    cph_stop stop;
    double explained_before; /**< by gains of X and Y found apart, without leakage */
    double explained_after;  /**< 1 - sum w |R - J M J^H|^2 / sum w |R|^2, normalised */
    double chi2_dof;         /**< weighted sum of squared residuals over its expectation */
    double dof;              /**< real: 2 baselines less what was fitted and is not open */
    size_t baselines;        /**< pairs of inputs of two antennas, in use */
    size_t outliers;   /**< left out as impossible (|R_ij| above twice sqrt(R_ii R_jj)) or weighted
                            by a tenth and less */
    size_t outlier[2]; /**< inputs of the worst of them; SIZE_MAX: none */
    double student_nu; /**< degrees of freedom in force; INFINITY: none */
} cph_jones_solution;

/** Full-polarisation StEFCal (Salvini & Wijnholds, A&A 571 A97, 2014, section 6): each row of J is
 *  the least-squares solution with the others held, all at once, every second step averaged with
 *  the one before; the four autocorrelations of an antenna are left out. R is normalised by its
 *  diagonal. Starts from gains of X and Y by cph_gains_solve, which also flags dead and weak
 *  inputs, turned to the X-Y phase that polarised emission suggests. Steps of Gauss and Newton
 *  follow, lest what is weakly determined (the X-Y phase by faint polarisation) still creep. An
 *  antenna may have one of its inputs flagged. Residuals with heavy tails are weighted by the
 *  robust rule, as in cph_gains_solve: baselines that the sky does not describe pull less.
 *
 *  What is open: common U with U M_pq U^H = M_pq for all baselines, found as the null space of K ->
 *  K M_pq + M_pq K^H. For sources of one polarisation, unpolarised ones among them, these are 4
 *  real directions: 2 phases and 2 of leakage; two kinds of source that differ in polarisation
 * leave 2 - one of them the X-Y phase where they differ in Q alone - three kinds 1, the overall
 * phase. Gauge: among all J exp(K), K open, that of the least sum of |leakage|^2 over inputs, with
 * mean phase of X 0 (or the reference's), and, where the X-Y phase is open, of Y y_phase. So, of an
 *  unpolarised sky, the sum of leakage_x - conj(leakage_y) is 0, nearly: rotation of the array and
 *  what all antennas leak alike are not seen.
 *
 *  Standard errors: covariance H^-1 V H^-1 of the least-squares estimate, projected along what is
 *  open onto the gauge, V as for cph_gains_solve; raised by chi2_dof where that is above 1 beyond
 *  chance, or to what the robust rule makes of the residuals where it weighs them. Without a
 *  diagonal errors are those of independent noise, alike on all baselines.
 *
 *  Errors: ARGUMENT (also a flagged reference, R not Hermitian), OVERFLOW, MEMORY, NOT_FINITE (in a
 *  used baseline, or the model), TOO_FEW (fewer than 4 live inputs X or Y, or 3 samples; elements
 * that no chain of baselines joins), SINGULAR (the sky has one polarisation only, or none; data
 * that don't determine a row); *error (may be NULL) says which, outputs are then unchanged. A
 * solver that stops unconverged is CPH_OK with `stop` saying so. */
CPH_MUST_CHECK CPH_API cph_status cph_jones_solve(const cph_jones_problem *problem,
                                                  const cph_jones_options *options,
                                                  cph_jones_solution *solution, cph_error *error);

/** What is open, in words: "overall phase, X-Y phase, rotation, ellipticity"; directions without a
 *  name are counted ("2 mixtures of them"). Truncated to size; always terminated. */
CPH_API void cph_jones_open_name(unsigned open, unsigned named, size_t size, char *text);

CPH_END_DECLS

#endif
