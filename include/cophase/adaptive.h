/* SPDX-License-Identifier: MIT */
/** @file adaptive.h
 *  Weights from a covariance, in double: MVDR, LCMV, GSC, with diagonal loading; and nulls toward
 *  given directions.
 *
 *  Convention: R = E[x x^H] of the elements as they are, x = g a s + noise, so the array answers to
 *  the effective steering vector v_n = g_n a_n; a beam is y = w^H x. Functions take steering
 *  vectors a and put the gains in. Messages of errors are for a person; `error` may be NULL. */
#ifndef COPHASE_ADAPTIVE_H
#define COPHASE_ADAPTIVE_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** What is put on the diagonal: R' = (1 - rho) R + load I. */
typedef enum cph_loading_kind {
    CPH_LOADING_NONE,        /**< R as it is */
    CPH_LOADING_FIXED,       /**< load = value, in the units of R */
    CPH_LOADING_RELATIVE,    /**< load = value tr(R) / N */
    CPH_LOADING_LEDOIT_WOLF, /**< rho from the data; load = rho tr(R) / N */
    CPH_LOADING_OAS,         /**< likewise, for Gaussian samples */
    CPH_LOADING_COUNT
} cph_loading_kind;

/** Ledoit-Wolf (J. Multivar. Anal. 88 p. 365, 2004; the general linear combination of Du, Li &
 *  Stoica, IEEE TAES 46 p. 449, 2010, is the same):
 *  rho = min(1, (q - tr R^2) / (K |R - tr(R)/N I|_F^2)), q the mean of |x_k|^4.
 *  OAS (Chen, Wiesel, Eldar & Hero, IEEE TSP 58 p. 5016, 2010) in the form for complex samples:
 *  rho = min(1, ((tr R)^2 - tr(R^2)/N) / ((K - 1/N) (tr(R^2) - (tr R)^2/N))). */
typedef struct cph_loading {
    cph_loading_kind kind;
    double value;       /**< FIXED, RELATIVE: not negative */
    double fourth_norm; /**< LEDOIT_WOLF: q over the live elements; 0: that of Gaussian samples,
                             (tr R)^2 + tr R^2 */
} cph_loading;

/** "none", "fixed", "relative", "ledoit-wolf", "oas"; NULL outside the enumeration. */
CPH_API const char *cph_loading_name(cph_loading_kind kind);

typedef struct cph_adaptive_config {
    size_t elements;           /**< N */
    const cph_c64 *covariance; /**< [N][ld], Hermitian: the lower triangle (p >= q) is read */
    size_t ld;                 /**< at least N */
    const cph_c64 *gain;       /**< [N] observed = gain * true; NULL for 1 */
    const unsigned char *flag; /**< [N] non-zero = left out whatever its data; NULL for none */
    double samples;            /**< K snapshots behind R; 0: unknown, or R is a model */
    cph_loading loading;
    size_t jammers;        /**< imagined ones, which make nulls; they add to R' after the loading */
    const cph_c64 *jammer; /**< [jammers][N] steering vectors */
    double jammer_ratio;   /**< power of all of them, in equal parts, over tr(R) / N */
} cph_adaptive_config;

/** The loaded covariance of the live elements, factored; answers any number of looks, from several
 *  threads at once. */
typedef struct cph_adaptive cph_adaptive;

/** Loads and factors (Cholesky; about n^3/6 complex products for n live elements). Errors:
 *  ARGUMENT (sizes, a loading or jammer_ratio out of range, K negative); NOT_FINITE (of a live
 *  element: its covariances, jammers, or its gain is not finite or 0); TOO_FEW (all are flagged);
 * MISSING (an automatic loading without K); SINGULAR (not positive definite: fewer snapshots than
 * live elements and nothing loaded, an element without power, a pivot below 1e-12 of its diagonal;
 * indefinite where a pivot is below -1e-9 of it: then R is no covariance); MEMORY; OVERFLOW. The
 * message says which, and asks for loading where that helps. Free with cph_adaptive_destroy (NULL
 * is fine). */
CPH_MUST_CHECK CPH_API cph_status cph_adaptive_create(const cph_adaptive_config *config,
                                                      cph_adaptive **adaptive, cph_error *error);
CPH_API void cph_adaptive_destroy(cph_adaptive *adaptive);

