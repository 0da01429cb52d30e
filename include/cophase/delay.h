/* SPDX-License-Identifier: MIT */
/** @file delay.h
 *  True time delays of sampled signals, whole samples and fractions, for all elements at once (host
 *  only):
 *
 *      out_n[t] = x_n(t - d_n),   d_n in samples, of either sign,
 *
 *  by a sinc in a Kaiser window of T taps about the place (Laakso, Valimaki, Karjalainen and Laine,
 *  Splitting the Unit Delay, IEEE Signal Processing Magazine 13 (1), 1996). Within a band of the
 *  sample rate about 0 Hz the error is stated; beyond it, toward half the rate, it grows to that of
 *  no delay. A delay that differs between channels of a filter bank is a phase of each channel,
 *  exp(-j 2 pi f d), as weights have it. */
#ifndef COPHASE_DELAY_H
#define COPHASE_DELAY_H

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

enum { CPH_DELAY_TAPS_MAX = 256 };

typedef struct cph_delay_config {
    size_t elements;      /**< N, at least 1 */
    const double *delay;  /**< [N] samples, at most 2^31 from 0 */
    size_t taps;          /**< T, even, 2 to CPH_DELAY_TAPS_MAX; 0 is 32 */
    double band;          /**< of the sample rate, in (0, 1): |f| <= band/2; 0 is 0.8 */
    cph_type type;        /**< of the samples */
    const cph_exec *exec; /**< NULL: serial; must outlive the plan */
} cph_delay_config;

typedef struct cph_delay_plan cph_delay_plan;

typedef struct cph_delay_info {
    size_t window;   /**< samples behind each output: T, and the whole samples by which delays
                          differ */
    ptrdiff_t first; /**< time of the first output of a block that begins at time 0 */
    double error;    /**< largest |H(f) - exp(-j 2 pi f d_n)| over the band and all elements, of the
                          coefficients as they are kept */
} cph_delay_info;

/** Makes a plan; free with cph_delay_destroy (NULL is fine). Copies the delays. Errors: ARGUMENT,
 *  OVERFLOW, MEMORY, NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_delay_create(const cph_delay_config *config,
                                                   cph_delay_plan **plan);
CPH_API void cph_delay_destroy(cph_delay_plan *plan);
CPH_MUST_CHECK CPH_API cph_status cph_delay_describe(const cph_delay_plan *plan,
                                                     cph_delay_info *info);

/** Bytes of workspace (64-byte aligned) that one concurrent call of run needs. */
CPH_API size_t cph_delay_workspace_size(const cph_delay_plan *plan);

/** out[t ld_out + n] for t < times - window + 1, none where that is not above 0, of
 *  samples[t ld_samples + n], t < times: the signal at times info.first and following, delayed. Any
 *  alignment of the sample; no overlap. Error of a sample, beside that of the band: at most
 *  (T + 1) 2^-24 sum_i |h[i]||x|. Blocks that overlap by window - 1 times give the bits of the
 *  whole. Re-entrant with a workspace per call. Errors: ARGUMENT, OVERFLOW; outputs then unchanged.
 */
CPH_MUST_CHECK CPH_API cph_status cph_delay_run(const cph_delay_plan *plan, void *workspace,
                                                const void *samples, size_t ld_samples,
                                                size_t times, cph_c32 *out, size_t ld_out);

CPH_END_DECLS

#endif
