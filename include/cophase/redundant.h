/* SPDX-License-Identifier: MIT */
/** @file redundant.h
 *  Gains without a sky: baselines of the same length and direction see the same correlation,
 *  R_pq ~ g_p conj(g_q) u(r_p - r_q), whatever the sky is (Wieringa, Exp. Astron. 2, 1992; Liu et
 *  al., MNRAS 408, 2010). One polarisation. Convention: observed = gain * true.
 *
 *      cph_redundant_create(&(cph_redundant_config){.elements = n, .position = r}, &plan, &error);
 *      cph_redundant_solve(plan, &problem, &options, &solution, &error);
 *
 *  What the data leave open (degeneracies, counted in real numbers): the overall amplitude, against
 *  that of all u; the overall phase; a phase slope across the array for each of its dimensions,
 *  against a turn of every u by slope . baseline; and whatever else the layout does not join. */
#ifndef COPHASE_REDUNDANT_H
#define COPHASE_REDUNDANT_H

#include <stdbool.h>

#include "cophase/calib.h"
#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_redundant_config {
    size_t elements;        /**< N */
    const double *position; /**< [N][3] metres, array frame */
    double tolerance_m;     /**< baselines r_p - r_q that differ by no more are one; 0: 1 % of
                                 the shortest */
    double min_baseline_m, max_baseline_m; /**< lengths in use; 0: no limit */
    const unsigned char *flag; /**< [N] cph_flag: elements to leave out for good, or NULL */
} cph_redundant_config;

typedef struct cph_redundant_plan cph_redundant_plan;

/** What a layout determines. */
typedef struct cph_redundant_info {
    size_t elements;         /**< live */
    size_t baselines;        /**< in use */
    size_t groups;           /**< of equal baselines, those of one baseline included */
    size_t redundant_groups; /**< of two baselines and more */
    size_t amplitude;        /**< degeneracies of the amplitudes; the overall one is the first */
    size_t phase;            /**< of the phases: overall, slopes, others */
    size_t slopes;           /**< phase slopes among them, 0 to 3 */
    size_t open;             /**< elements of which redundancy says nothing at all */
    double dof; /**< complex degrees of freedom: baselines - groups - elements + degeneracies / 2 */
} cph_redundant_info;

/** Groups baselines and finds what they leave open: the null spaces of the equations for log
 *  amplitudes and for phases. p-q and q-p are one baseline, conjugated. A baseline joins the first
 *  group whose first member is within the tolerance. Errors: ARGUMENT (also two elements within
 * twice the tolerance of each other), NOT_FINITE, TOO_FEW (fewer than 4 live elements; no two
 * baselines alike; fewer than 4 elements that redundancy says anything of), OVERFLOW, MEMORY;
 * *error (may be NULL) says which. */
CPH_MUST_CHECK CPH_API cph_status cph_redundant_create(const cph_redundant_config *config,
                                                       cph_redundant_plan **plan, cph_error *error);
CPH_API void cph_redundant_destroy(cph_redundant_plan *plan);

CPH_MUST_CHECK CPH_API cph_status cph_redundant_describe(const cph_redundant_plan *plan,
                                                         cph_redundant_info *info);

/** Group of baseline (p, q), SIZE_MAX where it is not in use; *turned (may be NULL): the group's u
 *  is that of (q, p). Vector r_p - r_q of the group (r_q - r_p where turned): see the next. */
CPH_API size_t cph_redundant_group(const cph_redundant_plan *plan, size_t p, size_t q,
                                   bool *turned);

/** First member's baseline vector of a group, metres; count of members. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_redundant_vector(const cph_redundant_plan *plan, size_t group,
                                                       double vector[3], size_t *count);

/** The degeneracies in words: "overall amplitude, overall phase, 2 phase slopes" and so on. */
CPH_API void cph_redundant_words(const cph_redundant_info *info, size_t size, char *text);

