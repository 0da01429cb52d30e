/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>

#include "cophase/weights.h"

#include "kernels/core/c64.h"

static bool flagged(const unsigned char *flag, size_t n)
{
    return flag != NULL && flag[n] != 0;
}

/* A sum of tapers this small beside that of their moduli is a zero that rounding left. */
static const double no_sum = 1e-9;

/* What comes off every taper so that a difference beam keeps its null toward the look: with t = t -
 * mean over those unflagged, the tapers of sum 0 that are nearest. 0 for others. */
static double unbalance(size_t elements, const unsigned char *flag, const double *taper)
{
    double sum = 0.0, size = 0.0, live_sum = 0.0, live = 0.0;
    for (size_t n = 0; taper != NULL && n < elements; n++) {
        sum += taper[n];
        size += fabs(taper[n]);
        if (!flagged(flag, n)) {
            live_sum += taper[n];
            live += 1.0;
        }
    }
    return fabs(sum) < no_sum * size && live > 0.0 ? live_sum / live : 0.0;
}

/* *sum is that of |t - off| over unflagged elements. */
static cph_status check(size_t elements, const cph_c64 *a, const cph_c64 *gain,
                        const unsigned char *flag, const double *taper, double off, double *sum)
{
    double size = 0.0;
    *sum = 0.0;
    for (size_t n = 0; n < elements; n++) {
        if (flagged(flag, n))
            continue;
        if (!cph_c64_finite(a[n]) || (taper != NULL && !isfinite(taper[n])))
            return CPH_ERR_NOT_FINITE;
        if (gain != NULL && (!cph_c64_finite(gain[n]) || cph_c64_is_zero(gain[n])))
            return CPH_ERR_NOT_FINITE;
        *sum += taper == NULL ? 1.0 : fabs(taper[n] - off);
        size += taper == NULL ? 1.0 : fabs(taper[n]);
    }
    return *sum > no_sum * size ? CPH_OK : CPH_ERR_TOO_FEW;
}

/* a / conj(g) = a g / |g|^2; the gain is scaled by its larger part, so that |g|^2 stays in range.
 */
static cph_c64 over_conjugate(cph_c64 a, cph_c64 g)
{
    double big = fmax(fabs(g.re), fabs(g.im)), re = g.re / big, im = g.im / big;
    double factor = 1.0 / (big * (re * re + im * im));
    return (cph_c64){(a.re * re - a.im * im) * factor, (a.re * im + a.im * re) * factor};
}

cph_status cph_weights_conventional(size_t elements, const cph_c64 *a, const cph_c64 *gain,
                                    const unsigned char *flag, const double *taper, cph_c64 *w)
{
    double sum = 0.0;
    if (elements == 0 || a == NULL || w == NULL)
        return CPH_ERR_ARGUMENT;
    const double off = unbalance(elements, flag, taper);
    cph_status status = check(elements, a, gain, flag, taper, off, &sum);
    if (status != CPH_OK)
        return status;
    for (size_t n = 0; n < elements; n++) {
        if (flagged(flag, n)) {
            w[n] = (cph_c64){0.0, 0.0};
            continue;
        }
        double t = (taper == NULL ? 1.0 : taper[n] - off) / sum;
        cph_c64 z = gain == NULL ? a[n] : over_conjugate(a[n], gain[n]);
        w[n] = (cph_c64){t * z.re, t * z.im};
    }
    return CPH_OK;
}
