/* SPDX-License-Identifier: MIT */
/** @file calib.h
 *  Element gains from covariances: health check, model-based solver, error bars.
 *  Convention everywhere: observed = gain * true, R_pq ~ g_p conj(g_q) M_pq. */
#ifndef COPHASE_CALIB_H
#define COPHASE_CALIB_H

#include <stdbool.h>

#include "cophase/convert.h"
#include "cophase/exec.h"
#include "cophase/flags.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Limits of the health check, as ratios to the median power of the unflagged elements. */
typedef struct cph_health_limits {
    double dead_below;      /**< 1e-3 */
    double weak_below;      /**< 0.2 */
    double hot_above;       /**< 5 */
    double saturated_share; /**< share of samples at full scale: 0.01 */
} cph_health_limits;

/** The defaults above. */
CPH_API cph_health_limits cph_health_defaults(void);

/** Flags elements by power [N] (per sample; NaN: unknown) and, where given, by level [N].
 *  flag [N] holds cph_flag values in and out: what is already flagged stays and does not enter
 *  the median. Elements of different polarisation are judged in separate calls. */
CPH_MUST_CHECK CPH_API cph_status cph_health_check(size_t elements, const double *power,
                                                   const cph_level *level,
                                                   const cph_health_limits *limits,
                                                   unsigned char *flag);

/** Flags NOT_FINITE the elements that make entries of r [N][ld] not finite: the one with the most
 *  such entries (its diagonal included where has_diagonal) first, until what is left is finite.
 *  flag as above: what is flagged already does not count. */
CPH_MUST_CHECK CPH_API cph_status cph_health_finite(size_t elements, const cph_c64 *r, size_t ld,
                                                    bool has_diagonal, unsigned char *flag);

/** One covariance and what is known of the sky. */
typedef struct cph_gain_problem {
    size_t elements;  /**< N */
    const cph_c64 *r; /**< [N][ld] Hermitian; the diagonal is used for normalisation only,
                           and not at all when it is absent (has_diagonal) */
    size_t ld;
    bool has_diagonal;
    const double *position; /**< [N][3] metres, array frame */
    double freq_hz;
    size_t sources;          /**< S; 0 only with a model */
    const double *direction; /**< [S][3] unit vectors, array frame */
    const double *flux;      /**< [S] powers, or NULL to fit them (the first then scales all, unless
                                  there is a model) */
    bool fit_directions;     /**< sources may stand a little elsewhere; but the first where there is
                                  no model, since gains take a shift of all for their own */
    const cph_c64 *model;    /**< [N][ld] covariances of the sky alone, which the sources are added
                                  to, or NULL; entries p < q of baselines in use are read */
    const cph_c64 *start;    /**< [N] gains in units of R to start from, or NULL: the solver's own
                                  start; ignored where not finite or 0 for a live element */
    const double *weight;    /**< [N][N] per baseline >= 0, symmetric; NULL for 1 */
    double min_baseline_wl, max_baseline_wl; /**< length |r_p - r_q| in wavelengths; 0: no limit */
    double samples; /**< independent samples K behind each R_pq; 0 when unknown. Without it, or
                         without the diagonal, the residuals say how large errors are and
                         chi2_dof is NaN */
} cph_gain_problem;

/** What bounds the pull of baselines that the model does not describe. */
typedef enum cph_gain_rule {
    CPH_GAIN_HUBER,  /**< weight k sigma / |e| beyond k sigma (Huber, Robust Statistics, 1981) */
    CPH_GAIN_STUDENT /**< weight (nu + 2)/(nu + 2 |e|^2 / sigma^2), errors e being Student's t of
                            nu degrees of freedom (Kazemi & Yatawatta, MNRAS 435, 2013), the two
                            parts of a complex one together */
} cph_gain_rule;

typedef struct cph_gain_options {
    unsigned max_iterations; /**< 300 */
    double tolerance;        /**< on the estimated distance |dg|/|g| from the limit, checked every
                                  second iteration; 0: 3 % of the noise, 0.1 % where
                                  directions are fitted */
    double robust;      /**< 1.25: where more than 1 % of the baselines lie beyond 3 sigma, those
                             beyond this many are weighted down (Huber); 0: never, by no rule */
    cph_gain_rule rule; /**< HUBER, from `robust` */
    double student_nu;  /**< degrees of freedom, 1 or more: always weighted so; 0: estimated between
                             2 and 30, where that is likelier than normal errors */
    double weak_below;  /**< |g| under this times the median is flagged: 0.3 */
    size_t reference;   /**< element whose phase is 0, or SIZE_MAX for the mean phase */
} cph_gain_options;

