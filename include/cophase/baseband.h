/* SPDX-License-Identifier: MIT */
/** @file baseband.h
 *  Real samples to complex baseband at half the rate, for all elements at once (host only).
 *
 *  A real x, whose band is 0 to half its rate f_s, becomes z with x[t] = Re(z exp(+j 2 pi (t -
 * c)/4)): the band about f_s/4 comes to 0, its amplitudes are kept. With h a half-band low-pass of
 * 2 T taps beside its middle, at odd places alone,
 *
 *      z[m] = (-1)^m (x[2 m + c] + j sum_i g[i] x[2 m + 2 i]),   c = 2 T - 1, i < 2 T,
 *
 *  z[m] stands at sample 2 m + c (Crochiere and Rabiner, Multirate Digital Signal Processing, 1983,
 *  4.6; the odd taps are a Hilbert transformer). Frequencies within `band` of the whole are kept
 *  within the stated error, which is that of their images, too; those near 0 and f_s/2 are not. */
#ifndef COPHASE_BASEBAND_H
#define COPHASE_BASEBAND_H

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

enum { CPH_BASEBAND_TAPS_MAX = 256 };

typedef struct cph_baseband_config {
    size_t elements;      /**< N, at least 1 */
    size_t taps;          /**< T, 1 to CPH_BASEBAND_TAPS_MAX; 0 is 32 */
    double band;          /**< of f_s/2 about f_s/4, in (0, 1); 0 is 0.9 */
    cph_type type;        /**< of the samples {x, 0} */
    const cph_exec *exec; /**< NULL: serial; must outlive the plan */
} cph_baseband_config;

typedef struct cph_baseband_plan cph_baseband_plan;

typedef struct cph_baseband_info {
    size_t window; /**< samples behind each output: 4 T - 1 */
    size_t middle; /**< c */
    double error;  /**< of tones in the band: largest deviation of the amplitude from 1, over 2, and
                        amplitude of the image, over that of the tone */
} cph_baseband_info;

/** Makes a plan; free with cph_baseband_destroy (NULL is fine). Errors: ARGUMENT, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_baseband_create(const cph_baseband_config *config,
                                                      cph_baseband_plan **plan);
CPH_API void cph_baseband_destroy(cph_baseband_plan *plan);
CPH_MUST_CHECK CPH_API cph_status cph_baseband_describe(const cph_baseband_plan *plan,
                                                        cph_baseband_info *info);

/** Outputs of `times` samples: 1 + (times - window)/2, or 0. */
CPH_API size_t cph_baseband_times(const cph_baseband_plan *plan, size_t times);

/** out[m ld_out + n] of samples[t ld_samples + n], t < times, of which the first is sample 2 first
 * of the whole signal. Parts im of samples do not count. Any
 *  alignment of the sample; no overlap. Error of an imaginary part: at most (2 T + 1) 2^-24 sum
 *  |g||x|; real parts are exact. Re-entrant; no workspace. Errors: ARGUMENT, OVERFLOW; outputs then
 *  unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_baseband_run(const cph_baseband_plan *plan,
                                                   const void *samples, size_t ld_samples,
                                                   size_t times, size_t first, cph_c32 *out,
                                                   size_t ld_out);

CPH_END_DECLS

#endif
