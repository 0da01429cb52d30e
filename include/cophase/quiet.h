/* SPDX-License-Identifier: MIT */
/** @file quiet.h
 *  Transmit weights that radiate little under an elevation.
 *
 *  Element n radiates y_n = conj(w_n) g_n; the EIRP toward u is f^2(u) |sum y_n a_n(u)|^2, f^2 the
 *  element's power pattern. The region is all azimuths from one elevation to another above the
 *  horizon of `up`. Levels are relative to the EIRP toward the look, so that beams are compared
 *  where the satellite receives the same. */
#ifndef COPHASE_QUIET_H
#define COPHASE_QUIET_H

#include "cophase/element.h"
#include "cophase/exec.h"
#include "cophase/states.h"

CPH_BEGIN_DECLS

typedef struct cph_quiet_config {
    size_t elements;
    const double *position; /**< [N][3] metres, array frame */
    double freq_hz;
    const unsigned char *flag;          /**< [N] non-zero = left out; NULL for none */
    const cph_element_pattern *element; /**< NULL: isotropic. What it points to outlives the plan */
    double up[3];                       /**< unit vector of the zenith, array frame */
    double from_rad, below_rad; /**< elevations, -pi/2 <= from < below <= pi/2: 0 counts nothing
                                     below the horizon */
    const cph_exec *exec;       /**< NULL: serial; outlives the plan */
} cph_quiet_config;

/** What the region sees of an array at one attitude and frequency: a factor of Q, the integral over
 *  the region of EIRP as the form y^H Q y. Constant once made: shared by threads. */
typedef struct cph_quiet cph_quiet;

/** Q by Gauss-Legendre over elevation times evenly spaced azimuths, of a degree beyond that of
 *  |response|^2 (k times the array's extent x, and 6 x^(1/3) + 32 more, where Bessel functions of x
 *  have died away). Where elements end within the region (a table before the horizon, or a leaning
 *  array's own horizon) elevations are split where that edge touches a ring, and rings that it
 *  crosses take a Gauss rule over the arc that is radiated to. Within 1e-6 of exact for a level
 *  array whose elements' power is smooth in the region (isotropic, dipole, cosine of q = 0 or from
 *  1 on), and 1e-4 for one that leans (6e-5 measured), whose arcs begin as square roots of the
 *  elevation. Others are further off, a level array the most: a cosine of q between 0 and 1 by at
 *  most 2e-4, since it begins as the power q of the elevation; a table, of which the second
 *  derivative jumps at its points, by 5e-4 where they are 10 degrees apart, and 1e-2 where 1
 *  degree (measured, of slopes at random from 0 to 0.8 dB a degree at the horizon). Then
 *  Q = L L^H by pivoted Cholesky until 1e-12 of its diagonal is left, and the eigenvalues of
 *  L^H L: time O(directions N^2 + N rank^2), memory of N^2 complex doubles while it is made and
 *  N rank after. Errors: ARGUMENT, NOT_FINITE (a position), TOO_FEW (all are flagged), MISSING
 *  (the elements radiate nothing into the region), MEMORY, OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_quiet_create(const cph_quiet_config *config, cph_quiet **plan,
                                                   cph_error *error);
/** NULL is fine. */
CPH_API void cph_quiet_destroy(cph_quiet *plan);

typedef struct cph_quiet_size {
    size_t used;       /**< elements */
    size_t directions; /**< of the quadrature */
    size_t rank;       /**< of Q: beams that the region can tell apart */
} cph_quiet_size;
CPH_API cph_quiet_size cph_quiet_sizes(const cph_quiet *plan);

typedef enum cph_quiet_criterion {
    CPH_QUIET_INTEGRATED, /**< the integral over the region */
    CPH_QUIET_WORST,      /**< the highest EIRP in the region */
    CPH_QUIET_CRITERIA
} cph_quiet_criterion;

/** What a search over states found, where the next one starts. */
typedef struct cph_quiet_memory cph_quiet_memory;

/** For arrays of `elements` (flagged ones count) and these states, which outlive it unchanged.
 *  Holds nothing yet. Free with cph_quiet_memory_destroy (NULL is fine). Errors: ARGUMENT;
 *  NOT_FINITE (a state); MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_quiet_memory_create(size_t elements, const cph_states *states,
                                                          cph_quiet_memory **memory);
CPH_API void cph_quiet_memory_destroy(cph_quiet_memory *memory);
/** The next search is a full one: after a jump of the look. (Where the price, the gains or the
 *  elements are others than before it is one by itself.) */
CPH_API void cph_quiet_memory_forget(cph_quiet_memory *memory);
/** Sweeps over phases, and over states, of a search that starts from a memory. */
#define CPH_QUIET_SWEEPS 12

typedef struct cph_quiet_request {
    double look[3];           /**< unit vector, array frame; not in the region */
    const cph_c64 *gain;      /**< [N] observed = gain * true, sizes from 1e-30 to 1e30; NULL for
                                   1 */
    double price_db;          /**< gain that may be given away, above 0, at most 20 dB */
    double error_rms;         /**< relative error of what elements radiate, unknown: what it
                                   radiates into the region on average counts too, so that gain
                                   is not spent on less than that; 0 for none */
    const cph_states *states; /**< weights become these; NULL: any */
    cph_quiet_criterion criterion;
    cph_quiet_memory *memory; /**< made for `states`, one call at a time; NULL: none. INTEGRATED
                                   alone */
} cph_quiet_request;