/** The defaults above, SIZE_MAX. */
CPH_API cph_gain_options cph_gain_defaults(void);

/** Why a solver stopped. */
typedef enum cph_stop {
    CPH_STOP_CONVERGED,
    CPH_STOP_STALLED,    /**< the change no longer shrinks, above the tolerance */
    CPH_STOP_DIVERGED,   /**< the residual grows */
    CPH_STOP_ITERATIONS, /**< the limit was reached */
    CPH_STOP_COUNT
} cph_stop;

/** "converged", "stalled", "diverged", "iteration-limit". */
CPH_API const char *cph_stop_name(cph_stop stop);

/** The answer; the caller gives the arrays. */
typedef struct cph_gain_solution {
    cph_c64 *gain;           /**< [N], NaN where flagged */
    double *phase_sigma;     /**< [N] rad, NaN where flagged */
    double *amplitude_sigma; /**< [N] relative, NaN where flagged */
    unsigned char *flag;     /**< [N] cph_flag, in (elements to leave out) and out */
    double *flux;            /**< [S] */
    double *flux_sigma;      /**< [S] NaN where not fitted; or NULL, as all that follow */
    double *noise;           /**< [N] noise powers R_pp - |g_p|^2 M_pp, NaN where flagged or where
                                  there is no diagonal (of the model: model [N][ld] has M_pp) */
    double *noise_sigma;     /**< [N] NaN likewise */
    double *direction;       /**< [S][3] unit vectors */
    double *direction_sigma; /**< [S] rad: root of the sum of the variances along two axes
                                  perpendicular to it; NaN where not fitted */
    unsigned iterations;     /**< in all, second solutions included */
    cph_stop stop;
    double explained_before;  /**< by equal gains with one common scale fitted, over the baselines
                                   of the first solution */
    double explained_after;   /**< 1 - sum|R - g M g*|^2 / sum|R|^2 over the baselines used,
                                   autocorrelations normalised */
    double chi2_dof;          /**< weighted sum of squared residuals over its expectation */
    double dof;               /**< real degrees of freedom: 2 baselines less what was fitted */
    size_t baselines;         /**< used */
    size_t outliers;          /**< baselines left out as impossible, or weighted by under a tenth */
    size_t outlier[2];        /**< elements of the worst of them; SIZE_MAX: none */
    double student_nu;        /**< degrees of freedom in force; INFINITY: none */
    double second_eigenvalue; /**< largest eigenvalue of what the model leaves, relative to that of
                                   the data: near 1 a source is missing in the model, ... */
    double residual_excess;   /**< ... unless noise alone explains it: the same eigenvalue relative
                                   to that of noise as large as the residuals (about 1) */
} cph_gain_solution;

