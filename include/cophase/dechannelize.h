/* SPDX-License-Identifier: MIT */
/** @file dechannelize.h
 *  The way back from a filter bank's channels to the signal (host only, FFTW).
 *
 *  Of y as in channelize.h, D = M/S and c = L/2,
 *
 *      x'[n] = sum_m g[n - m D] sum_k y_k[m] exp(+j 2 pi k (n - c)/M),
 *
 *  g chosen so that x' is the x that the bank was given, in least squares over white signals: for
 *  every n modulo D the smallest g for which M sum_m g[n - m D] h[n - m D + s M] is 1 for s = 0 and
 *  0 for all others (the dual window of Wexler and Raz, Discrete Gabor Expansions, Signal
 *  Processing 21, 1990). S = 2: it exists, as long as h, and the signal comes back to the rounding
 *  of floats. S = 1: channels are blind where their edges alias onto each other, and g, three times
 *  as long as h, gives back all but that: what is lost is stated, and lies at channels' edges. */
#ifndef COPHASE_DECHANNELIZE_H
#define COPHASE_DECHANNELIZE_H

#include "cophase/channelize.h"

CPH_BEGIN_DECLS

typedef struct cph_dechannelize_plan cph_dechannelize_plan;

typedef struct cph_dechannelize_info {
    size_t step;     /**< D: samples of an output for each channel time */
    size_t times;    /**< J channel times are behind each sample */
    ptrdiff_t first; /**< number of the first sample out of channel times 0 and following, in those
                          of the bank's input */
    double error_db; /**< rms of x' - x over that of a white x, without the arithmetic */
    double noise_db; /**< power in x' of noise that is independent in all channel times, as strong
                        in each as the bank makes it of white noise of power 1: 0 dB of an
                        orthogonal bank, below it where channels overlap */
} cph_dechannelize_info;

/** For channels that cph_channelize_create of the same configuration makes; elements may be beams,
 *  the type is not looked at. Errors and planning as there, and SINGULAR: some sample is in no
 *  window (a single tap, M even: h[0] is 0). */
CPH_MUST_CHECK CPH_API cph_status cph_dechannelize_create(const cph_channelize_config *config,
                                                          cph_dechannelize_plan **plan);
CPH_API void cph_dechannelize_destroy(cph_dechannelize_plan *plan);
CPH_MUST_CHECK CPH_API cph_status cph_dechannelize_describe(const cph_dechannelize_plan *plan,
                                                            cph_dechannelize_info *info);

/** Bytes of workspace (64-byte aligned) that one concurrent call of run needs. */
CPH_API size_t cph_dechannelize_workspace_size(const cph_dechannelize_plan *plan);

/** (times - J + 1) D samples[t ld_samples + n], none where times < J, of channel times `from` and
 *  following (for S = 2 its parity counts): the first is sample info.first + from D of the bank's
 *  input. input->data is read alone. Error of a sample, beside info.error_db: at most
 *  2^-24 (J + 9 + 4 log2 M) sum |g||y|. No overlap. Re-entrant with a workspace per call; blocks
 *  that overlap by J - 1 times give the same bits as one. Errors: ARGUMENT, OVERFLOW; outputs then
 *  unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_dechannelize_run(const cph_dechannelize_plan *plan,
                                                       void *workspace,
                                                       const cph_channelize_output *input,
                                                       size_t times, size_t from, cph_c32 *samples,
                                                       size_t ld_samples);

CPH_END_DECLS

#endif
