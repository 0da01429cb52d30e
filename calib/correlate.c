/* SPDX-License-Identifier: MIT */
#include "calib/correlate.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* Products below which the direct way is not slower. */
enum { DIRECT_MOST = 1 << 16 };

struct cph_correlator {
    size_t length, lags;
    cph_correlator_fft *fft; /* NULL: direct */
    cph_c32 *waveform;       /* [length], direct alone */
};

static cph_status create_direct(const cph_c32 *waveform, cph_correlator *c)
{
    c->waveform = malloc(c->length * sizeof *waveform);
    if (c->waveform == NULL)
        return CPH_ERR_MEMORY;
    memcpy(c->waveform, waveform, c->length * sizeof *waveform);
    return CPH_OK;
}

cph_status cph_correlator_create(size_t length, const cph_c32 *waveform, size_t lags,
                                 cph_correlator **correlator)
{
    size_t products, bytes;
    if (!cph_size_mul(length, sizeof *waveform, &bytes))
        return CPH_ERR_OVERFLOW;
    const bool direct = cph_size_mul(length, lags, &products) && products <= DIRECT_MOST;
    cph_correlator *const c = calloc(1, sizeof *c);
    if (c == NULL)
        return CPH_ERR_MEMORY;
    c->length = length;
    c->lags = lags;
    cph_status status =
        direct ? CPH_ERR_UNSUPPORTED : cph_correlator_fft_create(length, waveform, lags, &c->fft);
    if (status == CPH_ERR_UNSUPPORTED)
        status = create_direct(waveform, c);
    if (status == CPH_OK)
        *correlator = c;
    else
        cph_correlator_destroy(c);
    return status;
}

void cph_correlator_destroy(cph_correlator *correlator)
{
    if (correlator == NULL)
        return;
    cph_correlator_fft_destroy(correlator->fft);
    free(correlator->waveform);
    free(correlator);
}

void cph_correlator_run(cph_correlator *correlator, const cph_c32 *x, cph_c32 *out)
{
    if (correlator->fft != NULL) {
        cph_correlator_fft_run(correlator->fft, x, out);
        return;
    }
    for (size_t lag = 0; lag < correlator->lags; lag++) {
        const cph_c64 c =
            cph_correlate_at(0, correlator->length, correlator->waveform, (ptrdiff_t)lag, x, 1);
        out[lag] = (cph_c32){(float)c.re, (float)c.im};
    }
}

cph_c64 cph_correlate_at(size_t from, size_t to, const cph_c32 *waveform, ptrdiff_t lag,
                         const cph_c32 *x, size_t ld)
{
    double re = 0.0, im = 0.0;
    for (size_t t = from; t < to; t++) {
        const cph_c32 a = x[(size_t)((ptrdiff_t)t + lag) * ld], s = waveform[t];
        const double ar = a.re, ai = a.im, sr = s.re, si = s.im;
        re += ar * sr + ai * si;
        im += ai * sr - ar * si;
    }
    return (cph_c64){re, im};
}