/** Number of live elements, and what was loaded; both pointers may be NULL. */
CPH_API size_t cph_adaptive_live(const cph_adaptive *adaptive, double *rho, double *load);

/** MVDR (Capon, Proc. IEEE 57 p. 1408, 1969): w = R'^-1 v / (v^H R'^-1 v), so w^H v = 1; *power
 *  (may be NULL) = w^H R' w = 1 / (v^H R'^-1 v). a [N] (flagged entries are not read), w [N], 0
 *  where flagged; w may be a, else they must not overlap. Relative error about n eps times the
 *  condition of R'. Errors: ARGUMENT (a zero look vector); NOT_FINITE; MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_adaptive_mvdr(const cph_adaptive *adaptive, const cph_c64 *a,
                                                    cph_c64 *w, double *power, cph_error *error);

/** LCMV (Frost, Proc. IEEE 60 p. 926, 1972): the least w^H R' w under J linear constraints
 *  w^H (g c_j) = response_j: w = R'^-1 C (C^H R'^-1 C)^-1 conj(response). c [J][N]: steering
 *  vectors, or derivatives of them (cph_constraint_derivative); response [J]. w [N] must not
 *  overlap c. Errors: as MVDR's; TOO_FEW (more constraints than live elements); SINGULAR (a
 *  constraint that depends on those before it to 1e-10). */
CPH_MUST_CHECK CPH_API cph_status cph_adaptive_lcmv(const cph_adaptive *adaptive,
                                                    size_t constraints, const cph_c64 *c,
                                                    const cph_c64 *response, cph_c64 *w,
                                                    double *power, cph_error *error);

/** The generalised sidelobe canceller (Griffiths & Jim, IEEE TAP 30 p. 27, 1982): the quiescent
 *  w_q = C (C^H C)^-1 conj(response) less B w_a, B an orthonormal basis of what the constraints
 *  leave free, w_a the least squares of the rest. The same weights as LCMV's by another way, which
 *  keeps the constraints to rounding however ill R' is conditioned. About n^3 products a call. */
CPH_MUST_CHECK CPH_API cph_status cph_adaptive_gsc(const cph_adaptive *adaptive, size_t constraints,
                                                   const cph_c64 *c, const cph_c64 *response,
                                                   cph_c64 *w, double *power, cph_error *error);

/** What keeps MVDR from turning against a signal that is not quite where the look is. */
typedef enum cph_robust_rule {
    CPH_ROBUST_CAPON, /**< serves steering vectors up to sqrt(limit) |v| from v, 0 < limit < 1: load
                           with |load (R' + load I)^-1 v|^2 = limit |v|^2 (Li, Stoica & Wang, IEEE
                           TSP 51 p. 1702, 2003) */
    CPH_ROBUST_NOISE, /**< |w|^2 |v|^2 <= limit, limit > 1: white noise comes out at most that much
                           above the conventional beam's (Cox, Zeskind & Owen, IEEE TASSP 35 p.
                           1365, 1987); nothing is loaded where MVDR keeps it by itself */
    CPH_ROBUST_COUNT
} cph_robust_rule;

/** MVDR of R' + load I, the load found by Newton's method on the rule, bracketed, to 1e-10 of it:
 *  w = (R' + load I)^-1 v / (v^H (R' + load I)^-1 v); *power = w^H R' w, *load what was added to
 * the loading before (either may be NULL). Each of some ten steps is a Cholesky factorisation. a
 * and w as MVDR's. Errors: as MVDR's; ARGUMENT (a rule or limit out of range); OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_adaptive_robust(const cph_adaptive *adaptive,
                                                      cph_robust_rule rule, double limit,
                                                      const cph_c64 *a, cph_c64 *w, double *power,
                                                      double *load, cph_error *error);

/** Derivative of the steering vector with the direction along `tangent` (per radian for a unit
 *  tangent at right angles to the direction): d a_n = j 2 pi f (tangent . r_n) / c a_n. As a
 *  constraint of response 0 beside the look's it keeps the response flat there. The phase of the
 *  response is flat too with respect to the origin of the positions (Er & Cantoni, IEEE TASSP 31 p.
 *  1378, 1983): centre them. position [N][3] metres, c [N]. Errors: ARGUMENT, NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_constraint_derivative(size_t elements, const double *position,
                                                            double freq_hz,
                                                            const double direction[3],
                                                            const double tangent[3], cph_c64 *c);

/* Nulls where jammers are expected, of a width that covers what is not known of their places. */

