/* SPDX-License-Identifier: MIT */
#include <fftw3.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "calib/correlate.h"
#include "kernels/core/heap.h"
#include "kernels/core/planner.h"

struct cph_correlator_fft {
    size_t length, lags, order;
    cph_c32 *spectrum;            /* [order] conjugate of the waveform's, over order */
    cph_c32 *work;                /* [order] */
    fftwf_plan forward, backward; /* of work, in place */
};

/* The power of two that holds all lags without wrapping; 0: too large for FFTW. */
static size_t order_of(size_t length, size_t lags)
{
    size_t needed, order = 1;
    if (!cph_size_add(length, lags, &needed) || needed > INT_MAX / 2)
        return 0;
    while (order < needed)
        order *= 2;
    return order;
}

static fftwf_complex *pairs(cph_c32 *x)
{
    return (fftwf_complex *)(void *)x;
}

static bool plan(cph_correlator_fft *f)
{
    const int n = (int)f->order;
    cph_planner_lock();
    f->forward = fftwf_plan_dft_1d(n, pairs(f->work), pairs(f->work), FFTW_FORWARD, FFTW_ESTIMATE);
    f->backward =
        fftwf_plan_dft_1d(n, pairs(f->work), pairs(f->work), FFTW_BACKWARD, FFTW_ESTIMATE);
    cph_planner_unlock();
    return f->forward != NULL && f->backward != NULL;
}

static void transform(cph_correlator_fft *f, const cph_c32 *x, size_t count)
{
    memcpy(f->work, x, count * sizeof *x);
    memset(f->work + count, 0, (f->order - count) * sizeof *x);
    fftwf_execute(f->forward);
}

cph_status cph_correlator_fft_create(size_t length, const cph_c32 *waveform, size_t lags,
                                     cph_correlator_fft **fft)
{
    const size_t order = order_of(length, lags);
    if (order == 0)
        return CPH_ERR_OVERFLOW;
    cph_correlator_fft *const f = calloc(1, sizeof *f);
    if (f == NULL)
        return CPH_ERR_MEMORY;
    f->length = length;
    f->lags = lags;
    f->order = order;
    f->spectrum = cph_heap_aligned(order * sizeof *f->spectrum);
    f->work = cph_heap_aligned(order * sizeof *f->work);
    if (f->spectrum == NULL || f->work == NULL || !plan(f)) {
        cph_correlator_fft_destroy(f);
        return CPH_ERR_MEMORY;
    }
    transform(f, waveform, length);
    const float scale = 1.0F / (float)order;
    for (size_t i = 0; i < order; i++)
        f->spectrum[i] = (cph_c32){scale * f->work[i].re, -scale * f->work[i].im};
    *fft = f;
    return CPH_OK;
}

void cph_correlator_fft_destroy(cph_correlator_fft *fft)
{
    if (fft == NULL)
        return;
    cph_planner_lock();
    fftwf_destroy_plan(fft->forward);
    fftwf_destroy_plan(fft->backward);
    cph_planner_unlock();
    free(fft->spectrum);
    free(fft->work);
    free(fft);
}

void cph_correlator_fft_run(cph_correlator_fft *fft, const cph_c32 *x, cph_c32 *out)
{
    transform(fft, x, fft->lags + fft->length - 1);
    for (size_t i = 0; i < fft->order; i++) {
        const cph_c32 a = fft->work[i], b = fft->spectrum[i];
        fft->work[i] = (cph_c32){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
    }
    fftwf_execute(fft->backward);
    memcpy(out, fft->work, fft->lags * sizeof *out);
}