/** Model-based gains: StEFCal (Salvini & Wijnholds, A&A 571 A97, 2014) on R normalised by its
 *  autocorrelations, with weights, flags and baseline limits. Started from the dominant
 *  eigenvector for one source; for several, or a model, also from equal gains, whichever fits
 *  better; or from `start`. Fluxes that are not given are alternated by non-negative least squares,
 *  directions, where they are fitted, by a step of Gauss and Newton each time (offsets must be well
 *  within the array's beam); the diagonal leaves the noise powers: weighted alternating least
 *  squares (Wijnholds & van der Veen, IEEE TSP 57, 2009; arXiv 1003.1892). Residuals with heavy
 *  tails are weighted by the robust rule.
 *
 *  Left out as impossible, unless there is no such rule, is a baseline where |R_pq| exceeds 1e4
 *  times what the medians of its elements suggest (and twice sqrt(R_pp R_qq) where there is a
 *  diagonal). After a solution elements under weak_below are flagged WEAK (none where outliers are
 *  most of the data: such gains follow what the model lacks), those below half the median and
 *  within 4 sigma of zero, or below 1e-6 of the median, DEAD, and the rest is solved again; an
 *  element of no power is DEAD at once.
 *
 *  Gauge: mean phase 0 (or the reference element's); mean |g| = 1, unless fluxes or a model are
 *  given: then g carries the scale. Standard errors: covariance H^-1 V H^-1 of the least-squares
 *  estimate, V from the Wishart statistics E[E_pq E_rs*] = R_pr R_sq / K (independent errors
 * without a diagonal), multiplied by chi2_dof where that is above 1 beyond chance (the model is
 *  incomplete), or by what the
 *  robust rule makes of the residuals where it weighs them.
 *
 *  Errors: ARGUMENT (also a flagged reference, and R not Hermitian: beyond 1e-3 of the powers),
 *  NOT_FINITE (in a used baseline), TOO_FEW (fewer than 4 live elements or 3 samples, or elements
 * that no chain of used baselines joins; one without any baseline is just flagged UNSOLVED),
 * SINGULAR (model zero; data that correlate nowhere, or are the same on all baselines where the
 * model is not; gains or directions not determined by the baselines; two sources in one place),
 * MEMORY, OVERFLOW; *error (may be NULL) says which. Outputs are then unchanged. A solver that
 * stops unconverged is CPH_OK with `stop` saying so. */
CPH_MUST_CHECK CPH_API cph_status cph_gains_solve(const cph_gain_problem *problem,
                                                  const cph_gain_options *options,
                                                  cph_gain_solution *solution, cph_error *error);

/** Bytes of heap that cph_gains_solve takes at most for such a problem, of which sizes are read,
 * and whether `model`, `flux`, `has_diagonal` and `fit_directions` are there; sigmas: flux_sigma,
 *  noise_sigma or direction_sigma is asked for. cph_gains_batch takes as much for each thread that
 *  has a run. SIZE_MAX: more than any machine has. */
CPH_API size_t cph_gains_memory(const cph_gain_problem *problem, bool sigmas);

/** problem, solution, status and error (may be NULL) [times][channels]: runs of 8 channels at once
 * on exec's threads (NULL: serial), in each the times one after the other. A solution starts from
 * that of the time before, of the channel before at the first time, where that converged
 * (problem.start, where given, goes first); should it then explain less than 0.95 of what that one
 * does, it starts anew by itself. Results don't depend on the threads. status may not be NULL.
 * Errors: ARGUMENT; nothing is then touched. */
CPH_MUST_CHECK CPH_API cph_status cph_gains_batch(const cph_exec *exec, size_t times,
                                                  size_t channels, const cph_gain_problem *problem,
                                                  const cph_gain_options *options,
                                                  cph_gain_solution *solution, cph_status *status,
                                                  cph_error *error);

/** Cramer-Rao bound of phase (rad) and relative amplitude per element, [N] each, NaN where
 *  flagged, in the gauge of the mean phase and mean |g| = 1 (reference = SIZE_MAX) or of the phase
 *  of a reference element: from the Fisher matrix K tr(R^-1 dR R^-1 dR) with true gains; noise
 *  powers and the ratios of the fluxes known to the estimator unless said. For one source,
 * identical elements of this SNR, known noise: both variances (1 + N SNR)(N - 1)/(2 K SNR^2 N^2).
 *  Errors: ARGUMENT, TOO_FEW (fewer than 2 elements), SINGULAR, MEMORY; outputs then unchanged. */
typedef struct cph_bound_config {
    size_t elements, sources;
    const cph_c64 *steering;   /**< [S][N] */
    const double *flux;        /**< [S] */
    const cph_c64 *gain;       /**< [N] */
    const double *noise;       /**< [N] powers */
    const unsigned char *flag; /**< [N] or NULL */
    bool noise_unknown;        /**< estimated along, one an element */
    bool flux_unknown;         /**< estimated along (matters for two sources and more) */
    double samples;            /**< K */
    size_t reference;          /**< SIZE_MAX: mean */
} cph_bound_config;
CPH_MUST_CHECK CPH_API cph_status cph_gain_bound(const cph_bound_config *config,
                                                 double *phase_sigma, double *amplitude_sigma);

CPH_END_DECLS

#endif