/** Directions that cover a cone of full angle `width` about a unit vector, the vector first, then
 *  rings of 6, 12, ... no further apart than `spacing` (radians; a quarter of wavelength over
 *  aperture serves). point [capacity][3]; *count is how many there are, also with a capacity of 0,
 *  which writes no point (point may then be NULL). width 0: one. Errors: ARGUMENT (a width not in
 *  [0, pi], a spacing not above 0 or below width / 1024, 0 < capacity < count); NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_sector_points(const double direction[3], double width,
                                                    double spacing, size_t capacity, double *point,
                                                    size_t *count);

/** The weights nearest to w that pass next to nothing of the directions c [nulls][N] (steering
 *  vectors): with h_n = conj(g_n) w_n, the h that minimises |h - h_0|^2 + depth sum_j |h^H c_j|^2
 *  (quiescent pattern with sector constraints: Er, IEEE TAP 36 p. 1020, 1988), scaled so that the
 *  response w^H (g a) stays what it was, unless that was zero (a difference beam, whose null toward
 * the look is kept as one more). One null leaves 1 / (1 + depth N) of its response; neighbours
 * closer than a beam width cost one degree of freedom together. w [N] in and out, 0 where flagged;
 * a [N] look. Errors: ARGUMENT (depth not positive); NOT_FINITE; TOO_FEW (all are flagged);
 * SINGULAR (nulls leave less than 1e-3 of the response toward the look, or the equations are
 * singular); MEMORY; OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_weights_null(size_t elements, const cph_c64 *a,
                                                   const cph_c64 *gain, const unsigned char *flag,
                                                   size_t nulls, const cph_c64 *c, double depth,
                                                   cph_c64 *w, cph_error *error);

/** Covariance matrix taper: every wave in r [N][ld] as if it came from a square of `width` in both
 *  direction cosines u and v, R_pq sinc(width f (x_p - x_q) / c) sinc(width f (y_p - y_q) / c),
 *  sinc t = sin(pi t) / (pi t), so that nulls on jammers in r are that wide (Mailloux, Electron.
 *  Lett. 31 p. 678, 1995; Zatman, IEE Proc. RSN 142, 1995; Guerci, IEEE TSP 47 p. 977, 1999). The
 *  diagonal stays. For arrays that are flat in z. position [N][3] metres. Errors: ARGUMENT (width
 *  not in [0, 2]); NOT_FINITE (positions). */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_widen(size_t elements, const double *position,
                                                       double freq_hz, double width, cph_c64 *r,
                                                       size_t ld);

/* Averages that part a signal from its echoes, and halve what few snapshots err. For covariances
 * of calibrated elements. */

/** Forward-backward averaging in place: r_pq = (r_pq + conj(r_m(p)m(q))) / 2, for arrays where
 *  element m(p) is opposite to p about the centre. r [N][ld], full; mirror [N]; NULL: N - 1 - p, as
 *  in cph_array_ula, _ura and _tri. Errors: ARGUMENT (sizes; m(m(p)) is not p). */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_forward_backward(size_t elements,
                                                                  const size_t *mirror, cph_c64 *r,
                                                                  size_t ld);

/** Spatial smoothing (Shan, Wax & Kailath, IEEE TASSP 33 p. 806, 1985): s [m][m] is the mean of the
 *  N - m + 1 covariances of m neighbours in a line of equally spaced elements. r [N][ld], full; s
 *  must not overlap r. Errors: ARGUMENT (sizes, m not in 1..N). */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_smooth(size_t elements, const cph_c64 *r,
                                                        size_t ld, size_t m, cph_c64 *s);

/** Weights of the whole line from those of m neighbours, part [m], that cph_covariance_smooth led
 *  to: the mean of the N - m + 1 beams of the parts, each phased toward the look, a [N] its
 *  steering vector. The pattern is that of `part` times that of a uniform line: the response toward
 *  the look and all nulls of `part` stay. w [N] must not overlap the others. Errors: ARGUMENT (m
 *  not in 1..N). */
CPH_MUST_CHECK CPH_API cph_status cph_weights_slide(size_t elements, const cph_c64 *a, size_t m,
                                                    const cph_c64 *part, cph_c64 *w);

CPH_END_DECLS

#endif
