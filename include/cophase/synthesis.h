/* SPDX-License-Identifier: MIT */
/** @file synthesis.h
 *  Weights whose pattern stays under a mask at the least taper loss. */
#ifndef COPHASE_SYNTHESIS_H
#define COPHASE_SYNTHESIS_H

#include "cophase/pattern.h"

CPH_BEGIN_DECLS

/** The limit in dB, over isotropic or relative to the peak (`relative` below), of a direction that
 *  is `angle` radians from the peak, in the half plane through it that is turned by `turn` from
 *  metrics->tangent[0] toward metrics->tangent[1]; NaN where there is none. `metrics` are those of
 *  the beam so far. */
typedef double cph_synthesis_level(const void *context, const cph_pattern_metrics *metrics,
                                   double angle, double turn);

typedef struct cph_synthesis_config {
    size_t elements;
    const double *position; /**< [N][3] metres, array frame */
    double freq_hz;
    const cph_c64 *gain;       /**< [N] observed = gain * true; NULL for 1 */
    const unsigned char *flag; /**< [N] non-zero = left out whatever its gain; NULL for none */
    double look[3];            /**< unit vector */
    const cph_element_pattern *element; /**< NULL: isotropic */
    cph_synthesis_level *level;
    const void *context;
    bool relative;      /**< levels are dB relative to the peak, else dBi */
    double from_rad;    /**< the mask holds from this angle from the peak on; NaN: from the first
                             nulls of the uniform beam of the same elements */
    double max_loss_db; /**< taper loss that is not exceeded, above 0, at most 60 */
    const cph_exec *exec;
} cph_synthesis_config;

/** Where a pattern comes nearest to the mask, or exceeds it most. */
typedef struct cph_synthesis_margin {
    double margin_db; /**< limit - level; NaN: nothing is limited */
    double limit_db;
    double angle_rad; /**< from the peak */
    double at[3];
} cph_synthesis_margin;

typedef struct cph_synthesis_result {
    bool met;                   /**< worst.margin_db >= 0 */
    cph_synthesis_margin worst; /**< where the mask holds */
    cph_synthesis_margin inner; /**< nearer to the peak, where the mask speaks and was not held */
    double margin_bound_db;     /**< not met: no weights of a taper loss up to max_loss_db have a
                                     larger margin; NaN when met */
    double taper_loss_db;       /**< N sum|c|^2 / |sum c a|^2, c = conj(w) g, N those not flagged */
    double loss_bound_db;       /**< met: no weights under the same limits have less; else NaN */
    double directivity_db;      /**< at the peak */
    double peak[3];
    double from_rad;   /**< the nearest to the peak that the mask was held */
    size_t used;       /**< elements */
    size_t directions; /**< where each round looked */
    size_t active;     /**< directions that shape the weights */
    size_t rounds;     /**< looks */
    size_t iterations; /**< Newton steps */
} cph_synthesis_result;

/** w [N], 0 where flagged, of unit response w^H g a(look), whose pattern stays under the mask in
 *  the whole visible region (cph_pattern_analyse; of a line of elements, in the half plane through
 *  the line and `look`) at the least sum |c|^2, c_n = conj(w_n) g_n: the least taper loss. Where no
 *  weights of a loss up to max_loss_db do, those that exceed the mask by the fewest dB.
 *
 *  With x_n = c_n a_n(look) the problem is convex: the least |x|^2 with sum x = 1 and
 *  |response(u)| <= t m(u), t = 1. A disc |z| <= m is all half planes Re(z exp(-j phase)) <= m;
 *  each round adds those that the pattern violates at its tops over the mask (the exchange method
 *  of semi-infinite programming: Hettich and Kortanek, SIAM Review 35 p. 380, 1993), and solves the
 *  dual of the quadratic programme, max b.mu - mu.Q mu / 2 over mu >= 0, by projected Newton steps
 *  (Bertsekas, SIAM J. Control Optim. 20 p. 221, 1982) that start from the round before. A
 *  relaxation's dual value at any mu >= 0 bounds the loss of the full problem from below; when it
 *  exceeds what is allowed, the same mu bound t from below, and t is raised to that: both bounds
 *  are certified whatever the iteration did.
 *
 *  Limits in dBi depend on the directivity, angles on the peak: both are taken from the beam so far
 *  until they no longer move, at most nine times. From the fourth on angles stay, and limits hold
 *  for every peak within half as far again as it has moved since. Weights of less loss have more
 *  directivity and so lower limits: the bound stands for them too, as far as directivity falls with
 *  the taper loss (exactly so at half a wavelength's pitch).
 *
 *  Sampling: 6 directions over each wavelength / extent, 32 along the edge of where the mask holds
 *  and along the horizon. A lobe that is as high as all that is near it is, by Bernstein's
 *  inequality, nowhere narrower than cos(pi extent u), so that at most 0.6 dB of it hide between
 *  samples; every sample that stands above its neighbours within 2 dB of the mask is climbed to its
 *  top, in double. That no other lobe hides is not proven. Limits are drawn in by 0.011 dB; under
 *  them weights exceed the mask by at most 0.010 dB and lose at most 0.009 dB more than the bound
 *  where the rounds (100 at most) have settled; what is told is measured in any case.
 *
 *  Errors: ARGUMENT (also: the beam to `look` is not the highest lobe, or is no beam: a single
 *  place), NOT_FINITE, TOO_FEW (all are flagged), MEMORY, OVERFLOW. Outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_synthesis_run(const cph_synthesis_config *config, cph_c64 *w,
                                                    cph_synthesis_result *result, cph_error *error);

CPH_END_DECLS

#endif
