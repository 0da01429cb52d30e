/* SPDX-License-Identifier: MIT */
/** @file bank_fft.h
 *  Transforms of a filter bank: many lines of M, by FFTW. */
#ifndef COPHASE_CHANNELIZE_BANK_FFT_H
#define COPHASE_CHANNELIZE_BANK_FFT_H

#include <stdbool.h>

#include "cophase/types.h"

typedef struct cph_bank_fft cph_bank_fft;

#if CPH_HAVE_FFTW
/** For `count` lines of `length` one behind the other, out of place, sign -1 or 1, not scaled.
 *  Errors: MEMORY. */
cph_status cph_bank_fft_create(size_t length, size_t count, int sign, bool quick,
                               cph_bank_fft **fft);
void cph_bank_fft_destroy(cph_bank_fft *fft);
/** Both 64-byte aligned; `in` is lost. Re-entrant. */
void cph_bank_fft_run(const cph_bank_fft *fft, cph_c32 *in, cph_c32 *out);
#else
static inline cph_status cph_bank_fft_create(size_t length, size_t count, int sign, bool quick,
                                             cph_bank_fft **fft)
{
    (void)length, (void)count, (void)sign, (void)quick, (void)fft;
    return CPH_ERR_UNSUPPORTED;
}
static inline void cph_bank_fft_destroy(cph_bank_fft *fft)
{
    (void)fft;
}
static inline void cph_bank_fft_run(const cph_bank_fft *fft, cph_c32 *in, cph_c32 *out)
{
    (void)fft, (void)in, (void)out;
}
#endif

#endif
