/* SPDX-License-Identifier: MIT */
/* Fluxes of the sources with the gains held: least squares on the Khatri-Rao product (Wijnholds &
 * van der Veen, IEEE TSP 57, 2009), with fluxes that are not negative. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/stefcal.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

enum { SWEEPS = 500 };
/* Sources whose patterns over the baselines agree to this much are one. */
static const double same_source = 1.0 - 1e-9;
static const double settled = 1e-14;

/* gram[i][j] = sum w Re(f_i* f_j), cross[i] = sum w Re(f_i* r), f_i = g_p g_q* a_ip a_iq*. */
static void normal_equations(const cph_system *s, const cph_c64 *g, cph_c64 *f, double *gram,
                             double *cross)
{
    size_t count = s->sources;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            double w = s->robust[p * s->n + q];
            if (w <= 0.0)
                continue;
            cph_c64 gg = cph_c64_mulc(g[p], g[q]), r = s->r[p * s->n + q];
            if (s->base != NULL)
                r = cph_c64_sub(r, cph_c64_mul(gg, s->base[p * s->n + q]));
            for (size_t i = 0; i < count; i++) {
                const cph_c64 *a = s->a + i * s->n;
                f[i] = cph_c64_mul(gg, cph_c64_mulc(a[p], a[q]));
                cross[i] += w * (f[i].re * r.re + f[i].im * r.im);
                for (size_t j = 0; j <= i; j++)
                    gram[i * count + j] += w * (f[i].re * f[j].re + f[i].im * f[j].im);
            }
        }
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            gram[i * count + j] = gram[j * count + i];
}

static bool distinct(size_t count, const double *gram)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (fabs(gram[i * count + j]) >=
                same_source * sqrt(gram[i * count + i] * gram[j * count + j]))
                return false;
    return true;
}

/* Minimises x^T gram x / 2 - cross^T x over x >= 0, one coordinate at a time. */
static void descend(size_t count, const double *gram, const double *cross, double *x)
{
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double moved = 0.0, size = 0.0;
        for (size_t i = 0; i < count; i++) {
            double slope = cross[i], before = x[i];
            for (size_t j = 0; j < count; j++)
                slope -= j == i ? 0.0 : gram[i * count + j] * x[j];
            x[i] = fmax(slope / gram[i * count + i], 0.0);
            moved = fmax(moved, fabs(x[i] - before));
            size = fmax(size, x[i]);
        }
        if (moved <= settled * size)
            break;
    }
}

cph_status cph_sources_fit(cph_system *system, const cph_c64 *g)
{
    size_t count = system->sources, square;
    if (!cph_size_mul(count, count + 4, &square) || square == 0)
        return CPH_ERR_OVERFLOW;
    double *gram = calloc(square, sizeof *gram);
    if (gram == NULL)
        return CPH_ERR_MEMORY;
    double *cross = gram + count * count, *flux = cross + count, sum = 0.0;
    cph_c64 *f = (cph_c64 *)(flux + count);
    normal_equations(system, g, f, gram, cross);
    memcpy(flux, system->flux, count * sizeof *flux);
    bool solvable = distinct(count, gram);
    if (solvable)
        descend(count, gram, cross, flux);
    for (size_t i = 0; i < count; i++)
        sum += flux[i];
    solvable = solvable && (sum > 0.0 || system->base != NULL) && isfinite(sum);
    if (solvable) {
        memcpy(system->flux, flux, count * sizeof *flux);
        cph_system_model(system);
    }
    free(gram);
    return solvable ? CPH_OK : CPH_ERR_SINGULAR;
}
