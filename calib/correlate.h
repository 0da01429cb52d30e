/* SPDX-License-Identifier: MIT */
/** @file correlate.h
 *  Correlation of a series with a waveform over many lags. */
#ifndef CPH_CALIB_CORRELATE_H
#define CPH_CALIB_CORRELATE_H

#include "cophase/types.h"

typedef struct cph_correlator cph_correlator;

/** For a waveform [length] and this many lags, both at least 1: by FFT where that is less work and
 *  in the build, else directly. Errors: OVERFLOW, MEMORY. */
CPH_MUST_CHECK cph_status cph_correlator_create(size_t length, const cph_c32 *waveform, size_t lags,
                                                cph_correlator **correlator);
void cph_correlator_destroy(cph_correlator *correlator);

/** out [lags] = sum_t x[t + lag] conj(waveform[t]), x [lags + length - 1]; error 1e-6 of |x|
 * |waveform| in norms. The correlator holds scratch memory: one call at a time. */
void cph_correlator_run(cph_correlator *correlator, const cph_c32 *x, cph_c32 *out);

/** One lag, in double: sum over t in [from, to) of x[(t + lag) ld] conj(waveform[t]); t + lag must
 *  not be negative. */
cph_c64 cph_correlate_at(size_t from, size_t to, const cph_c32 *waveform, ptrdiff_t lag,
                         const cph_c32 *x, size_t ld);

/** The way by FFT. */
typedef struct cph_correlator_fft cph_correlator_fft;
#if CPH_HAVE_FFTW
CPH_MUST_CHECK cph_status cph_correlator_fft_create(size_t length, const cph_c32 *waveform,
                                                    size_t lags, cph_correlator_fft **fft);
void cph_correlator_fft_destroy(cph_correlator_fft *fft);
void cph_correlator_fft_run(cph_correlator_fft *fft, const cph_c32 *x, cph_c32 *out);
#else
static inline cph_status cph_correlator_fft_create(size_t length, const cph_c32 *waveform,
                                                   size_t lags, cph_correlator_fft **fft)
{
    (void)length, (void)waveform, (void)lags, (void)fft;
    return CPH_ERR_UNSUPPORTED;
}
static inline void cph_correlator_fft_destroy(cph_correlator_fft *fft)
{
    (void)fft;
}
static inline void cph_correlator_fft_run(cph_correlator_fft *fft, const cph_c32 *x, cph_c32 *out)
{
    (void)fft, (void)x, (void)out;
}
#endif

#endif