/** One covariance. */
typedef struct cph_redundant_problem {
    const cph_c64 *r; /**< [N][ld] Hermitian; entries p < q are read, and the diagonal where it
                           is there */
    size_t ld;
    bool has_diagonal;
    const double *weight; /**< [N][N] 1 / E|error of R_pq|^2, entries p < q; 0 leaves a baseline
                               out. NULL: K / (R_pp R_qq), or 1 without a diagonal */
    bool skip_missing; /**< entries that are not finite leave their baseline out, as weight 0 does,
                            instead of being an error */
    double samples;    /**< K behind each R_pq; 0: unknown. Without it, or without a diagonal,
                            and without weights, the residuals say how large errors are and
                            chi2_dof is NaN */
    const cph_c64 *start; /**< [N] where to start, or NULL; ignored where not finite or 0 for a live
                               element */
    const cph_c64 *reference; /**< [N] gains that degenerate parts are taken from, or NULL: 1 */
    const cph_c64 *model;     /**< [N][ld] covariances of the sky alone that amplitude and slopes
                                   are taken from instead, or NULL; entries p < q are read */
} cph_redundant_problem;

typedef enum cph_redundant_method {
    CPH_REDUNDANT_LINCAL, /**< Gauss-Newton: few iterations of O(groups N^2 + N^3) */
    CPH_REDUNDANT_OMNICAL /**< damped update of every number by itself: many of O(N^2) */
} cph_redundant_method;

typedef struct cph_redundant_options {
    cph_redundant_method method;
    unsigned max_iterations; /**< of one solution; 0: 50 for LINCAL, 3000 for OMNICAL */
    double tolerance;        /**< on the distance |dg|/|g| from the limit; 0: 3 % of the noise */
    double gain;             /**< of the damped update: 0.4 */
    double bad_above;        /**< modified z of chi-square per element: 4; 0: drop none */
    size_t most_bad;         /**< elements dropped at most; SIZE_MAX: a quarter */
    double weak_below;       /**< |g| under this times the median is flagged WEAK: 0.3 */
} cph_redundant_options;

/** The defaults above, LINCAL. */
CPH_API cph_redundant_options cph_redundant_defaults(void);

/** The answer; the caller gives the arrays. */
typedef struct cph_redundant_solution {
    cph_c64 *gain;           /**< [N], NaN where flagged */
    double *phase_sigma;     /**< [N] rad, NaN where flagged */
    double *amplitude_sigma; /**< [N] relative, NaN where flagged */
    double *chi2;            /**< [N] of the element's baselines over its expectation; where the
                                  size of errors is not known, that which makes chi2_dof 1. Also of
                                  elements dropped (the value at which they were); else NaN */
    unsigned char *flag;     /**< [N] cph_flag, in (elements to leave out) and out */
    cph_c64 *visibility;     /**< [groups of the plan] u, NaN where no baseline is left; or NULL */
    unsigned iterations;     /**< in all, reruns included */
    unsigned reruns;         /**< without elements that were bad, weak or dead */
    cph_stop stop;
    double explained_before; /**< as below by equal gains */
    double explained_after;  /**< 1 - sum w|R - g u g*|^2 / sum w|R|^2 over redundant baselines */
    double chi2_dof; /**< sum w|R - g u g*|^2 over its expectation: info.dof for independent errors,
 less for those of a sample covariance */
    cph_redundant_info info; /**< of the elements and baselines used in the end */
} cph_redundant_solution;

