/* SPDX-License-Identifier: MIT */
/** @file channelize.h
 *  Polyphase filter bank of all elements at once (host only, FFTW).
 *
 *  M channels at f_k = k/M of the sample rate, k = -M/2 ... M - M/2 - 1 (integer division); channel
 *  c of an output is k = c - M/2, so that frequencies rise. With D = M/S samples from one output
 *  time to the next (S = 1: critically sampled; S = 2: 2x oversampled) and the prototype h of
 *  L = M T taps,
 *
 *      y_c[m] = sum_{i < L} h[i] x[m D + i] exp(-j 2 pi k (m D + i - L/2)/M).
 *
 *  h is real and symmetric about i = L/2 (integer division), its sum is 1: y_c[m] is the band about
 *  f_k, mixed down to 0, at sample m D + L/2 of the input, whose phase is that of a mixer which
 *  stands at 0 at sample L/2. A tone A exp(j 2 pi f n) comes out with amplitude
 *  A H((f - f_k) M), H the real response over channels. (Harris, Dick and Rice, Digital Receivers
 *  and Transmitters Using Polyphase Filter Banks, IEEE Trans. MTT 51 (4), 2003.)
 *
 *  The prototype is a sinc in a Kaiser window (Kaiser, Nonrecursive Digital Filter Design Using the
 *  I0-sinh Window Function, ISCAS 1974) whose transition takes W channels: attenuation
 *  about 14.36 T W + 8 dB, 140 dB at most. S = 1: centred on the channel's edge, half the amplitude
 * there; of each channel (1 - W) of its width is free of neighbours. S = 2: from the channel's edge
 * at 0.5 outward, so that all channels together see every frequency flat. */
#ifndef COPHASE_CHANNELIZE_H
#define COPHASE_CHANNELIZE_H

#include <stdbool.h>

#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

enum { CPH_CHANNELIZE_TAPS_MAX = 64, CPH_CHANNELIZE_CHANNELS_MAX = 1 << 16 };

typedef struct cph_channelize_config {
    size_t elements;   /**< N, at least 1 */
    size_t channels;   /**< M, from 2; even for S = 2 */
    size_t oversample; /**< S: 1 or 2; 0 is 1 */
    size_t taps;       /**< T of a branch, 1 to CPH_CHANNELIZE_TAPS_MAX; 0 is 8 */
    double transition; /**< W in channels, in (0, 1]; 0 is 0.5 */
    cph_type type;     /**< of the samples */
    bool quick; /**< FFTW plans by estimate, not by trial: at once, and the same plan in every
                     run */
    const cph_exec *exec; /**< NULL: serial; must outlive the plan */
} cph_channelize_config;

/** What a bank is, and does to tones: evaluated in double, of the prototype as it is kept. */
typedef struct cph_channelize_info {
    size_t channels, oversample, taps;
    size_t step;            /**< D */
    size_t length;          /**< L */
    const float *prototype; /**< [L]; lives as long as the plan */
    double passband;        /**< channels from f_k that are flat: (1 - W)/2, or 1/2 for S = 2 */
    double stopband;        /**< channels from f_k on which are rejected: (1 + W)/2, or 1/2 + W */
    double ripple_db;   /**< largest deviation of the amplitude from f_k's within the passband */
    double edge_db;     /**< amplitude at the channel's edge, 1/2 */
    double alias_db;    /**< largest amplitude from the stopband on: what else comes into the
                             passband (S = 1) or into any of the channel's outputs (S = 2) */
    double independent; /**< share of a channel's times that count as independent of white noise:
                             1 / sum_k rho_k^2, rho the autocorrelation of what h leaves of it */
} cph_channelize_info;

typedef struct cph_channelize_plan cph_channelize_plan;

/** Makes a plan; free with cph_channelize_destroy (NULL is fine). Errors: ARGUMENT, OVERFLOW,
 *  MEMORY, UNSUPPORTED (a build without FFTW). What cph_lattice_create says of FFTW's planner holds
 *  here. */
CPH_MUST_CHECK CPH_API cph_status cph_channelize_create(const cph_channelize_config *config,
                                                        cph_channelize_plan **plan);
CPH_API void cph_channelize_destroy(cph_channelize_plan *plan);
CPH_MUST_CHECK CPH_API cph_status cph_channelize_describe(const cph_channelize_plan *plan,
                                                          cph_channelize_info *info);

/** Amplitude of a tone `offset` channels from f_k, with its sign: H. NaN without a plan. */
CPH_API double cph_channelize_response(const cph_channelize_plan *plan, double offset);

/** Bytes of workspace (64-byte aligned) that one concurrent call of run or push needs. */
CPH_API size_t cph_channelize_workspace_size(const cph_channelize_plan *plan);

/** Output times of a block of `times` samples: 1 + (times - L)/D, or 0. */
CPH_API size_t cph_channelize_times(const cph_channelize_plan *plan, size_t times);

/** Where outputs go: channel c of time m of element n to data[m ld_time + c ld_channel + n]. */
typedef struct cph_channelize_output {
    cph_c32 *data;
    size_t ld_time, ld_channel; /**< [time][channel][element]: M ld and ld; [channel][time]
                                     [element]: ld and times ld, ld >= N */
} cph_channelize_output;

/** All outputs of samples[t ld_samples + n], t < times, ld_samples >= N, which are outputs `first`
 *  and following of the whole signal (for S = 2 its parity counts). Any alignment of the sample; no
 *  overlap. Error of an output: at most 2^-24 (T + 9 + 4 log2 M) sum_i |h[i]||x[m D + i]| where M
 *  has no prime factor above 13: (T + 1) half ulps of the FIR on top of those of the transform as
 * in cph_lattice_run. Outputs depend on neither the block nor the threads. Re-entrant with a
 * workspace per call. Errors: ARGUMENT, OVERFLOW; outputs then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_channelize_run(const cph_channelize_plan *plan,
                                                     void *workspace, const void *samples,
                                                     size_t ld_samples, size_t times, size_t first,
                                                     const cph_channelize_output *output);

/** A signal that comes in blocks: what is left of it between them. One call at a time. */
typedef struct cph_channelize_stream cph_channelize_stream;

/** Errors: ARGUMENT, OVERFLOW, MEMORY. The plan must outlive the stream. */
CPH_MUST_CHECK CPH_API cph_status cph_channelize_stream_create(const cph_channelize_plan *plan,
                                                               cph_channelize_stream **stream);
CPH_API void cph_channelize_stream_destroy(cph_channelize_stream *stream);

/** Forgets the samples that are left: the next one is the first behind output time `first`, sample
 *  first D of the whole signal. NULL is fine. */
CPH_API void cph_channelize_stream_restart(cph_channelize_stream *stream, size_t first);

/** Output times that the next `times` samples complete. */
CPH_API size_t cph_channelize_stream_times(const cph_channelize_stream *stream, size_t times);

/** Takes the next `times` samples and gives the output times that they complete, from
 *  output->data on: the same as one run on the whole signal, however it is cut. Errors: ARGUMENT,
 *  OVERFLOW; stream and outputs then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_channelize_push(cph_channelize_stream *stream,
                                                      void *workspace, const void *samples,
                                                      size_t ld_samples, size_t times,
                                                      const cph_channelize_output *output);

CPH_END_DECLS

#endif
