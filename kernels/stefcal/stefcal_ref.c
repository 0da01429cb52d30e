/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "kernels/core/c64.h"
#include "kernels/stefcal/stefcal_kernel.h"

/* The sums of one element, and those of the moduli of their terms. */
typedef struct sums {
    cph_c64 numerator, terms;
    double power;
} sums;

/* G and P of (p, q), wherever the tiles have them. */
static cph_c64 entry(size_t n, const float *tiles, size_t p, size_t q, double *power)
{
    const bool turned = p > q && p / CPH_STEFCAL_TILE != q / CPH_STEFCAL_TILE;
    const float *const at =
        tiles + (turned ? cph_stefcal_place(n, q, p) : cph_stefcal_place(n, p, q));
    const double im = (double)at[CPH_STEFCAL_IM];
    *power = (double)at[CPH_STEFCAL_POWER];
    return (cph_c64){(double)at[0], turned ? -im : im};
}

static cph_c64 gain_at(size_t n, const float *g, size_t p)
{
    return (cph_c64){(double)g[p], (double)g[cph_stefcal_padded(n) + p]};
}

static sums sum_of(size_t n, const float *tiles, const float *g, size_t p)
{
    sums s = {0};
    for (size_t q = 0; q < n; q++) {
        double power;
        const cph_c64 a = entry(n, tiles, p, q, &power);
        const cph_c64 b = gain_at(n, g, q);
        s.numerator = cph_c64_add(s.numerator, cph_c64_mul(a, b));
        s.terms.re += fabs(a.re * b.re) + fabs(a.im * b.im);
        s.terms.im += fabs(a.re * b.im) + fabs(a.im * b.re);
        s.power += power * cph_c64_power(b);
    }
    return s;
}

static double ratio(double value, double exact, double bound)
{
    const double r = value == exact ? 0.0 : fabs(value - exact) / bound;
    return isnan(r) ? INFINITY : r;
}

/* Beyond n there are zeros. */
static bool is_padded(size_t n, const float *next, const float *power)
{
    const size_t padded = cph_stefcal_padded(n);
    for (size_t p = n; p < padded; p++)
        if (next[p] != 0.0f || next[padded + p] != 0.0f || power[p] != 0.0f)
            return false;
    return true;
}

double cph_stefcal_error_ref(size_t n, const float *tiles, const float *g, float keep,
                             const float *next, const float *power)
{
    const double u = 0x1p-24, of_power = (double)(n + 4) * u, of_sum = (double)(2 * n + 1) * u;
    double worst = is_padded(n, next, power) ? 0.0 : INFINITY;
    for (size_t p = 0; p < n; p++) {
        const sums s = sum_of(n, tiles, g, p);
        const bool stays = s.power == 0.0;
        const cph_c64 found = gain_at(n, next, p);
        const cph_c64 own = cph_c64_scale((double)keep, gain_at(n, g, p));
        const cph_c64 other =
            cph_c64_scale(1.0 - (double)keep,
                          stays ? gain_at(n, g, p) : cph_c64_scale(1.0 / s.power, s.numerator));
        const cph_c64 exact = cph_c64_add(own, other);
        const double of_x = stays ? 0.0 : of_power + u;
        const double of_terms = stays ? 0.0 : (1.0 - (double)keep) * of_sum / s.power;
        const double of_re = of_terms * s.terms.re + (of_x + 3.0 * u) * fabs(other.re);
        const double of_im = of_terms * s.terms.im + (of_x + 3.0 * u) * fabs(other.im);
        worst = fmax(worst, ratio((double)power[p], s.power, of_power * s.power));
        worst = fmax(worst, ratio(found.re, exact.re, of_re + 3.0 * u * fabs(own.re)));
        worst = fmax(worst, ratio(found.im, exact.im, of_im + 3.0 * u * fabs(own.im)));
    }
    return worst;
}
