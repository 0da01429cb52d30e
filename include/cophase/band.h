/* SPDX-License-Identifier: MIT */
/** @file band.h
 *  Delay, phase and polarity of elements from their response over a band of channels, and the
 *  bandpass that is left. */
#ifndef COPHASE_BAND_H
#define COPHASE_BAND_H

#include <stdbool.h>

#include "cophase/estimate.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_response_config {
    size_t channels, elements; /**< C, N */
    const cph_c64 *r;          /**< [C][N][ld] covariances with their diagonal */
    size_t ld;
    size_t reference;     /**< element that all are compared with; not used with `model` */
    const cph_c64 *model; /**< [C][N] or NULL: elements are compared with the mean of all unflagged
                               others, co-phased by this model of their response (cph_band_model of
                               a first solution) */
    const unsigned char *flag; /**< [N] or NULL */
} cph_response_config;

/** Response H = <x_n y*> / <y y*> of each element [C][N] to its reference signal y, and coherence
 *  |<x_n y*>|^2 / (<x_n x_n*> <y y*>) [C][N] (Bendat & Piersol, Random Data, 2010, chapter 6); NaN
 *  and 0 for flagged elements and where there is no power. With a reference element H is 1 there.
 *  Errors: ARGUMENT (also a reference that is flagged), OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_band_response(const cph_response_config *config,
                                                    cph_c64 *response, double *coherence);

typedef struct cph_band_config {
    size_t channels, elements; /**< C >= 3, N */
    const double *freq_hz;   /**< [C] all different, in any order, of the signal on the air (or at 0
                                for   `polarity`) */
    const cph_c64 *response; /**< [C][N]; what is not finite or 0 is not used */
    const double *coherence; /**< [C][N] in [0, 1]: a channel weighs coherence/(1 - coherence);
                                NULL: all alike */
    double samples;          /**< K independent samples behind each response; 0 or no coherence:
                                  the residuals say how large errors are */
    double
        max_delay_s; /**< delays searched, either way; 0: half over the smallest step of freq_hz */
    bool polarity;   /**< the phase at 0 Hz is 0 or pi (no oscillator between): find which */
} cph_band_config;

/** The answer; the caller gives the arrays. */
typedef struct cph_band_solution {
    cph_gain_estimate estimate; /**< at freq_hz (below): mean amplitude, phase of the fit */
    double *delay_s;            /**< [N] NaN where flagged */
    double *delay_sigma_s;      /**< [N] likewise */
    signed char *polarity;      /**< [N] 1, -1; 0: not asked for, or errors leave it open */
    cph_c64
        *bandpass;    /**< [C][N] response over the fit: 1 for a flat element; NaN where not used */
    double *chi2_dof; /**< [N] of phases, with K and coherence given; else NaN */
    double freq_hz;   /**< mean of the channels */
} cph_band_solution;

/** H_c = b_c g exp(-j 2 pi (f_c - freq_hz) delay): the delay of the largest |sum w H/|H| exp(+j
 * ...)| on a grid of a quarter of 1/bandwidth, then phase and slope by weighted least squares on
 * phases (Carter, Proc. IEEE 75 p. 236, 1987); with `polarity`, where the phase at 0 Hz is known to
 * a tenth of a turn by 5 standard errors and lies at 0 or pi within those, the slope through that.
 *  Phase variance of a channel (1 - coherence)/(2 K coherence), coherence less its bias of 1/K:
 *    delay 1/((2 pi)^2 sum (f - mean f)^2 / variance), or 1/((2 pi)^2 sum f^2 / variance) through
 * 0, which are the Cramer-Rao bounds of that model; they hold while phases of channels scatter by
 *  well under a radian. Relative amplitude: as the mean of channels, of which each has the variance
 * of its phase. Elements whose channels agree no better than chance are DEAD: the sum of -(K - 1)
 * log(1 - coherence) against its distribution without a signal (1e-6); without K, the mean phasor.
 *  Without noise: delay to 1e-12 of 1/bandwidth.
 *  Flags: in, elements to leave out; out, UNSOLVED (fewer than 3 channels in use), DEAD.
 *  Errors: ARGUMENT (also more than 2^20 delays to try), OVERFLOW, MEMORY, NOT_FINITE (freq_hz),
 *  SINGULAR (frequencies not different), TOO_FEW (channels; all flagged); *error (may be NULL)
 *  says which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_band_solve(const cph_band_config *config,
                                                 cph_band_solution *solution, cph_error *error);

/** model [C][N] = g exp(-j 2 pi (f_c - freq_hz) delay) of a solution; NaN where flagged. */
CPH_API void cph_band_model(const cph_band_config *config, const cph_band_solution *solution,
                            cph_c64 *model);

CPH_END_DECLS

#endif
