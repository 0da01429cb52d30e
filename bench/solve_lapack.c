/* SPDX-License-Identifier: MIT */
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "bench/blas.h"

static const float loading = 0.5f; /* as our own path's */

/* conj(w) = conj(R)^-1 conj(a) / (a^H R^-1 a): rows of R, read as columns, are R's conjugate. */
static void solve(const cph_c32 *r, const cph_c32 *a, size_t n, char half, cph_c32 *work,
                  cph_c32 *w)
{
    const lapack_int order = (lapack_int)n;
    float power = 0.0f;
    memcpy(work, r, n * n * sizeof *work);
    for (size_t i = 0; i < n; i++) {
        work[i * (n + 1)].re += loading;
        w[i] = (cph_c32){a[i].re, -a[i].im};
    }
    if (LAPACKE_cpotrf_work(LAPACK_COL_MAJOR, half, order, (lapack_complex_float *)work, order) !=
            0 ||
        LAPACKE_cpotrs_work(LAPACK_COL_MAJOR, half, order, 1, (lapack_complex_float *)work, order,
                            (lapack_complex_float *)w, order) != 0)
        return;
    for (size_t i = 0; i < n; i++)
        power += a[i].re * w[i].re - a[i].im * w[i].im;
    power = 1.0f / power;
    for (size_t i = 0; i < n; i++)
        w[i] = (cph_c32){w[i].re * power, -w[i].im * power};
}

static void solve_all(const bench_operands *o, const cph_c32 *samples, char half)
{
    const size_t n = o->elements;
    for (size_t m = 0; m < o->channels; m++)
        solve(samples + m * n * n, o->weights + m * n, n, half, o->turned, o->output + m * n);
}
void bench_solve_upper(const bench_operands *o, const cph_c32 *samples, float beta)
{
    (void)beta;
    solve_all(o, samples, 'U');
}
void bench_solve_lower(const bench_operands *o, const cph_c32 *samples, float beta)
{
    (void)beta;
    solve_all(o, samples, 'L');
}

/* Row i of R w. */
static cph_c64 product(const cph_c32 *r, const cph_c32 *w, size_t n, size_t i)
{
    cph_c64 sum = {(double)loading * (double)w[i].re, (double)loading * (double)w[i].im};
    for (size_t k = 0; k < n; k++) {
        const cph_c32 p = r[i * n + k];
        sum.re += (double)p.re * (double)w[k].re - (double)p.im * (double)w[k].im;
        sum.im += (double)p.re * (double)w[k].im + (double)p.im * (double)w[k].re;
    }
    return sum;
}

/* w^H a = 1, and R w = (w^H R w) a. */
static bool is_mvdr(const cph_c32 *r, const cph_c32 *a, const cph_c32 *w, size_t n)
{
    const double tolerance = 1e-4;
    double norm = 0.0, power = 0.0, unity_re = 0.0, unity_im = 0.0, worst = 0.0;
    for (size_t i = 0; i < n; i++) {
        const cph_c64 left = product(r, w, n, i);
        const double re = (double)w[i].re, im = (double)w[i].im;
        power += left.re * re + left.im * im;
        norm += (double)a[i].re * (double)a[i].re + (double)a[i].im * (double)a[i].im;
        unity_re += (double)a[i].re * re + (double)a[i].im * im;
        unity_im += (double)a[i].im * re - (double)a[i].re * im;
    }
    for (size_t i = 0; i < n; i++) {
        const cph_c64 left = product(r, w, n, i);
        worst = fmax(worst,
                     hypot(left.re - power * (double)a[i].re, left.im - power * (double)a[i].im));
    }
    return hypot(unity_re - 1.0, unity_im) <= tolerance && worst <= tolerance * power * sqrt(norm);
}

bool bench_solve_right(const bench_operands *o)
{
    const size_t n = o->elements, places[] = {0, o->channels / 2, o->channels - 1};
    for (size_t p = 0; p < sizeof places / sizeof *places; p++)
        if (!is_mvdr(o->samples + places[p] * n * n, o->weights + places[p] * n,
                     o->output + places[p] * n, n))
            return false;
    return true;
}
