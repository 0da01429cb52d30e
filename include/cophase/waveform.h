/* SPDX-License-Identifier: MIT */
/** @file waveform.h
 *  Gains and delays of elements that receive a waveform which is known. */
#ifndef COPHASE_WAVEFORM_H
#define COPHASE_WAVEFORM_H

#include <stdbool.h>

#include "cophase/estimate.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

typedef struct cph_waveform_config {
    size_t times, elements; /**< T, N */
    const cph_c32 *samples; /**< [T][ld] */
    size_t ld;
    size_t length;           /**< L >= 8 */
    const cph_c32 *waveform; /**< [L] at the rate of the samples, occupying |f| < 0.45 of it; zero
                                  before and after */
    ptrdiff_t
        first_lag; /**< delays searched: from first_lag samples on, of the waveform's item 0 */
    size_t lags;   /**< against sample 0; lags that hear less than half of its energy are not looked
                      at */
    bool common;   /**< one delay for all elements; else one each */
} cph_waveform_config;

/** The answer; the caller gives the arrays. */
typedef struct cph_waveform_solution {
    cph_gain_estimate estimate;
    double *delay;        /**< [N] samples, NaN where flagged */
    double *delay_sigma;  /**< [N] samples, likewise */
    double *peak_to_rest; /**< [N] |correlation|^2 at the peak over its mean further away than the
                               main lobe; NaN for fewer than 8 such lags */
    double *snr;          /**< [N] mean power of the waveform as received over noise power */
} cph_waveform_solution;

/** x_n(t) = g_n s(t - delay_n) + noise: the delay of the highest correlation, to the sample by FFT
 *  (directly in builds without FFTW, and where that is less work), then between samples by
 *  band-limited interpolation of the correlation (windowed sinc of 65 samples); g = <x, s> /
 *  <s, s> there: maximum likelihood in white noise (Kay, Fundamentals of Statistical Signal
 *  Processing I, 1993, examples 3.13 and 7.18).
 *  An element in which the peak could be noise is DEAD: for a share q of its power that the
 *  waveform explains, lags (1 - q)^(L - 1) > 1e-6.
 *  Standard errors, with rho = L snr, from the noise that is left: delay 1/sqrt(2 rho) / B, B the
 *  rms angular bandwidth about the mean angular frequency w0, both in radians a sample; relative
 *  amplitude 1/sqrt(2 rho); phase sqrt((1 + w0^2 / B^2) / (2 rho)): the Cramer-Rao bound. With
 *  `common`: delay 1/sqrt(2 sum rho) / B; phase 1/sqrt(2 rho) for the delay found, whose error
 *  turns all phases alike. Errors of elements are then independent, as cph_estimate_gauge takes
 *  them.
 *  Without noise: gain to 1e-5, delay to 1e-5 samples (the interpolation; and the float samples);
 * 1e-2 of either where the capture cuts the waveform. Flags: in, elements to leave out; out,
 * NOT_FINITE (a sample within the lags searched, or 33 samples beside them), DEAD. Errors:
 * ARGUMENT, OVERFLOW, MEMORY, NOT_FINITE (waveform), SINGULAR (a waveform without energy), TOO_FEW
 * (no lag hears half of the waveform; all flagged), MISSING (no element holds it); *error (may be
 * NULL) says which, outputs are then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_waveform_solve(const cph_waveform_config *config,
                                                     cph_waveform_solution *solution,
                                                     cph_error *error);

CPH_END_DECLS

#endif