/** Gains and u that minimise sum w|R_pq - g_p conj(g_q) u_k|^2. Start: phases by a walk over
 *  groups (no unwrapping: each step fixes a phase that degeneracy leaves free, or one that
 * follows), amplitudes and phases by logcal (least squares of log R), then lincal (Gauss-Newton in
 * log amplitudes and phases with u eliminated) or the damped update (Zheng et al., MNRAS 445,
 * 2014). Afterwards elements of |g| under weak_below are WEAK, the one whose chi-square per element
 * has the largest modified z (0.6745 (x - median) / MAD) above bad_above and more than 4 sigma
 * above the median is INCONSISTENT, and the rest is solved again. Elements that redundancy leaves
 * open are UNSOLVED, those without any correlation DEAD.
 *
 *  Gauge, of g / reference: slopes turned so that the mean step (of the sum of g_p conj(g_q)) along
 *  `slopes` short baselines is 0, rotated by -arg of the sum of phasors; then no component of the
 *  phases in (-pi, pi], nor of the log amplitudes, in a degenerate direction, and mean |g| that of
 *  the reference. With a model: amplitude and slopes are those that bring u nearest to it; the
 *  overall phase, of which no covariance knows, still refers to `reference`.
 *
 *  Standard errors, in that gauge: of the linearised solution, for independent errors of the
 *  baselines where weights are given or there is no diagonal; else for those of a sample
 *  covariance, E[E_pq E_rs*] = R_pr R_sq / K, from 512 draws with a fixed seed (which adds 3 % to
 *  the error bars' own error, in O(N^2) each). Multiplied by chi2_dof where that is above 1 beyond
 *  chance.
 *
 *  Errors: ARGUMENT, NOT_FINITE (names the baseline), TOO_FEW (fewer than 3 samples; as
 * cph_redundant_create, for what flags and weights leave), SINGULAR (data or model are zero; gains
 * not determined), MEMORY, OVERFLOW; outputs are then unchanged. A solver that stops unconverged is
 * CPH_OK with `stop` saying so. Re-entrant. */
CPH_MUST_CHECK CPH_API cph_status cph_redundant_solve(const cph_redundant_plan *plan,
                                                      const cph_redundant_problem *problem,
                                                      const cph_redundant_options *options,
                                                      cph_redundant_solution *solution,
                                                      cph_error *error);

/** problem, solution, status [times][channels]: channels at once on exec's threads (NULL: serial),
 *  times one after the other, each started from the gains of the one before where they are finite
 *  (problem.start, where given, goes first). status may not be NULL. Results don't depend on the
 *  threads. Errors: ARGUMENT; nothing is then touched. */
CPH_MUST_CHECK CPH_API cph_status cph_redundant_batch(
    const cph_redundant_plan *plan, const cph_exec *exec, size_t times, size_t channels,
    const cph_redundant_problem *problem, const cph_redundant_options *options,
    cph_redundant_solution *solution, cph_status *status);

/** Covariances over a band. */
typedef struct cph_redundant_band {
    size_t channels;       /**< C */
    const double *freq_hz; /**< [C] equally spaced, ascending */
    const cph_c64 *r;      /**< [C][N][ld], entries p < q; a baseline that is not finite in a
                                channel is left out there */
    size_t ld;
    const unsigned char *flag; /**< [N] or NULL */
} cph_redundant_band;

/** Where a band starts. */
typedef struct cph_redundant_first {
    double *delay_s; /**< [N] NaN where not live or left open */
    double *phase;   /**< [N] rad in (-pi, pi], at centre_hz; NaN likewise */
    double centre_hz;
    double rms_s;    /**< of what pairs of baselines and the delays differ by */
    size_t left_out; /**< pairs whose delay was no one's */
} cph_redundant_first;

/** firstcal: delays and phase offsets, g_n(f) ~ exp(j (phase_n - 2 pi (f - centre) delay_n)):
 *  positive delays are late, as in band.h.
 *  Delays from the cross-spectra of equal baselines, which no sky enters (coarse to fine: the phase
 *  step between channels, then over ever more of them: no unwrapping; each combination of four
 *  delays must be within half the inverse of the channel width), then least squares without
 *  outliers; offsets by the walk over groups on the whole band at once. A gain that is turned over
 *  (polarity) is an offset of pi. Delays have the gauge of phases: zero mean, no slope. One channel
 *  gives delays of 0. Start of channel f: cph_redundant_first_gains. Errors: as the solver's;
 *  outputs then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_redundant_firstcal(const cph_redundant_plan *plan,
                                                         const cph_redundant_band *band,
                                                         cph_redundant_first *first,
                                                         cph_error *error);

/** gain [N] = exp(j (phase - 2 pi (f - centre) delay)), NaN where those are. */
CPH_API void cph_redundant_first_gains(size_t elements, const cph_redundant_first *first,
                                       double freq_hz, cph_c64 *gain);

CPH_END_DECLS

#endif