/** What weights radiate. Powers are of the elements' sum|y|^2 or max|y|, equal for equal PAs. */
typedef struct cph_quiet_level {
    double loss_db; /**< N sum|y|^2 / |response to the look|^2, at least 0: gain lost against
                         the uniform beam at equal total power */
    double limited_loss_db; /**< N^2 max|y|^2 / |response|^2: EIRP toward the look lost against the
                                 uniform beam when the strongest element is at its limit in both */
    double integrated_db;   /**< (1 / 4 pi) integral of EIRP over the region / EIRP to the look. Q
                                 lacks 1e-12 of its diagonal: below about -160 dB it is too low by a
                                 few dB */
    double worst_db;        /**< highest EIRP in the region / EIRP to the look; sampled at twice the
                                 density that determines it and climbed to the top, NaN: not asked */
    double worst_at[3];     /**< where */
} cph_quiet_level;

/** Of any weights w [N] (flagged elements are passed over), gains that may be 0. `worst` takes
 *  the time of a sweep of the region, the rest O(N rank). Errors: ARGUMENT (also weights without
 *  a response to the look), NOT_FINITE, MEMORY, OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_quiet_measure(const cph_quiet *plan, const double look[3],
                                                    const cph_c64 *gain, const cph_c64 *w,
                                                    bool worst, cph_quiet_level *level);

typedef struct cph_quiet_result {
    double bound_db;   /**< no weights at that price, of any amplitude and phase, have less of the
                            criterion (-infinity: as far as double precision tells, they may have
                            none) */
    double float_db;   /**< the criterion for the weights before states (worst: on the samples) */
    double loss_db;    /**< gain lost before states, as in cph_quiet_level */
    size_t iterations; /**< worst: reweightings; else 0 */
    size_t sweeps;     /**< over the states (and phases, where there is little else); else 0 */
} cph_quiet_result;

/** w [N], 0 where flagged, of unit response w^H g a(look): the least of the criterion at a gain
 *  lost of at most price_db, and state [N] (CPH_STATE_OFF where flagged; may be NULL without
 *  states).
 *
 *  INTEGRATED: min y^H Q y, y.a = 1, N |y|^2 <= 10^(price/10) has y = (Q + mu I)^-1 conj(a), mu by
 *  bisection on the loss, which falls with mu; the error's share is a least mu of error_rms^2 times
 *  the mean diagonal of Q. O(N rank). 1/A - mu p, A = a^T (Q + mu I)^-1 conj(a), p the |y|^2
 *  allowed, bounds it from below for any mu.
 *
 *  WORST: the same for sums over samples of the region (twice the density that determines the
 *  response, and about where elements end), whose weights are multiplied by the level found there,
 *  again and again (Lawson, thesis, UCLA 1961); weights of sum 1 bound the highest from below. It
 *  ends within 0.2 dB of that or after 40, half a minute for a thousand elements. Between samples
 *  3 dB along each angle may hide at most (Bernstein); cph_quiet_measure climbs. That is of the
 *  eigenvectors that are counted, those above 1e-8 of the largest: where float_db is below about
 *  -80 dB what is left out may be higher (271 elements, 0.5 wavelengths: -100 dB on the samples,
 *  -91 measured).
 *
 *  States: where their amplitudes span no more than a factor of two, phases alone are first moved
 *  one after the other, each to its exact minimum, at the amplitudes that elements have; price_db
 *  then counts from the beam of all phases equal. Then the nearest states (cph_states_choose),
 *  and a search over one element after the other for the state nearest to where the criterion
 *  (held quadratic), mu |y|^2 and a response to the look that stays are least, which is exact:
 *  until none changes, at most CPH_STATES_SWEEPS sweeps. What that loses beyond the price is
 *  taken off the price of what it starts from, up to six times. So for the price and for those of
 *  0.05, 0.1, 0.2, 0.5, 1, 2, 3, 5 and 10 dB that are lower, since states cannot follow what
 *  little any weights radiate at a high price. Of all these and the plain beam's nearest states
 *  the quietest is returned that keeps to the price; where rounding alone costs plain states more
 *  than it, that loses no more than they do. So it is never louder than they are, and for
 *  INTEGRATED a higher one of the prices named is never louder than a lower one. O(sweeps N (rank
 *  + states)).
 *
 *  WORST: by the highest on the samples, of those of the least integral, of those of Lawson's
 *  weights, and of eight rounds (four from 512 elements on) from the best of them in which samples
 *  are multiplied by the amplitudes that the states have there and states searched again. That is
 *  done at the price that is asked for alone, so a higher price may be louder than a lower one: by
 *  up to 2.2 dB in 40 of 270 searches (30 discs of 16 to 169 elements, the prices named), where
 *  the lower one's states serve.
 *
 *  With a memory that holds a search (of a plan of the same elements at the same price and gains,
 *  else it is forgotten; another up is fine), this one starts from it: phases alone from the last
 *  ones, turned by the change of the steering vector, CPH_QUIET_SWEEPS sweeps over them and as many
 *  over states, which track the optimum while the look moves by a part of a beamwidth from call to
 *  call; states with amplitudes from what any weights would do, at the scale found before. The
 *  price that is asked for follows the loss from one call to the next, up to that which the full
 *  search found best; where the loss is a tenth of a dB beyond it all the same it searches in full
 *  once more. bound_db, float_db and loss_db are then NaN. Where plain states were best nothing is
 *  held.
 *
 *  Re-entrant; allocates. Errors: ARGUMENT (also a look in the region, or one that elements do
 *  not radiate to), NOT_FINITE (a gain out of its range), MISSING (WORST: none of the
 *  samples is radiated to), SINGULAR (no convergence), MEMORY, OVERFLOW; of cph_states_choose. */
CPH_MUST_CHECK CPH_API cph_status cph_quiet_weights(const cph_quiet *plan,
                                                    const cph_quiet_request *request, cph_c64 *w,
                                                    uint32_t *state, cph_quiet_result *result,
                                                    cph_error *error);

CPH_END_DECLS

#endif
