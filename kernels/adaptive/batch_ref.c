/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>

#include "kernels/adaptive/batch_kernel.h"

/* A matrix in double: R, its inverse, w and x of its look vector. */
typedef struct exact {
    size_t n;
    double trust; /* g of the bound */
    cph_c64 *r, *inverse, *x, *w;
    double power;
} exact;

static cph_c64 wide(cph_c32 a)
{
    return (cph_c64){(double)a.re, (double)a.im};
}
static double size_of(cph_c64 a)
{
    return hypot(a.re, a.im);
}
/* c - a b */
static cph_c64 minus(cph_c64 c, cph_c64 a, cph_c64 b)
{
    return (cph_c64){c.re - a.re * b.re + a.im * b.im, c.im - a.re * b.im - a.im * b.re};
}
static double root(const exact *e, size_t i)
{
    return sqrt(e->r[i * (e->n + 1)].re);
}

static void widen(exact *e, const cph_batch_config *config, const cph_c32 *r)
{
    const size_t n = e->n;
    double trace = 0.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            e->r[i * n + k] = wide(r[i * n + k]);
            e->r[k * n + i] = (cph_c64){e->r[i * n + k].re, -e->r[i * n + k].im};
        }
        e->r[i * (n + 1)] = (cph_c64){(double)r[i * (n + 1)].re, 0.0};
        trace += e->r[i * (n + 1)].re;
    }
    for (size_t i = 0; i < n; i++)
        e->r[i * (n + 1)].re +=
            (double)config->loading + (double)config->loading_of_mean * trace / (double)n;
}

/* Gauss-Jordan in place, pivots down the diagonal; false where one is not positive. */
static bool invert(const exact *e)
{
    const size_t n = e->n;
    cph_c64 *const m = e->inverse;
    for (size_t i = 0; i < n * n; i++)
        m[i] = e->r[i];
    for (size_t k = 0; k < n; k++) {
        const double pivot = m[k * n + k].re;
        if (!(pivot > 0.0))
            return false;
        m[k * n + k] = (cph_c64){1.0, 0.0};
        for (size_t j = 0; j < n; j++)
            m[k * n + j] = (cph_c64){m[k * n + j].re / pivot, m[k * n + j].im / pivot};
        for (size_t i = 0; i < n; i++) {
            if (i == k)
                continue;
            const cph_c64 factor = m[i * n + k];
            m[i * n + k] = (cph_c64){0.0, 0.0};
            for (size_t j = 0; j < n; j++)
                m[i * n + j] = minus(m[i * n + j], factor, m[k * n + j]);
        }
    }
    return true;
}

static void solve(exact *e, const cph_c32 *a)
{
    double denominator = 0.0;
    for (size_t i = 0; i < e->n; i++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t k = 0; k < e->n; k++)
            sum = minus(sum, e->inverse[i * e->n + k], wide(a[k]));
        e->x[i] = (cph_c64){-sum.re, -sum.im};
        denominator += (double)a[i].re * e->x[i].re + (double)a[i].im * e->x[i].im;
    }
    e->power = 1.0 / denominator;
    for (size_t i = 0; i < e->n; i++)
        e->w[i] = (cph_c64){e->x[i].re * e->power, e->x[i].im * e->power};
}

/* NaN is no fraction of a bound. */
static double worse(double worst, double error, double bound)
{
    const double ratio = error == 0.0 ? 0.0 : error / bound;
    return ratio <= worst ? worst : isnan(ratio) ? INFINITY : ratio;
}

/* Of R w = power a and w^H a = 1. */
static double residual(const exact *e, const cph_c32 *a, const cph_c32 *w, float power)
{
    const size_t n = e->n;
    double t = 0.0, worst = 0.0;
    cph_c64 unity = {-1.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        t += root(e, i) * size_of(wide(w[i]));
        const cph_c64 minus_conj = {-(double)w[i].re, (double)w[i].im};
        unity = minus(unity, minus_conj, wide(a[i]));
    }
    for (size_t i = 0; i < n; i++) {
        cph_c64 left = {(double)power * (double)a[i].re, (double)power * (double)a[i].im};
        for (size_t k = 0; k < n; k++)
            left = minus(left, e->r[i * n + k], wide(w[k]));
        worst = worse(worst, size_of(left), e->trust * root(e, i) * t);
    }
    return worse(worst, size_of(unity), e->trust * (1.0 + t / sqrt((double)power)));
}

static double distance(const exact *e, const cph_c32 *w)
{
    const size_t n = e->n;
    double t = 0.0, sx = 0.0, worst = 0.0;
    for (size_t i = 0; i < n; i++) {
        t += root(e, i) * size_of(e->w[i]);
        sx += root(e, i) * size_of(e->x[i]);
    }
    for (size_t i = 0; i < n; i++) {
        double rows = 0.0;
        for (size_t k = 0; k < n; k++)
            rows += size_of(e->inverse[i * n + k]) * root(e, k);
        const double common = 1.0 / t + 1.0 / sqrt(e->power) + sx;
        const double off = hypot((double)w[i].re - e->w[i].re, (double)w[i].im - e->w[i].im);
        worst = worse(worst, off, 2.0 * e->trust * t * (rows + size_of(e->w[i]) * common));
    }
    return worst;
}

/* Whether float must find R positive definite, and w near its own. */
static bool is_certain(const exact *e)
{
    double sum = 0.0;
    for (size_t i = 0; i < e->n; i++)
        sum += root(e, i) * sqrt(e->inverse[i * (e->n + 1)].re);
    return e->trust * sum * sum <= 1.0 / 16.0;
}

double cph_batch_error_ref(const cph_batch_config *config, const cph_c32 *r, const cph_c32 *a,
                           const cph_c32 *w, float power, cph_status status, cph_c64 *room)
{
    const size_t n = config->elements;
    exact e = {.n = n,
               .trust = 9.0 * (double)(n + 8) * 0x1p-24,
               .r = room,
               .inverse = room + n * n,
               .x = room + 2 * n * n,
               .w = room + 2 * n * n + n};
    widen(&e, config, r);
    const bool definite = invert(&e);
    if (status != CPH_OK) {
        double left = fabs((double)power);
        for (size_t i = 0; i < n; i++)
            left += size_of(wide(w[i]));
        return left == 0.0 && (!definite || !is_certain(&e)) ? 0.0 : INFINITY;
    }
    if (!definite)
        return INFINITY;
    solve(&e, a);
    const double worst = residual(&e, a, w, power);
    return is_certain(&e) ? fmax(worst, distance(&e, w)) : worst;
}
